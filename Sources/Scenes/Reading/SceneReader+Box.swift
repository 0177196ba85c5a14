import Diagnostics
import World

/// The box, given or made to fit a lattice.
extension SceneReader {
  /// Dimensions of the box as far as the tree says, before anything is checked.
  func spaceOfBox(in tree: Tree) -> Int {
    let box = tree["box"]
    for key in ["size", "origin", "sides"] {
      if let count = box?[key].flatMap({ items($0) })?.count, (1...3).contains(count) { return count }
    }
    for fill in fills(in: tree) {
      if let lattice = fill["lattice"]?.scalar, let known = Lattice.all.first(where: { $0.name == lattice }) {
        return known.space
      }
    }
    return 3
  }

  func fills(in tree: Tree) -> [Tree] { tree["species"]?.pairs?.compactMap { $0.value["fill"] } ?? [] }

  /// The box in the present units.
  mutating func box(in tree: Tree) -> Box? {
    guard let box = tree["box"], let size = box["size"], let sides = sides(box["sides"]) else { return nil }
    let origin = box["origin"].map { vector($0, [.length], key: "origin") } ?? Array(repeating: 0, count: space)
    guard let origin else { return nil }
    if size.scalar == "fit" {
      guard let lengths = fittedLengths(in: tree) else {
        if !report.hasErrors {
          report.error(
            "size: nothing in the scene says how large the box is",
            hint: "give lengths, such as size: [10, 10, 10]\(units.isReduced ? "" : " nm"), or a lattice with count and density",
            at: box["size"]?.location.file == "default" ? box.location : size.location)
        }
        return nil
      }
      return checkedBox(origin, lengths, sides, at: size)
    }
    guard let lengths = vector(size, [.length], key: "size"), lengths.allSatisfy({ $0 > 0 }) else { return nil }
    return checkedBox(origin, lengths, sides, at: size)
  }

  /// A box that numbers can measure: neither its volume nor the volume's inverse overflows.
  private mutating func checkedBox(_ origin: [Double], _ lengths: [Double], _ sides: [Side], at size: Tree) -> Box? {
    let volume = lengths.reduce(1, *), extent = zip(origin, lengths).map { abs($0) + $1 }.max() ?? 0
    guard lengths.allSatisfy({ $0 > 1e-9 * extent }), volume.isNormal, (1 / volume).isNormal else {
      report.error("size: such a box cannot be computed with: its sides or origin are too large or too small", at: size)
      return nil
    }
    return Box(origin: origin, lengths: lengths, sides: sides)
  }

  private mutating func sides(_ tree: Tree?) -> [Side]? {
    guard let tree else { return nil }
    if let word = tree.scalar { return Side(rawValue: word).map { Array(repeating: $0, count: space) } }
    let sides = tree.list?.compactMap { $0.scalar.flatMap(Side.init) } ?? []
    guard sides.count == space else {
      report.error("sides: expected one for each of \(space) dimensions, found \(tree.list?.count ?? 0)", at: tree)
      return nil
    }
    return sides
  }

  private mutating func fittedLengths(in tree: Tree) -> [Double]? {
    for species in tree["species"]?.pairs ?? [] {
      guard let fill = species.value["fill"], fill["lattice"] != nil, fill["region"] == nil else { continue }
      guard let request = latticeRequest(fill, mass: mass(of: species.value)), let place = request.fitted() else { continue }
      return zip(place.cells, place.sides).map { Double($0) * $1 }
    }
    return nil
  }

  /// The mass that a species' fields give, if it is one number.
  mutating func mass(of species: Tree) -> Double? {
    if let tree = species["fields"]?["mass"] {
      guard let text = tree.scalar, Double(text.prefix { $0 != " " }) != nil else { return nil }
      return quantity(tree, [.mass], .positive, key: "mass")
    }
    return units.isReduced ? 1 : nil
  }
}

/// What a scene says about a lattice, in numbers, before it is known where its cells go.
struct LatticeRequest {
  var lattice: Lattice
  var count: Int?
  var cells: [Int]?
  /// Side of the unit cell.
  var spacing: Double?
  /// Particles per volume.
  var density: Double?
  var offset: [Double]

  /// Cells and their sides where the box is to fit the lattice; nothing if that does not follow.
  func fitted() -> (cells: [Int], sides: [Double])? {
    guard let cells = cells ?? count.map({ lattice.cells(holding: $0) }) else { return nil }
    let sites = Double(cells.reduce(lattice.basis.count, *))
    let filled = count.map { Double($0) } ?? sites
    // Vacancies thin the lattice: the density asked for is that of the particles.
    guard let side = spacing ?? density.map({ lattice.side(density: $0 * sites / filled) }) else { return nil }
    return (cells, lattice.shape.map { $0 * side })
  }

  /// Cells and their sides in a block: with a spacing as many as fit, else stretched to fill it.
  func placed(in lengths: [Double]) -> (cells: [Int], sides: [Double])? {
    if cells != nil, let fitted = fitted() { return fitted }
    if let cells { return (cells, zip(lengths, cells).map { $0 / Double($1) }) }
    if let spacing {
      let sides = lattice.shape.map { $0 * spacing }
      return (zip(lengths, sides).map { Int(min(Lattice.mostCells, $0 / $1 + 1e-9)) }, sides)
    }
    let wanted = density.map { ($0 * lengths.reduce(1, *)).rounded() } ?? count.map { Double($0) }
    guard let wanted, wanted >= 1, wanted < Double(Int32.max) else { return nil }
    let cells = lattice.cells(holding: Int(wanted), in: lengths)
    return (cells, zip(lengths, cells).map { $0 / Double($1) })
  }
}
