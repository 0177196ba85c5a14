import Diagnostics
import Expressions
import World

extension ExtendedXYZ {
  /// All frames of a trajectory; throws a message with the line that is wrong.
  public func decode(_ text: String, file: String) throws(Diagnostic) -> [Frame] {
    var lines = TextLines(text, file: file)
    var frames: [Frame] = []
    while !lines.isAtEnd {
      let counted = try lines.words("the number of particles", atLeast: 1)
      let count: Int = try lines.integer(counted[0], "the number of particles")
      guard count >= 0 else { throw lines.mistake("a frame cannot have \(count) particles", at: counted[0]) }
      let header = try Header(try lines.read("the comment line"), lines)
      frames.append(try Self.frame(count, header, &lines, number: frames.count))
    }
    return frames
  }

  /// The comment line.
  struct Header {
    var keys: [String: String]
    var box: Box
    /// Name, kind (S, R, I, L) and width of each column.
    var columns: [(name: String, kind: String, width: Int)] = []

    init(_ line: Substring, _ lines: TextLines) throws(Diagnostic) {
      keys = Self.pairs(in: line)
      box = try Self.box(keys, lines)
      let parts = (keys["Properties"] ?? "species:S:1:pos:R:3").split(separator: ":").map(String.init)
      guard parts.count % 3 == 0 else { throw lines.mistake("Properties needs name:kind:width for each column") }
      for first in stride(from: 0, to: parts.count, by: 3) {
        guard ["S", "R", "I", "L"].contains(parts[first + 1]), let width = Int(parts[first + 2]), (1...1000).contains(width)
        else {
          throw lines.mistake("'\(parts[first...(first + 2)].joined(separator: ":"))' is no column", hint: "such as velo:R:3")
        }
        columns.append((parts[first], parts[first + 1], width))
      }
    }

    /// `key=value` and `key="value with spaces"`.
    private static func pairs(in line: Substring) -> [String: String] {
      var pairs: [String: String] = [:], rest = line.drop(while: \.isWhitespace)
      while !rest.isEmpty {
        let key = rest.prefix { $0 != "=" && !$0.isWhitespace }
        rest = rest[key.endIndex...]
        var value: Substring = "T"
        if rest.first == "=" {
          rest = rest.dropFirst()
          let quote = rest.first.flatMap { $0 == "\"" || $0 == "'" ? $0 : nil }
          if quote != nil { rest = rest.dropFirst() }
          value = rest.prefix { character in quote == nil ? !character.isWhitespace : character != quote }
          rest = rest[value.endIndex...].dropFirst(quote == nil ? 0 : 1)
        }
        pairs[String(key)] = String(value)
        rest = rest.drop(while: \.isWhitespace)
      }
      return pairs
    }

    private static func box(_ keys: [String: String], _ lines: TextLines) throws(Diagnostic) -> Box {
      func numbers(_ key: String, _ count: Int) throws(Diagnostic) -> [Double]? {
        guard let text = keys[key] else { return nil }
        let values = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }.filter(\.isFinite)
        guard values.count == count else { throw lines.mistake("\(key) needs \(count) numbers, not '\(text)'") }
        return values
      }
      guard let lattice = try numbers("Lattice", 9) else {
        throw lines.mistake("there is no Lattice, so the box is not known", hint: "Lattice=\"Lx 0 0 0 Ly 0 0 0 Lz\"")
      }
      guard lattice.indices.allSatisfy({ $0 % 4 == 0 || lattice[$0] == 0 }), lattice[0] > 0, lattice[4] > 0, lattice[8] > 0 else {
        throw lines.mistake("only boxes with right angles along the axes can be read")
      }
      let space = Int(keys["space"] ?? "3").flatMap { (1...3).contains($0) ? $0 : nil } ?? 3
      let periodic = (keys["pbc"] ?? "T T T").split(separator: " ").map { ["T", "True", "1"].contains($0) }
      let sides = (keys["sides"] ?? "").split(separator: " ").compactMap { Side(rawValue: String($0)) }
      let origin = try numbers("Origin", 3) ?? [0, 0, 0]
      return Box(
        origin: Array(origin.prefix(space)), lengths: [0, 4, 8].prefix(space).map { lattice[$0] },
        sides: sides.count == space ? sides : (0..<space).map { $0 < periodic.count && periodic[$0] ? .periodic : .open })
    }
  }

  private static func frame(
    _ count: Int, _ header: Header, _ lines: inout TextLines, number: Int
  ) throws(Diagnostic) -> Frame {
    var table = Table(header)
    for _ in 0..<count { try table.read(&lines) }
    guard table.fields.contains(where: { $0.name == "position" }) else { throw lines.mistake("there is no column pos:R:3") }
    let ids = table.ids.isEmpty ? (0..<Int64(count)).map { $0 } : table.ids
    let order = ids.indices.sorted { ids[$0] < ids[$1] }
    if let twice = zip(order, order.dropFirst()).first(where: { ids[$0] == ids[$1] })?.0 {
      throw lines.mistake("two particles have the id \(ids[twice])")
    }
    if let first = order.first, ids[first] < 0 { throw lines.mistake("an id is negative: \(ids[first])") }
    let keys = header.keys
    return Frame(
      step: Int(keys["step"] ?? "") ?? number, time: Double(keys["Time"] ?? keys["time"] ?? "") ?? 0, box: header.box,
      speciesNames: table.names, ids: order.map { ids[$0] }, species: order.map { table.species[$0] },
      fields: table.fields.map { $0.ordered(order) }.sorted { a, _ in a.name == "position" }, units: units(keys["units"]))
  }

  private static func units(_ name: String?) -> UnitSystem {
    [.reduced, .molecular, .si, .cgs].first { $0.name == name } ?? .reduced
  }
}

extension FrameField {
  /// The same values with rows in another order.
  func ordered(_ order: [Int]) -> FrameField {
    var field = self
    field.values = order.flatMap { values[$0 * components..<($0 + 1) * components] }
    return field
  }
}
