import Expressions

/// One field of all particles at one moment.
public struct FrameField: Sendable, Equatable {
  /// Name of the field, as laws know it.
  public var name: String
  /// Numbers per particle: 1, D, D*D … of the box's dimensions D.
  public var components: Int
  /// How the numbers turn with the axes.
  public var shape: Shape
  /// Physical dimension of the values.
  public var dimension: Dimension
  /// Particle by particle, `components` numbers each, in units of the run.
  public var values: [Double]
  /// Written once, not per frame (mass, charge, radius of particles that stay).
  public var isStatic: Bool

  /// A field of so many numbers per particle, in units of the run.
  public init(
    name: String, shape: Shape, components: Int, dimension: Dimension, values: [Double], isStatic: Bool = false
  ) {
    self.name = name
    self.shape = shape
    self.components = components
    self.dimension = dimension
    self.values = values
    self.isStatic = isStatic
  }
}

/// A total or series value that belongs to a frame.
public struct Observable: Sendable, Equatable {
  /// Name of the total.
  public var name: String
  /// Physical dimension of the values.
  public var dimension: Dimension
  /// One number, or several (a histogram).
  public var values: [Double]

  /// A total with its values in units of the run.
  public init(name: String, dimension: Dimension, values: [Double]) {
    self.name = name
    self.dimension = dimension
    self.values = values
  }
}

/// The fields of a lattice at one moment, a row for each site in the order of the grid.
public struct FrameLattice: Sendable, Equatable {
  /// Name of the species.
  public var name: String
  /// Where the sites are.
  public var grid: Grid
  /// What the sites hold.
  public var fields: [FrameField]

  /// The fields of a lattice.
  public init(name: String, grid: Grid, fields: [FrameField]) {
    self.name = name
    self.grid = grid
    self.fields = fields
  }
}

/// The links of one sort at one moment, in the order in which they were made.
public struct FrameLinks: Sendable, Equatable {
  /// Name of the species.
  public var name: String
  /// Ends of one link: 2, 3 or 4.
  public var arity: Int
  /// Ids of the links, ascending.
  public var ids: [Int64]
  /// Ids of the particles that they join, `arity` for each link.
  public var ends: [Int64]
  /// What the links hold.
  public var fields: [FrameField]

  /// Links with their ends and fields.
  public init(name: String, arity: Int, ids: [Int64], ends: [Int64], fields: [FrameField]) {
    self.name = name
    self.arity = arity
    self.ids = ids
    self.ends = ends
    self.fields = fields
  }
}

/// All particles at one moment, rows sorted by id: what snapshots store, pictures show and fits read.
public struct Frame: Sendable {
  /// Steps since the start of the run.
  public var step: Int
  /// Units of the run.
  public var time: Double
  /// The box at this moment.
  public var box: Box
  /// Names of all species, also of those without particles.
  public var speciesNames: [String]
  /// Ids of the particles, ascending.
  public var ids: [Int64]
  /// Index into `speciesNames`, per particle.
  public var species: [Int32]
  /// `position` first, always present.
  public var fields: [FrameField]
  /// Species that are lattices.
  public var lattices: [FrameLattice] = []
  /// Species that are links.
  public var links: [FrameLinks] = []
  /// Totals that were logged with the frame.
  public var observables: [Observable]
  /// The units of all numbers.
  public var units: UnitSystem

  /// A frame; `ids`, `species` and all fields have one row per particle.
  public init(
    step: Int, time: Double, box: Box, speciesNames: [String], ids: [Int64], species: [Int32], fields: [FrameField],
    observables: [Observable] = [], units: UnitSystem
  ) {
    self.step = step
    self.time = time
    self.box = box
    self.speciesNames = speciesNames
    self.ids = ids
    self.species = species
    self.fields = fields
    self.observables = observables
    self.units = units
  }

  /// Number of particles.
  public var count: Int { ids.count }
  /// The field of this name; nil if there is none.
  public subscript(field name: String) -> FrameField? { fields.first { $0.name == name } }
}
