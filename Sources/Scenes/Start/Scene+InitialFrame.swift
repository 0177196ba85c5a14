import Diagnostics
import Expressions
import World

extension Scene {
  /// All particles at step 0: ids from 1 in the order of the species, `position`, `velocity` and every field that the scene sets.
  /// - Parameter source: reads the files of fills.
  /// - Throws: a `Failure` where particles overlap, lie outside the box, or find no room.
  public func initialFrame(from source: (any FrameSource)? = nil) throws -> Frame {
    let start = try Start(scene: self, source: source)
    let counts = start.positions.map(\.count)
    let total = counts.reduce(0, +)
    let kinds = counts.enumerated().flatMap { Array(repeating: Int32($0.offset), count: $0.element) }
    var fields = [vectors("position", Dimension(length: 1), Array(start.positions.joined()))]
    try set(&fields, start) { $0 != "velocity" }
    let velocities = thermalVelocities(start, masses: fields.first { $0.name == "mass" }?.values)
    fields.insert(vectors("velocity", Dimension(length: 1, time: -1), velocities), at: 1)
    try set(&fields, start) { $0 == "velocity" }
    var frame = Frame(
      step: 0, time: 0, box: box, speciesNames: species.map(\.name), ids: (0..<total).map { Int64($0 + 1) }, species: kinds,
      fields: fields, units: units)
    for species in species {
      if let grid = species.grid { frame.lattices.append(try lattice(species, grid)) }
      if case .links(let arity, let ends) = species.kind {
        frame.links.append(try links(species, arity, ends + chained(species.chain, arity, start), particles: total))
      }
    }
    return frame
  }

  /// Ends of the links along chains; a last chain that is too short has none.
  private func chained(_ chain: Chain?, _ arity: Int, _ start: Start) -> [[Int64]] {
    guard let chain, let index = species.firstIndex(where: { $0.name == chain.species }) else { return [] }
    return chain.ends(arity: arity, count: start.positions[index].count, first: start.firstID(of: index))
  }

  /// Links with the fields that the scene sets.
  private func links(_ species: Species, _ arity: Int, _ ends: [[Int64]], particles: Int) throws(Failure) -> FrameLinks {
    if let id = ends.joined().first(where: { $0 > particles }) {
      throw Failure(.invalidScene, "\(species.name): there is no particle \(id) to join, only \(particles)")
    }
    return FrameLinks(
      name: species.name, arity: arity, ids: ends.indices.map { Int64($0) + 1 }, ends: ends.flatMap { $0 },
      fields: try fields(of: species, at: ends.map { _ in box.origin }, firstID: 1))
  }

  /// The sites of a lattice with the fields that the scene sets.
  private func lattice(_ species: Species, _ grid: Grid) throws(Failure) -> FrameLattice {
    let sites = (0..<grid.count).map { grid.position(of: $0) }
    var fields = try fields(of: species, at: sites, firstID: 0)
    for (number, field) in species.fields.enumerated() where field.shape.isStaggered {
      fields[number].values = try values(of: field, number: number, of: species.name, beside: sites, spacing: grid.spacing)
    }
    return FrameLattice(name: species.name, grid: grid, fields: fields)
  }

  /// The values of a staggered field: each component has that of its own place. A formula of one number holds for every component.
  private func values(
    of field: InitialField, number: Int, of species: String, beside sites: [[Double]], spacing: Double
  ) throws(Failure) -> [Double] {
    let columns = try (0..<space).map { component throws(Failure) in
      let shift = field.shape.place(ofComponent: component, space: space).map { $0 * spacing }
      let places = sites.map { zip($0, shift).map { $0 + $1 } }
      let values = try values(of: field, number: number, of: species, at: places, firstID: 0)
      let width = values.count / max(1, sites.count)
      return sites.indices.map { values[$0 * width + component % width] }
    }
    return sites.indices.flatMap { site in columns.map { $0[site] } }
  }

  /// All fields that the scene sets for a species, for members at these positions with ascending ids.
  private func fields(of species: Species, at positions: [[Double]], firstID: Int64) throws(Failure) -> [FrameField] {
    var fields: [FrameField] = []
    for (number, field) in species.fields.enumerated() {
      fields.append(
        FrameField(
          name: field.name, shape: field.shape, components: field.shape.components(space: space), dimension: field.dimension,
          values: try values(of: field, number: number, of: species.name, at: positions, firstID: firstID)))
    }
    return fields
  }

