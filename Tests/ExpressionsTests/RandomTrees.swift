import Expressions

/// A small generator of pseudo-random numbers (SplitMix64), the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Random trees of the whole grammar.
struct RandomTrees {
  private var generator: SeededGenerator
  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

  mutating func next(depth: Int) -> Expression {
    if depth == 0 { return leaf() }
    func child() -> Expression { next(depth: depth - 1 - below(min(depth, 2))) }
    switch below(10) {
    case 0: return Expression(.prefix(.minus, child()))
    case 1: return Expression(.prefix(.not, child()))
    case 2, 3, 4, 5:
      let signs = Expression.Operator.allCases
      return Expression(.binary(signs[below(signs.count)], child(), child()))
    case 6: return Expression(.call(Expression(.name("f")), (0..<below(3)).map { _ in child() }))
    case 7: return Expression(.index(Expression(.name("a")), [child()]))
    case 8: return Expression(.vector([child(), child()]))
    default: return compound(child())
    }
  }

  private mutating func compound(_ inner: Expression) -> Expression {
    switch below(4) {
    case 0: return Expression(.member(Expression(.call(Expression(.name("svd")), [inner])), "u"))
    case 1: return Expression(.hole("phi", [inner]))
    case 2:
      return Expression(
        .fixedSum(variable: "q", from: Expression(.number(0)), below: Expression(.number(Double(below(20)))), body: inner))
    default: return Expression(.call(Expression(.index(Expression(.name("cloud")), [Expression(.name("j"))])), [inner]))
    }
  }

  private mutating func leaf() -> Expression {
    switch below(6) {
    case 0: return Expression(.number(Double(below(10))))
    case 1: return Expression(.number(Double.random(in: 0...1, using: &generator)))
    case 2: return Expression(.number(Double.random(in: 1...9, using: &generator) * 1e-30))
    case 3: return Expression(.number(Double(below(1 << 40)) * 1e12))
    case 4: return Expression(.hole(below(2) == 0 ? nil : "gamma", []))
    default: return Expression(.name(["r", "sigma", "position", "x_1"][below(4)]))
    }
  }
}
