import Foundation

/// A crystal by its unit cell: sides relative to the first, and sites in parts of the cell.
public struct Lattice: Sendable, Hashable {
  /// The name that scenes use.
  public var name: String
  /// Sides of the cell, the first being 1.
  public var shape: [Double]
  /// Places of the sites in the cell, in parts of its sides.
  public var basis: [[Double]]

  /// Dimensions of the crystal.
  public var space: Int { shape.count }

  /// fcc, bcc, sc, diamond; hexagonal (a × √3 a, two sites) and square; line.
  public static let all: [Lattice] = [
    Lattice(name: "fcc", shape: [1, 1, 1], basis: faceCentred),
    Lattice(name: "bcc", shape: [1, 1, 1], basis: [[0, 0, 0], [0.5, 0.5, 0.5]]),
    Lattice(name: "sc", shape: [1, 1, 1], basis: [[0, 0, 0]]),
    Lattice(name: "diamond", shape: [1, 1, 1], basis: faceCentred + faceCentred.map { $0.map { $0 + 0.25 } }),
    Lattice(name: "hexagonal", shape: [1, 3.0.squareRoot()], basis: [[0, 0], [0.5, 0.5]]),
    Lattice(name: "square", shape: [1, 1], basis: [[0, 0]]),
    Lattice(name: "line", shape: [1], basis: [[0]]),
  ]

  private static let faceCentred = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]

  /// How far the first site stands from the corner of its cell, in parts of the cell: no site is on a face.
  static let margin = 0.125
  /// Bound on cells along an axis; their product then fits an integer.
  static let mostCells = 1e6

  /// Side of the cell at which so many sites stand in a unit of volume.
  func side(density: Double) -> Double {
    pow(Double(basis.count) / (density * shape.reduce(1, *)), 1 / Double(space))
  }

  /// The fewest cells of a block as near to a cube as may be that hold `count` sites.
  func cells(holding count: Int) -> [Int] {
    var edge = max(1, pow(Double(count) / Double(basis.count) * shape.reduce(1, *), 1 / Double(space)).rounded(.down) - 1)
    while true {
      let cells = shape.map { max(1, Int((edge / $0).rounded(.toNearestOrAwayFromZero))) }
      if cells.reduce(basis.count, *) >= count { return cells }
      edge += 1
    }
  }

  /// Cells that hold `count` sites and, stretched a little, fill a block of these lengths.
  func cells(holding count: Int, in lengths: [Double]) -> [Int] {
    let side = side(density: Double(count) / lengths.reduce(1, *))
    var cells = zip(lengths, shape).map { max(1, Int(min(Lattice.mostCells, $0 / ($1 * side) + 1e-9))) }
    func stretch(_ axis: Int) -> Double { lengths[axis] / (Double(cells[axis]) * shape[axis]) }
    while cells.reduce(basis.count, *) < count {
      let axis = cells.indices.max { stretch($0) < stretch($1) } ?? 0
      cells[axis] += max(1, cells[axis] / 1000)
    }
    return cells
  }
}

/// A lattice in its place, all lengths in units of the run.
public struct LatticeFill: Sendable, Hashable {
  /// The crystal.
  public var lattice: Lattice
  /// Cells along each axis.
  public var cells: [Int]
  /// Sides of one cell, after stretching.
  public var sides: [Double]
  /// Shift in parts of a cell.
  public var offset: [Double]
  /// Where sites may be.
  public var region: Region
  /// Sites that are filled, if not all.
  public var count: Int?

  /// Sites of all cells, in the region or not.
  public var siteCount: Int { cells.reduce(lattice.basis.count, *) }

  /// The positions of sites that are inside, cell by cell; where `count` asks for fewer than there are, vacancies are spread evenly.
  func positions(_ isInside: ([Double]) -> Bool) -> [[Double]] {
    var sites = [[Double]]()
    sites.reserveCapacity(siteCount)
    for cell in 0..<cells.reduce(1, *) {
      var rest = cell
      let index = cells.map { edge in
        defer { rest /= edge }
        return rest % edge
      }
      for site in lattice.basis {
        let point = cells.indices.map { axis in region.from[axis] + (Double(index[axis]) + part(site, axis)) * sides[axis] }
        if isInside(point) { sites.append(point) }
      }
    }
    guard let count, count < sites.count else { return sites }
    return (0..<count).map { sites[$0 * sites.count / count] }
  }

  // A margin keeps sites away from the faces, so that none stands on a wall; an offset wraps round in its cell.
  private func part(_ site: [Double], _ axis: Int) -> Double {
    let shifted = site[axis] + Lattice.margin + offset[axis]
    return shifted - shifted.rounded(.down)
  }
}
