import Expressions
import KernelCompiler
import Testing

/// An emitter of a pair law whose parameters are the same for all pairs, or differ between pairs of species.
private func emitter(_ graph: Graph, parameters: Rate = .uniform) -> Emitter {
  Emitter(
    graph: graph, dialect: .lanes, inputRate: { $0.kind == .parameter ? parameters : .varying },
    inputText: { $0.kind == .distanceSquared ? "p->r2" : "p->\($0.name)" }, noiseText: { _ in "" })
}

/// a/r^14 + b/r^8, the factor of a Lennard-Jones force.
private func lennardJones(_ graph: inout Graph) -> NodeID {
  let square = graph.input(Input(.distanceSquared))
  let terms = [("a", -7), ("b", -4)].map { name, power in
    graph.multiply(graph.input(Input(.parameter, name)), graph.power(square, Rational(power)))
  }
  return graph.add(terms[0], terms[1])
}

@Suite struct EmitterTests {
  @Test func theScaleOfAForceGoesIntoTheConstantsOfItsLaw() {
    var graph = Graph()
    let force = lennardJones(&graph)
    var plain = emitter(graph), scaled = emitter(graph)
    _ = plain.value(of: force)
    _ = scaled.scaled(force)
    #expect(scaled.statements.count == plain.statements.count)
    #expect(scaled.statements.joined().contains("(u->k[0]*u->scale)"))
    #expect(scaled.statements.joined().contains("(u->k[1]*u->scale)"))
  }

  @Test func constantsThatDifferBetweenSpeciesAreScaledOnceTogether() {
    var graph = Graph()
    let force = lennardJones(&graph)
    var scaled = emitter(graph, parameters: .species)
    _ = scaled.scaled(force)
    #expect(scaled.statements.joined().split(separator: "u->scale", omittingEmptySubsequences: false).count == 2)
  }

  @Test func aTermWithoutAConstantIsScaledToo() {
    var graph = Graph()
    let square = graph.input(Input(.distanceSquared)), a = graph.input(Input(.parameter, "a"))
    let force = graph.sum([Graph.Term(coefficient: 1, node: a), Graph.Term(coefficient: -1, node: square)])
    var scaled = emitter(graph)
    let text = scaled.scaled(force)
    #expect(scaled.statements.last == "const V \(text) = t1*u->scale;")
  }

  @Test func whereOneOverTheDistanceIsNeededItGivesItsPowersToo() {
    var graph = Graph()
    let square = graph.input(Input(.distanceSquared))
    let powers = [Rational(-1, 2), Rational(-1), Rational(1, 2)].map { graph.power(square, $0) }
    var shared = emitter(graph)
    shared.shareInverseDistance(among: powers)
    for power in powers { _ = shared.value(of: power) }
    let text = shared.statements.joined(separator: "\n")
    #expect(text.contains("mote_inverse_sqrt"))
    #expect(!text.contains("mote_sqrt") && !text.contains("/p->r2"))
  }

  @Test func withoutOneOverTheDistanceItsSquareIsDividedBy() {
    var graph = Graph()
    let force = lennardJones(&graph)
    var own = emitter(graph)
    own.shareInverseDistance(among: [force])
    _ = own.value(of: force)
    #expect(own.statements.joined().contains("/p->r2"))
  }

  @Test func powersThatTermsHaveInCommonAreTakenOut() {
    var graph = Graph()
    let square = graph.input(Input(.distanceSquared)), charge = graph.input(Input(.field, "q", end: "i"))
    func term(_ name: String, _ base: NodeID, _ exponent: Rational) -> NodeID {
      graph.multiply(graph.input(Input(.parameter, name)), graph.power(base, exponent))
    }
    let terms = [
      term("a", square, Rational(-7)), term("b", square, Rational(-7)), term("c", square, Rational(-4)),
      graph.multiply(term("d", square, Rational(-3, 2)), charge), term("e", charge, Rational(1)),
    ]
    let sum = graph.sum(terms.map { Graph.Term(coefficient: 1, node: $0) })
    var grouped = emitter(graph)
    _ = grouped.value(of: sum)
    // (a + b) is one constant; r⁻⁸ ((a + b) r⁻⁶ + c) + q (d r⁻³ + e).
    #expect(grouped.constants.count == 4)
    #expect(grouped.statements.filter { $0.contains("u->k") }.allSatisfy { $0.split(separator: "*").count <= 2 })
  }
}
