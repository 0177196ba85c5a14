import Diagnostics
import Expressions
import World

/// Data files of LAMMPS (https://docs.lammps.org/read_data.html) with atom style atomic, charge or full.
///
/// The file does not say its units; the caller does. Types become species, named by a comment after their mass (`1 39.95 # argon`).
public struct LAMMPSData: ImportFormat {
  /// As in a scene.
  public static let name = "lammps-data"

  /// Columns of an atom.
  public enum Style: String, Sendable, CaseIterable {
    case atomic, charge, full

    /// Words of a line without image flags.
    var width: Int { [.atomic: 5, .charge: 6, .full: 7][self] ?? 5 }
  }

  /// Units of the numbers in the file.
  public var units: UnitSystem
  /// Kinds of the three sides, which the file does not give.
  public var sides: [Side]
  /// Nil: what the file says after `Atoms #`, else what the number of columns tells.
  public var style: Style?

  /// A reader for files in these units, with these sides.
  public init(units: UnitSystem = .reduced, sides: [Side] = [.periodic, .periodic, .periodic], style: Style? = nil) {
    precondition(sides.count == 3, "LAMMPS data files have boxes of three dimensions")
    self.units = units
    self.sides = sides
    self.style = style
  }

  /// The one frame of a data file; throws a message with the line that is wrong.
  public func decode(_ text: String, file: String) throws(Diagnostic) -> [Frame] {
    var lines = TextLines(text, file: file)
    _ = try lines.read("a title")
    var data = Contents()
    try readHeader(&lines, &data)
    while let section = try nextSection(&lines) { try read(section, &lines, &data) }
    guard data.atoms.count == data.count else {
      throw lines.mistake("\(data.atoms.count) atoms in the section Atoms, where the header says \(data.count)")
    }
    return [try data.frame(units, sides, lines)]
  }

  /// What is read, section by section.
  struct Contents {
    var count = 0
    var types = 0
    var low = [0.0, 0, 0]
    var high = [0.0, 0, 0]
    var masses: [Int: Double] = [:]
    var names: [Int: String] = [:]
    var atoms: [Atom] = []
    var velocities: [Int64: [Double]] = [:]
  }

  struct Atom {
    var id: Int64
    var type: Int
    var molecule: Double?
    var charge: Double?
    var position: [Double]
    var image: [Double]?
  }

  private func readHeader(_ lines: inout TextLines, _ data: inout Contents) throws(Diagnostic) {
    while let line = lines.peek {
      let words = Self.words(line)
      if let first = words.first, first.first?.isLetter == true { break }
      _ = try lines.read("the header")
      switch words.dropFirst().joined(separator: " ") {
      case "atoms": data.count = try lines.integer(words[0], "the number of atoms")
      case "atom types": data.types = try lines.integer(words[0], "the number of types")
      case let rest where rest.hasSuffix("lo") || rest.hasSuffix("hi"):
        guard words.count == 4, let axis = ["xlo", "ylo", "zlo"].firstIndex(of: String(words[2])) else {
          throw lines.mistake("expected such as '0.0 10.0 xlo xhi'")
        }
        (data.low[axis], data.high[axis]) = (try lines.number(words[0], "a side"), try lines.number(words[1], "a side"))
      case let rest where rest.hasSuffix("xy xz yz"): throw lines.mistake("only boxes with right angles can be read")
      default: continue
      }
    }
    guard (0..<3).allSatisfy({ data.high[$0] > data.low[$0] }) else {
      throw lines.mistake("the header gives no box with a volume")
    }
    guard data.count >= 0, (0...100_000).contains(data.types) else { throw lines.mistake("the header gives no sensible counts") }
  }

  /// The line of the next section's title, behind blank lines.
  private func nextSection(_ lines: inout TextLines) throws(Diagnostic) -> Substring? {
    while let line = lines.peek {
      _ = try lines.read("a section")
      if !Self.words(line).isEmpty { return line }
    }
    return nil
  }

  private func read(_ title: Substring, _ lines: inout TextLines, _ data: inout Contents) throws(Diagnostic) {
    let name = Self.words(title).joined(separator: " ")
    let named = title.split(separator: "#").dropFirst().first.flatMap { Style(rawValue: $0.split(separator: " ").joined()) }
    while let line = lines.peek, Self.words(line).isEmpty { _ = try lines.read("a blank line") }
    while let line = lines.peek, let first = Self.words(line).first, first.first?.isLetter == false {
      _ = try lines.read("a row")
      let words = Self.words(line)
      switch name {
      case "Masses": try readMass(words, line, lines, &data)
      case "Atoms": data.atoms.append(try atom(words, style ?? named, lines))
      case "Velocities":
        guard words.count >= 4 else { throw lines.mistake("a velocity needs an id and 3 numbers") }
        let id: Int64 = try lines.integer(words[0], "an id")
        data.velocities[id] = try words[1...3].map { word throws(Diagnostic) in try lines.number(word, "a velocity") }
      default: continue
      }
    }
  }

