import Expressions

/// One field of all particles at one moment.
public struct FrameField: Sendable, Equatable {
  public var name: String
  /// Numbers per particle: 1, D, D*D … of the box's dimensions D.
  public var components: Int
  public var shape: Shape
  public var dimension: Dimension
  /// Particle by particle, `components` numbers each, in units of the run.
  public var values: [Double]
  /// Written once, not per frame (mass, charge, radius of particles that stay).
  public var isStatic: Bool

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
  public var name: String
  public var dimension: Dimension
  /// One number, or several (a histogram).
  public var values: [Double]

  public init(name: String, dimension: Dimension, values: [Double]) {
    self.name = name
    self.dimension = dimension
    self.values = values
  }
}

/// All particles at one moment, rows sorted by id: what snapshots store, pictures show and fits read.
public struct Frame: Sendable {
  public var step: Int
  /// Units of the run.
  public var time: Double
  public var box: Box
  public var speciesNames: [String]
  public var ids: [Int64]
  /// Index into `speciesNames`, per particle.
  public var species: [Int32]
  /// `position` first, always present.
  public var fields: [FrameField]
  public var observables: [Observable]
  public var units: UnitSystem

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

  public var count: Int { ids.count }
  public subscript(field name: String) -> FrameField? { fields.first { $0.name == name } }
}
