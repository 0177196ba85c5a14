import Diagnostics
import Expressions
import Scenes
import Snapshots
import World

extension PlotTable {
  /// The log of a run: its totals, `time` and `step`.
  ///
  /// Throws `Failure` if the snapshot has none.
  public init(logOf reader: SnapshotReader) throws(Failure) {
    let series = try reader.log()
    guard let first = series.first else { throw Failure(.failed, "\(reader.path) holds no log") }
    var columns = Dictionary(uniqueKeysWithValues: series.map { ($0.name, Column(dimension: $0.dimension, values: $0.values)) })
    columns["time"] = Column(dimension: Dimension(time: 1), values: first.times)
    columns["step"] = Column(dimension: .one, values: first.steps.map { Double($0) })
    self.init(count: first.steps.count, columns: columns, units: reader.units)
  }

  /// The ends of runs, a row for each: the last totals, and the values at these paths of their scenes.
  ///
  /// Throws `Failure` if a snapshot has no log, or a name that the first one has is missing in another.
  public init(endsOf readers: [SnapshotReader], paths: [String]) throws(Failure) {
    var columns: [String: Column] = [:]
    for reader in readers {
      let log = try PlotTable(logOf: reader)
      for (name, column) in log.columns {
        columns[name, default: Column(dimension: column.dimension, values: [])].values += column.values.suffix(1)
      }
      for path in paths {
        guard let quantity = Scene.quantity(at: path, in: reader.provenance.scene) else { continue }
        let value = quantity.value / (reader.units.isReduced ? 1 : reader.units.scale(of: quantity.dimension))
        columns[path, default: Column(dimension: quantity.dimension, values: [])].values.append(value)
      }
    }
    let complete = columns.filter { $0.value.values.count == readers.count }
    guard let units = readers.first?.units else { throw Failure(.usage, "there is no run to draw") }
    self.init(count: readers.count, columns: complete, units: units)
  }

  /// The mean of tables with the same rows, such as those of a histogram at several times.
  ///
  /// Throws `Failure` if their rows differ in number, or there is no table.
  public init(meanOf tables: [PlotTable]) throws(Failure) {
    guard let first = tables.first, tables.allSatisfy({ $0.count == first.count }) else {
      throw Failure(.failed, "a mean is taken of frames with equally many members")
    }
    var columns = first.columns
    for (name, column) in first.columns {
      let others = tables.compactMap { $0.columns[name]?.values }
      columns[name]?.values = column.values.indices.map { row in others.reduce(0) { $0 + $1[row] } / Double(others.count) }
    }
    self.init(count: first.count, columns: columns, space: first.space, units: first.units)
  }

  /// What a frame knows by a name: members of a species (of several, with commas between them) with their fields, or the bins
  /// of a histogram, with `bin` from 0.
  ///
  /// Throws `Failure` if there is nothing of that name.
  public init(of name: String, in frame: Frame) throws(Failure) {
    let names = name.split(separator: ",").map(String.init)
    if let lattice = frame.lattices.first(where: { $0.name == name }) {
      self.init(sitesOf: lattice, in: frame)
    } else if names.allSatisfy(frame.speciesNames.contains) {
      self.init(membersOf: names, in: frame)
    } else if let histogram = frame.observables.first(where: { $0.name == name && $0.values.count > 1 }) {
      let alike = frame.observables.filter { $0.values.count == histogram.values.count }
      var columns = Dictionary(uniqueKeysWithValues: alike.map { ($0.name, Column(dimension: $0.dimension, values: $0.values)) })
      columns["bin"] = Column(dimension: .one, values: histogram.values.indices.map { Double($0) })
      self.init(count: histogram.values.count, columns: columns, units: frame.units)
    } else {
      let known = frame.lattices.map(\.name) + frame.speciesNames + frame.observables.filter { $0.values.count > 1 }.map(\.name)
      throw Failure(.usage, "frames have no species or histogram \(name)", hint: suggestion(for: name, among: known))
    }
  }

  private init(membersOf species: [String], in frame: Frame) {
    let rows = frame.species.indices.filter { species.contains(frame.speciesNames[Int(frame.species[$0])]) }
    var columns = Self.columns(of: frame.fields, rows: rows)
    columns["id"] = Column(dimension: .one, values: rows.map { Double(frame.ids[$0]) })
    self.init(count: rows.count, columns: columns, space: frame.box.space, units: frame.units)
  }

  private init(sitesOf lattice: FrameLattice, in frame: Frame) {
    let sites = Array(0..<lattice.grid.count), space = frame.box.space
    var columns = Self.columns(of: lattice.fields, rows: sites)
    columns["position"] = Column(
      shape: .vector, dimension: Dimension(length: 1), components: space, values: sites.flatMap { lattice.grid.position(of: $0) })
    self.init(count: sites.count, columns: columns, space: space, units: frame.units)
  }

  private static func columns(of fields: [FrameField], rows: [Int]) -> [String: Column] {
    var columns: [String: Column] = [:]
    for field in fields {
      let width = field.components
      let values = rows.flatMap { field.values[$0 * width..<($0 + 1) * width] }
      columns[field.name] = Column(shape: field.shape, dimension: field.dimension, components: width, values: values)
    }
    return columns
  }
}