  private func readMass(_ words: [Substring], _ line: Substring, _ lines: TextLines, _ data: inout Contents) throws(Diagnostic) {
    guard words.count >= 2 else { throw lines.mistake("a mass needs a type and a number") }
    let type: Int = try lines.integer(words[0], "a type")
    data.masses[type] = try lines.number(words[1], "a mass")
    let comment = line.split(separator: "#", maxSplits: 1).dropFirst().first?.split(whereSeparator: \.isWhitespace).first
    if let comment, comment.first?.isLetter == true { data.names[type] = String(comment) }
  }

  private func atom(_ words: [Substring], _ named: Style?, _ lines: TextLines) throws(Diagnostic) -> Atom {
    let fitting = Style.allCases.first { [$0.width, $0.width + 3].contains(words.count) }
    guard let style = named ?? fitting, [style.width, style.width + 3].contains(words.count) else {
      throw lines.mistake("\(words.count) columns are no atom of style \(named?.rawValue ?? "atomic, charge or full")")
    }
    let type = style == .full ? 2 : 1, first = style.width - 3
    func numbers(_ range: Range<Int>, _ what: String) throws(Diagnostic) -> [Double] {
      try words[range].map { word throws(Diagnostic) in try lines.number(word, what) }
    }
    return Atom(
      id: try lines.integer(words[0], "an id"), type: try lines.integer(words[type], "a type"),
      molecule: style == .full ? Double(try lines.integer(words[1], "a molecule") as Int64) : nil,
      charge: style == .atomic ? nil : try lines.number(words[first - 1], "a charge"),
      position: try numbers(first..<first + 3, "a position"),
      image: words.count > style.width ? try numbers(first + 3..<first + 6, "an image flag") : nil)
  }

  private static func words(_ line: Substring) -> [Substring] {
    line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
  }
}

extension LAMMPSData.Contents {
  func frame(_ units: UnitSystem, _ sides: [Side], _ lines: TextLines) throws(Diagnostic) -> Frame {
    let atoms = atoms.sorted { $0.id < $1.id }
    if let twice = zip(atoms, atoms.dropFirst()).first(where: { $0.id == $1.id }) {
      throw lines.mistake("two atoms have the id \(twice.0.id)")
    }
    if let first = atoms.first, first.id < 0 { throw lines.mistake("an id is negative: \(first.id)") }
    if let odd = atoms.first(where: { !(1...max(1, types)).contains($0.type) }) {
      throw lines.mistake("atom \(odd.id) has type \(odd.type), where the header says \(types) types")
    }
    func field(_ name: String, _ shape: Shape, isStatic: Bool = false, _ values: [Double]) -> FrameField {
      FrameField(
        name: name, shape: shape, components: shape == .vector ? 3 : 1, dimension: Dimension.ofField(name), values: values,
        isStatic: isStatic)
    }
    var fields = [field("position", .vector, atoms.flatMap(\.position))]
    if !velocities.isEmpty { fields.append(field("velocity", .vector, atoms.flatMap { velocities[$0.id] ?? [0, 0, 0] })) }
    if !masses.isEmpty { fields.append(field("mass", .scalar, isStatic: true, atoms.map { masses[$0.type] ?? 1 })) }
    if atoms.contains(where: { $0.charge != nil }) {
      fields.append(field("charge", .scalar, isStatic: true, atoms.map { $0.charge ?? 0 }))
    }
    if atoms.contains(where: { $0.molecule != nil }) {
      fields.append(field("molecule", .integer, isStatic: true, atoms.map { $0.molecule ?? 0 }))
    }
    if atoms.contains(where: { $0.image != nil }) {
      fields.append(field("image", .vector, atoms.flatMap { $0.image ?? [0, 0, 0] }))
    }
    return Frame(
      step: 0, time: 0, box: Box(origin: low, lengths: zip(high, low).map { $0 - $1 }, sides: sides),
      speciesNames: (0..<max(1, types)).map { names[$0 + 1] ?? "type\($0 + 1)" }, ids: atoms.map(\.id),
      species: atoms.map { Int32($0.type - 1) }, fields: fields, units: units)
  }
}
