import Expressions
import Foundation
import Testing
import World

@testable import Fitting

@Suite("The parts of a fit")
struct PartTests {
  @Test("A spline goes through its points; halving the intervals gains a factor of sixteen")
  func order() {
    func miss(_ count: Int) -> Double {
      let knots = (0...count).map { 2 * Double.pi * Double($0) / Double(count) }
      let spline = Spline(knots: knots, values: knots.map { sin($0) })
      #expect(zip(knots, spline.values).allSatisfy { abs(spline.value(at: $0) - $1) < 1e-12 })
      return (0..<1000).map { abs(spline.value(at: Double($0) * 0.006) - sin(Double($0) * 0.006)) }.max() ?? 0
    }
    #expect(miss(20) / miss(40) > 14)
  }

  @Test("Slopes and curvatures are derivatives of the value, on uneven knots and below them", arguments: [-0.5, 0.1, 1.7, 3.9])
  func derivatives(x: Double) {
    let spline = Spline(knots: [0, 0.4, 1.5, 2, 4], values: [3, -1, 2, 0, 1]), h = 1e-4
    let slope = (spline.value(at: x + h) - spline.value(at: x - h)) / (2 * h)
    let bend = (spline.value(at: x + h, derivative: 1) - spline.value(at: x - h, derivative: 1)) / (2 * h)
    #expect(abs(slope - spline.value(at: x, derivative: 1)) < 1e-6 && abs(bend - spline.value(at: x, derivative: 2)) < 1e-6)
  }

  @Test("Roughness is the integral of the squared curvature")
  func roughness() {
    let space = SplineSpace(knots: [0, 0.4, 1.5, 2, 4]), values = [3.0, -1, 2, 0, 1]
    let spline = Spline(space: space, values: values)
    let form = (0..<25).reduce(0) { $0 + values[$1 / 5] * space.roughness[$1] * values[$1 % 5] }
    let sum = (0..<40_000).reduce(0) { $0 + pow(spline.value(at: (Double($1) + 0.5) * 1e-4, derivative: 2), 2) * 1e-4 }
    #expect(abs(form / sum - 1) < 1e-5)
  }

  @Test("Blocks of pairs are computed as the reference evaluator does")
  func tape() {
    var graph = Graph()
    let x = graph.input(Input(.local, "x")), y = graph.input(Input(.local, "y"))
    let roots = [
      graph.product([.init(base: x, exponent: Rational(-7, 2)), .init(base: y, exponent: Rational(3))]),
      graph.select(graph.compare(.less, x, y), graph.function(.exp, x), graph.power(y, Rational(1, 3))),
      graph.sum(constant: 2, [.init(coefficient: -3, node: graph.pairwise(.minimum, x, y))]),
    ]
    let tape = BlockTape(graph, roots: roots)
    var workspace = tape.makeWorkspace()
    let places = [(0.5, 2.0), (1.5, 0.2), (3, 3)]
    for (input, slot) in tape.inputs {
      for (k, place) in places.enumerated() {
        workspace[BlockTape.offset(ofSlot: slot) + k] = input.name == "x" ? place.0 : place.1
      }
    }
    tape.run(&workspace, count: places.count) { _ in { _ in .nan } }
    for (k, place) in places.enumerated() {
      let wanted = graph.evaluate(roots, in: GraphContext { $0.name == "x" ? place.0 : place.1 })
      for root in roots.indices { #expect(abs(workspace[tape.offset(ofRoot: root) + k] - wanted[root]) < 1e-12) }
    }
  }

  @Test("Cells find the pairs that all comparisons find", arguments: [0.4, 1.1, 2.9], [Side.periodic, .open])
  func pairs(reach: Double, side: Side) {
    var random = SeededRandom(seed: 11)
    let box = Box(origin: [-1, 0, 2], lengths: [6, 6.5, 7], sides: [side, .periodic, side])
    let positions = (0..<300).map { Double.random(in: -2...9, using: &random) + Double($0 % 3) }
    let search = PairSearch(positions, in: box, reach: reach)
    var wanted = Set<[Int32]>()
    for i in 0..<100 {
      for j in i + 1..<100 {
        let square = (0..<3).reduce(0) { $0 + pow(box.nearest(positions[3 * i + $1] - positions[3 * j + $1], axis: $1), 2) }
        if square < reach * reach { wanted.insert([Int32(i), Int32(j)]) }
      }
    }
    #expect(search.i.count == wanted.count && Set(zip(search.i, search.j).map { [$0, $1] }) == wanted)
  }

  @Test("Columns that are projected out take the values that fit best")
  func projection() {
    var random = SeededRandom(seed: 2)
    let columns = (0..<4).map { _ in (0..<50).map { _ in random.normal() } }
    var rows = Rows(size: 2)
    rows.derivatives = (0..<50).flatMap { [columns[0][$0], columns[1][$0]] }
    let factors = [2.0, -1, 7, -3]
    rows.residuals = (0..<50).map { row in zip(factors, columns).reduce(0) { $0 + $1.0 * $1.1[row] } }
    rows.places = (0..<50).map { Double($0) / 50 }
    // The third says nothing new, and must do no harm.
    rows.project(out: [columns[2], columns[3], zip(columns[2], columns[3]).map { (a: Double, b: Double) -> Double in a - 2 * b }])
    let sums = rows.equations.sum
    let values = SymmetricMatrix(sums.matrix, size: 2).factored()?.solve(sums.gradient) ?? []
    #expect(zip(values, [2, -1]).allSatisfy { abs($0 - $1) < 1e-8 } && values.count == 2 && sums.count == 48)
  }

  @Test("Groups' gradients add up to that of all")
  func groups() {
    var rows = Rows(size: 1)
    (rows.derivatives, rows.residuals, rows.places) = ([1, 2, 3], [4, 5, 6], [0, 0.5, 0.999])
    let equations = rows.equations
    #expect(equations.gradients.count == Covariance.groups(for: 1))
    #expect(equations.gradients.reduce(0) { $0 + $1[0] } == equations.sum.gradient[0] && equations.sum.gradient[0] == 32)
  }
}
