import Expressions

/// Other names for the names of a law whose passes another law uses.
struct Renaming {
  private let names: [String: String]
  init(_ names: [String: String]) { self.names = names }

  func name(_ name: String) -> String { names[name] ?? name }

  func expression(_ tree: Expression) -> Expression { names.isEmpty ? tree : tree.renamingNames(names) }

  func binding(_ binding: Binding) -> Binding {
    Binding(
      name: name(binding.name), index: binding.index.map(name), value: expression(binding.value), location: binding.location)
  }

  func item(_ item: Item) -> Item {
    switch item {
    case .propagate(let pass): .propagate(propagate(pass))
    case .interact(let pass): .interact(interact(pass))
    case .measure(let measure): .measure(self.measure(measure))
    case .repeat(let loop): .repeat(self.loop(loop))
    case .require(let condition): .require(expression(condition))
    case .forces(let forces): .forces(Forces(at: forces.at.map(expression), only: forces.only, location: forces.location))
    case .slot, .use, .part: item
    }
  }

  private func propagate(_ pass: Propagate) -> Propagate {
    var pass = pass
    pass.roles = pass.roles.map(name)
    pass.condition = pass.condition.map(expression)
    pass.lets = pass.lets.map(binding)
    pass.assignments = pass.assignments.map(binding)
    pass.rates = pass.rates.map(binding)
    pass.energy = pass.energy.map(expression)
    pass.force = pass.force.map(expression)
    pass.torque = pass.torque.map(expression)
    pass.remove = pass.remove.map(expression)
    pass.require = pass.require.map(expression)
    pass.create = pass.create.map(creation)
    return pass
  }

  private func creation(_ creation: Creation) -> Creation {
    Creation(
      species: name(creation.species), number: creation.number.map(expression), fields: creation.fields.map(binding),
      location: creation.location)
  }

  private func interact(_ pass: Interact) -> Interact {
    var pass = pass
    pass.receivers = pass.receivers.map(name)
    pass.givers = pass.givers.map(name)
    pass.pairing = pairing(pass.pairing)
    pass.condition = pass.condition.map(expression)
    pass.energy = pass.energy.map(expression)
    pass.force = pass.force.map(expression)
    pass.torque = pass.torque.map(expression)
    for path in [\Interact.lets, \.sum, \.add, \.min, \.max, \.rate, \.memory] {
      pass[keyPath: path] = pass[keyPath: path].map(binding)
    }
    pass.link = pass.link.map { (name($0.links), $0.fields.map(binding)) }
    pass.unlink = pass.unlink.map(expression)
    pass.remove = pass.remove.map(expression)
    pass.require = pass.require.map(expression)
    pass.react = pass.react.map { ($0.remove, $0.create.map(creation)) }
    pass.except = pass.except.map(name)
    pass.offset = pass.offset.map(expression)
    pass.swept = pass.swept.map(name)
    pass.smooth = pass.smooth.map(expression)
    return pass
  }

  private func pairing(_ pairing: Pairing) -> Pairing {
    switch pairing {
    case .within(let range): .within(expression(range))
    case .linked(let links): .linked(name(links))
    case .weight: pairing
    case .neighbours(let offsets): .neighbours(expression(offsets))
    case .cell(let lattice): .cell(name(lattice))
    case .everywhere(let accuracy): .everywhere(expression(accuracy))
    }
  }

  private func measure(_ measure: Measure) -> Measure {
    var measure = measure
    measure.roles = measure.roles.map(name)
    measure.givers = measure.givers.map(name)
    measure.pairing = measure.pairing.map(pairing)
    measure.condition = measure.condition.map(expression)
    measure.lets = measure.lets.map(binding)
    measure.totals = measure.totals.map(binding)
    return measure
  }

  private func loop(_ loop: Repeat) -> Repeat {
    var loop = loop
    loop.times = loop.times.map(expression)
    loop.until = loop.until.map(expression)
    loop.limit = loop.limit.map(expression)
    loop.dt = loop.dt.map(expression)
    loop.passes = loop.passes.map(item)
    return loop
  }
}

extension Item {
  /// The item with those further abbreviations that it needs, as the passes of a law that another law uses.
  func with(lets: [Binding]) -> Item {
    switch self {
    case .propagate(var pass):
      pass.lets += Item.needed(lets, by: pass.expressions, beside: pass.lets)
      return .propagate(pass)
    case .interact(var pass):
      pass.lets += Item.needed(lets, by: pass.expressions, beside: pass.lets)
      return .interact(pass)
    case .measure(var measure):
      measure.lets += Item.needed(lets, by: measure.expressions, beside: measure.lets)
      return .measure(measure)
    case .repeat(var loop):
      loop.passes = loop.passes.map { $0.with(lets: lets) }
      return .repeat(loop)
    case .forces, .slot, .use, .require, .part: return self
    }
  }

  private static func needed(_ lets: [Binding], by expressions: [Expression], beside own: [Binding]) -> [Binding] {
    var found = [Binding](), open = expressions
    while let next = open.popLast() {
      for binding in lets where !(own + found).contains(where: { $0.name == binding.name }) {
        guard next.contains(where: { $0.node == .name(binding.name) }) else { continue }
        found.append(binding)
        open.append(binding.value)
      }
    }
    return found
  }
}
