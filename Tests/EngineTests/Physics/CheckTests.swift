import Diagnostics
import Expressions
import Foundation
import Laws
import Testing

/// Evaluates the checks that a law carries, by the graph that kernels are made of.
private struct Checker {
  let law: Law
  let check: Check
  private let space = 3

  init(_ law: Law, _ check: Check) {
    self.law = law
    self.check = check
  }

  /// The components of an outcome at the check's point.
  func value(of name: String) throws -> [Double] {
    for case let pass in passes {
      if let binding = pass.lets.first(where: { $0.name == name }) { return try values(binding.value, pass) }
      if name == "energy", let energy = pass.energy { return try values(energy, pass) }
      if name == "force", let force = pass.force { return try values(force, pass) }
      if name == "force", let energy = pass.energy { return try slope(energy, pass).map { -$0 } }
    }
    throw Failure(.failed, "\(law.name) has no outcome \(name)")
  }

  /// What the check says that the outcome is.
  func expected(_ binding: Binding) throws -> [Double] {
    guard let pass = passes.first else { return [] }
    return try values(binding.value, pass)
  }

  private struct Pass {
    var lets: [Binding]
    var energy: Expressions.Expression?
    var force: Expressions.Expression?
    var isPair: Bool
  }

  private var passes: [Pass] {
    (law.passes + law.parts.values.joined()).compactMap { item in
      switch item {
      case .interact(let pass): Pass(lets: pass.lets, energy: pass.energy, force: pass.force, isPair: true)
      case .propagate(let pass): Pass(lets: pass.lets, energy: pass.energy, force: pass.force, isPair: false)
      default: nil
      }
    }
  }

  // MARK: Values

  private func lowering(_ pass: Pass) -> Lowering {
    Lowering(graph: Graph(), space: space) { (key, graph) throws(Diagnostic) in
      self.meaning(key, pass, &graph)
    } special: {
      (name, arguments, lowering) throws(Diagnostic) in
      name == "closest" ? try lowering.lower(arguments[0]) : nil
    }
  }

  /// A pair along the x axis at the distance r; other names have the check's value, else their default, else 1.
  private func meaning(_ key: Lowering.Key, _ pass: Pass, _ graph: inout Graph) -> Meaning? {
    let written = key.owner.isEmpty ? key.name : "\(key.name)[\(key.owner)]"
    let separation = (0..<space).map { graph.input(Input(.separation, component: $0)) }
    let square = graph.input(Input(.distanceSquared)), distance = graph.squareRoot(square)
    switch written {
    case "r" where pass.isPair: return .value(.scalar(distance))
    case "d" where pass.isPair: return .value(.vector(separation))
    case "n" where pass.isPair: return .value(.vector(separation.map { graph.divide($0, distance) }))
    case "u" where pass.isPair: return .value(.vector((0..<space).map { _ in graph.constant(0) }))
    case "position" where !pass.isPair:
      return .value(.vector((0..<space).map { graph.input(Input(.field, "position", component: $0)) }))
    default: break
    }
    if let given = check.point.first(where: { $0.index.map { key.name + "[\($0)]" } ?? $0.name == written || $0.name == written })
    {
      return .abbreviation(given.value)
    }
    if let binding = (pass.lets + law.lets).first(where: { $0.name == key.name }) { return .abbreviation(binding.value) }
    if case .expression(let text)? = law.parameter(key.name)?.value { return .abbreviation(text) }
    if case .quantity(let number, _)? = law.parameter(key.name)?.value { return .value(.scalar(graph.constant(number))) }
    let isKnown = law.parameter(key.name) != nil || ["mass", "charge"].contains(key.name)
    return isKnown ? .value(.scalar(graph.constant(1))) : nil
  }

  private func values(_ text: Expressions.Expression, _ pass: Pass) throws -> [Double] {
    var lowering = lowering(pass)
    let nodes = try lowering.lower(text).components.map { lowering.graph.number($0) }
    return lowering.graph.evaluate(nodes, in: try context(pass))
  }

  /// The gradient of an energy: by d for a pair, by the position for a member.
  private func slope(_ energy: Expressions.Expression, _ pass: Pass) throws -> [Double] {
    var lowering = lowering(pass)
    let node = try lowering.scalar(energy)
    let inputs = (0..<space).map { pass.isPair ? Input(.separation, component: $0) : Input(.field, "position", component: $0) }
    var nodes = inputs.map { input in
      let by = lowering.graph.input(input)
      return lowering.graph.derivative(of: node, by: by)
    }
    let square = lowering.graph.input(Input(.distanceSquared))
    nodes.append(lowering.graph.derivative(of: node, by: square))
    let context = try context(pass)
    let found = lowering.graph.evaluate(nodes, in: context)
    // ∂(d·d)/∂d = 2d
    return (0..<space).map { found[$0] + (pass.isPair ? 2 * context.input(inputs[$0]) * found[space] : 0) }
  }

  private func context(_ pass: Pass) throws -> GraphContext {
    var place = [1.0, 0, 0]
    if let given = check.point.first(where: { $0.name == (pass.isPair ? "r" : "position") }) {
      var lowering = lowering(pass)
      let value = try lowering.lower(given.value)
      let numbers = lowering.graph.evaluate(value.components, in: GraphContext { _ in .nan })
      place = pass.isPair ? [numbers[0], 0, 0] : numbers
    }
    let square = place.map { $0 * $0 }.reduce(0, +)
    return GraphContext { input in
      switch input.kind {
      case .separation, .field: place[input.component]
      case .distanceSquared: square
      default: .nan
      }
    }
  }
}

@Suite("Checks that laws carry")
struct CheckTests {
  static let names = lawLibrary().names.filter { ((try? lawLibrary().law(named: $0))?.checks.isEmpty ?? true) == false }

  @Test("Laws with checks are found") func finds() { #expect(Self.names.contains("lennard-jones") && Self.names.count >= 8) }

  @Test("A law has the values that it says", arguments: names)
  func checks(name: String) throws {
    let law = try lawLibrary().law(named: name)
    for check in law.checks {
      for outcome in check.expected {
        let checker = Checker(law, check)
        let found = try checker.value(of: outcome.name), expected = try checker.expected(outcome)
        for (index, value) in found.enumerated() {
          let right = expected.count == 1 ? expected[0] : expected[index]
          #expect(abs(value - right) <= 1e-9 * max(1, abs(right)), "\(name): \(outcome.name)")
        }
      }
    }
  }

  @Test("A wrong value is noticed")
  func wrong() throws {
    let text = try String(contentsOf: lawFolder.appending(path: "lennard-jones.yaml"), encoding: .utf8)
    let law = try Law.read(text: text.replacing("energy: -epsilon", with: "energy: -1.001*epsilon"), file: "lennard-jones.yaml")
    let check = try #require(law.checks.first), outcome = try #require(check.expected.first { $0.name == "energy" })
    let checker = Checker(law, check)
    #expect(try abs(checker.value(of: "energy")[0] - checker.expected(outcome)[0]) > 1e-9)
  }
}