  private func vectors(_ name: String, _ dimension: Dimension, _ values: [[Double]]) -> FrameField {
    FrameField(name: name, shape: .vector, components: space, dimension: dimension, values: Array(values.joined()))
  }

  /// Puts the fields that the scene sets into the frame, in the order of its species; 0 for species that do not set one.
  private func set(_ fields: inout [FrameField], _ start: Start, where isWanted: (String) -> Bool) throws(Failure) {
    let total = start.positions.reduce(0) { $0 + $1.count }
    for (index, species) in species.enumerated() where species.kind == .particles {
      for (number, field) in species.fields.enumerated() where isWanted(field.name) {
        let components = field.shape.components(space: space)
        if !fields.contains(where: { $0.name == field.name }) {
          fields.append(
            FrameField(
              name: field.name, shape: field.shape, components: components, dimension: field.dimension,
              values: Array(repeating: 0, count: total * components), isStatic: ["mass", "charge", "radius"].contains(field.name))
          )
        }
        guard let at = fields.firstIndex(where: { $0.name == field.name }), fields[at].components == components else {
          throw Failure(.invalidScene, "\(field.name): has another shape in \(species.name) than in species before it")
        }
        let values = try values(
          of: field, number: number, of: species.name, at: start.positions[index], firstID: start.firstID(of: index))
        let first = Int(start.firstID(of: index) - 1) * components
        fields[at].values.replaceSubrange(first..<(first + values.count), with: values)
      }
    }
  }

  /// The values of a field for members at these positions with ascending ids.
  private func values(
    of field: InitialField, number: Int, of species: String, at positions: [[Double]], firstID: Int64
  ) throws(Failure) -> [Double] {
    guard case .formula(let formula) = field.value else {
      guard case .numbers(let numbers) = field.value else { return [] }
      return Array(repeating: numbers, count: positions.count).flatMap { $0 }
    }
    let compiled: CompiledFormula
    do throws(Diagnostics) {
      compiled = try formula.compiled(space: space, isReduced: units.isReduced)
    } catch {
      throw Failure(.invalidScene, "\(field.name): \(error.items.map(\.message).joined(separator: "; "))")
    }
    let noise = Noise(seed: seed, stream: .field)
    var result: [Double] = []
    for (row, position) in positions.enumerated() {
      let id = firstID + Int64(row)
      let arguments = ["position": position, "id": [Double(id)], "box": box.lengths]
      let value = compiled.numbers(arguments) { isNormal, place, component in
        let counter = UInt32(number) << 16 + UInt32(place)
        return (isNormal ? noise.normal(UInt64(id), counter) : noise.uniform(UInt64(id), counter))[component]
      }
      guard value.allSatisfy(\.isFinite) else {
        throw Failure(
          .invalidScene, "\(field.name): the formula gives no finite number for particle \(row + 1) of \(species)")
      }
      result += value
    }
    return result
  }

  /// Velocities that fills gave, or random ones; species of equal settings are one body of particles.
  private func thermalVelocities(_ start: Start, masses: [Double]?) -> [[Double]] {
    let still = Array(repeating: 0.0, count: space)
    var result = start.positions.indices.flatMap { index in
      start.velocities[index].isEmpty ? Array(repeating: still, count: start.positions[index].count) : start.velocities[index]
    }
    var done = [Velocities]()
    for settings in species.compactMap(\.velocities) where !done.contains(settings) {
      done.append(settings)
      let rows = species.indices.filter { species[$0].velocities == settings }.flatMap { index in
        let first = Int(start.firstID(of: index)) - 1
        return Array(first..<(first + start.positions[index].count))
      }
      let thermal = Thermal(
        ids: rows.map { Int64($0 + 1) }, masses: rows.map { masses?[$0] ?? 1 }, settings: settings, space: space)
      for (row, velocity) in zip(rows, thermal.velocities(seed: seed)) { result[row] = velocity }
    }
    return result
  }
}
