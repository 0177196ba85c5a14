import Diagnostics
import World

/// What gives particles their colour: their species, or a number made of a field.
public enum ColorSource: Sendable, Hashable {
  /// One colour of the palette for each species.
  case species
  /// A field: its value, one of its components, or the length of all of them.
  case field(String, component: Int?)

  /// Reads `species`, `density`, `velocity` (its length), `velocity.x` or `stress[4]` (one component, from 0); throws `Failure`.
  public init(parsing text: String) throws(Failure) {
    if text == "species" {
      self = .species
      return
    }
    let invalid = Failure(
      .usage, "cannot colour by \(text)", hint: "species, or a field such as velocity (its length), velocity.x or stress[0]")
    if let dot = text.lastIndex(of: ".") {
      guard let axis = ["x", "y", "z"].firstIndex(of: String(text[text.index(after: dot)...])), dot > text.startIndex else {
        throw invalid
      }
      self = .field(String(text[..<dot]), component: axis)
    } else if text.hasSuffix("]") {
      guard let open = text.firstIndex(of: "["), open > text.startIndex,
        let component = Int(text[text.index(after: open)...].dropLast()), component >= 0
      else { throw invalid }
      self = .field(String(text[..<open]), component: component)
    } else {
      guard !text.isEmpty, !text.contains("[") else { throw invalid }
      self = .field(text, component: nil)
    }
  }

  /// One number per particle, in units of the run, and its title; nil for species, and for what is a field of a lattice alone.
  /// Throws `Failure` if the frame lacks the field.
  func values(of frame: Frame) throws(Failure) -> (numbers: [Double], title: String)? {
    guard case .field(let name, let component) = self else { return nil }
    guard let field = frame[field: name] else {
      let sites = frame.lattices.flatMap(\.fields)
      if sites.contains(where: { $0.name == name }) { return nil }
      throw Failure(
        .usage, "frames have no field \(name)", hint: suggestion(for: name, among: (frame.fields + sites).map(\.name)))
    }
    return try numbers(of: field, component, rows: frame.count, in: frame)
  }

  /// One number per site of the first lattice that has the field, if particles have none of this name.
  func sites(of frame: Frame) throws(Failure) -> (grid: Grid, numbers: [Double], title: String)? {
    guard case .field(let name, let component) = self, frame[field: name] == nil || frame.count == 0 else { return nil }
    for lattice in frame.lattices {
      guard let field = lattice.fields.first(where: { $0.name == name }) else { continue }
      let (numbers, title) = try numbers(of: field, component, rows: lattice.grid.count, in: frame)
      return (lattice.grid, numbers, title)
    }
    return nil
  }

  /// What the colour bar speaks of: numbers of sites, else of particles.
  func shown(in frame: Frame) throws(Failure) -> (numbers: [Double], title: String)? {
    if let (_, numbers, title) = try sites(of: frame) { return (numbers, title) }
    return try values(of: frame)
  }

  private func numbers(
    of field: FrameField, _ component: Int?, rows: Int, in frame: Frame
  ) throws(Failure) -> (numbers: [Double], title: String) {
    let width = field.components, name = field.name
    guard width > 0, field.values.count >= rows * width else {
      throw Failure(.unreadableFile, "frame \(frame.step) has no \(name) for each particle or site")
    }
    if let component, component >= width {
      throw Failure(
        .usage, "\(name) has \(width) component\(width == 1 ? "" : "s")", hint: "they are counted from 0, or named x, y, z")
    }
    let numbers = (0..<rows).map { particle in
      let own = field.values[(particle * width)..<((particle + 1) * width)]
      if let component { return own[own.startIndex + component] }
      return width == 1 ? own[own.startIndex] : own.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    return (numbers, title(of: field, component: component, in: frame))
  }

  private func title(of field: FrameField, component: Int?, in frame: Frame) -> String {
    var title = field.name
    if let component {
      title += field.components <= 3 && field.components == frame.box.space ? " \(["x", "y", "z"][component])" : "[\(component)]"
    } else if field.components > 1 {
      title = "|\(title)|"
    }
    let unit = unitLabel(of: field.dimension, in: frame.units)
    return unit.isEmpty ? title : "\(title) (\(unit))"
  }
}
