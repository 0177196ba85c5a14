import Diagnostics

extension Expression {
  /// Levels of nesting that a tree may have, so that no text can exhaust the stack of those who walk it.
  public static let depthLimit = 200

  /// Reads an expression by the grammar of the law language; throws the first mistake.
  public static func parse(_ source: SourceText) throws(Diagnostic) -> Expression {
    var parser = try Parser(source)
    return try parser.whole()
  }

  /// Reads an expression that stands in no file.
  public static func parse(_ text: String) throws(Diagnostic) -> Expression {
    try parse(SourceText(text))
  }
}

extension Expression.Operator {
  /// How tightly an operator binds; a minus before a term stands at `Precedence.prefix`.
  var precedence: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual: Precedence.comparison
    case .add, .subtract: 5
    case .multiply, .divide: 6
    case .power: 8
    }
  }
}

/// Levels between those of the binary operators.
enum Precedence {
  static let lowest = 1, not = 3, comparison = 4, prefix = 7, postfix = 9, atom = 10
}

/// Reads by precedence climbing: four calls for each level of nesting.
private struct Parser {
  /// A tree with its depth.
  struct Term {
    var tree: Expression
    var depth: Int
  }

  private let source: SourceText
  private var tokens: Tokenizer
  private var token: Token
  private var following: Token
  private var nesting = 0

  init(_ source: SourceText) throws(Diagnostic) {
    self.source = source
    tokens = Tokenizer(source)
    token = try tokens.next()
    following = try tokens.next()
  }

  mutating func whole() throws(Diagnostic) -> Expression {
    if token.kind == .end {
      throw source.diagnostic("an expression is missing here", range: token.range)
    }
    let term = try expression(Precedence.lowest)
    guard token.kind == .end else { throw trailing(after: term.tree) }
    return term.tree
  }

  // MARK: Operators

  private mutating func expression(_ level: Int) throws(Diagnostic) -> Term {
    nesting += 1
    defer { nesting -= 1 }
    if nesting > Expression.depthLimit { throw tooDeep(token.range) }
    var left = try prefixed(level)
    while let binary = binaryOperator(), binary.precedence >= level {
      let sign = token
      try advance()
      // A power groups to the right and takes a minus: 2^-1. All others group to the left.
      let right = try expression(binary == .power ? Precedence.prefix : binary.precedence + 1)
      let range = left.tree.range.lowerBound..<right.tree.range.upperBound
      left = try term(.binary(binary, left.tree, right.tree), range, over: left.depth, right.depth)
      if binary.precedence == Precedence.comparison, let next = binaryOperator(), next.precedence == Precedence.comparison {
        throw source.diagnostic(
          "comparisons do not chain", hint: "write a \(source.slice(sign.range)) b and b \(next.rawValue) c", range: token.range)
      }
    }
    return left
  }

  private mutating func prefixed(_ level: Int) throws(Diagnostic) -> Term {
    let start = token.range.lowerBound
    if token.kind == .symbol("-"), level <= Precedence.prefix {
      try advance()
      let operand = try expression(Precedence.prefix)
      return try term(.prefix(.minus, operand.tree), start..<operand.tree.range.upperBound, over: operand.depth)
    }
    if token.kind == .name("not"), level <= Precedence.not {
      try advance()
      let operand = try expression(Precedence.not)
      return try term(.prefix(.not, operand.tree), start..<operand.tree.range.upperBound, over: operand.depth)
    }
    return try postfix()
  }

  private func binaryOperator() -> Expression.Operator? {
    switch token.kind {
    case .symbol(let sign): Expression.Operator(rawValue: sign)
    case .name("or"): .or
    case .name("and"): .and
    default: nil
    }
  }

  // MARK: Terms

  private mutating func postfix() throws(Diagnostic) -> Term {
    var base = try atom()
    while case .symbol(let sign) = token.kind, ["[", "(", "."].contains(sign) {
      let start = base.tree.range.lowerBound
      if case .number = base.tree.node, sign != "." || base.tree.range.upperBound == token.range.lowerBound {
        throw numberFollowed(by: sign, base.tree)
      }
      try advance()
      switch sign {
      case "[":
        let (indices, depth) = try list(closedBy: "]")
        base = try term(.index(base.tree, indices), start..<end, over: base.depth, depth)
      case "(":
        let (arguments, depth) = try list(closedBy: ")", mayBeEmpty: true)
        base = try term(.call(base.tree, arguments), start..<end, over: base.depth, depth)
      default:
        let name = try expectName("the name of a component")
        base = try term(.member(base.tree, name), start..<end, over: base.depth)
      }
    }
    return base
  }

  private mutating func atom() throws(Diagnostic) -> Term {
    let first = token
    switch first.kind {
    case .number(let value):
      try advance()
      return try term(.number(value), first.range)
    case .name("sum") where following.kind == .symbol("("):
      return try fixedSumOrName()
    case .name(let name) where !["and", "or", "not"].contains(name):
      try advance()
      return try term(.name(name), first.range)
    case .symbol("("):
      try advance()
      var inner = try expression(Precedence.lowest)
      try expect(")", toClose: first)
      inner.tree.range = first.range.lowerBound..<end
      return inner
    case .symbol("["):
      try advance()
      let (components, depth) = try list(closedBy: "]")
      return try term(.vector(components), first.range.lowerBound..<end, over: depth)
    case .symbol("?"):
      return try hole()
    default:
      throw unexpected()
    }
  }

  private mutating func hole() throws(Diagnostic) -> Term {
    let start = token.range.lowerBound
    try advance()
    var name: String?
    if case .name(let word) = token.kind, token.range.lowerBound == end {
      name = word
      try advance()
    }
    var arguments = [Expression](), depth = 0
    if token.kind == .symbol("(") {
      try advance()
      (arguments, depth) = try list(closedBy: ")")
    }
    return try term(.hole(name, arguments), start..<end, over: depth)
  }

  /// `sum(q in 0..<9: body)`, or the name `sum` of a total in a measure.
  private mutating func fixedSumOrName() throws(Diagnostic) -> Term {
    let first = token
    try advance()
    let open = token
    // Two tokens of look-ahead after the bracket decide, and the tokenizer is a value: try on a copy.
    var ahead = self
    try ahead.advance()
    guard case .name = ahead.token.kind, ahead.following.kind == .name("in") else {
      return try term(.name("sum"), first.range)
    }
    try advance()
    let variable = try expectName("the name of an index")
    try advance()
    let from = try expectInteger()
    try expect("..<")
    let below = try expectInteger()
    try expect(":")
    let body = try expression(Precedence.lowest)
    try expect(")", toClose: open)
    let node = Expression.Node.fixedSum(variable: variable, from: from, below: below, body: body.tree)
    return try term(node, first.range.lowerBound..<end, over: body.depth)
  }

  private mutating func list(closedBy close: String, mayBeEmpty: Bool = false) throws(Diagnostic) -> ([Expression], Int) {
    let open = Token(kind: .symbol(close == "]" ? "[" : "("), range: (end - 1)..<end)
    var items = [Expression](), depth = 0
    if mayBeEmpty, token.kind == .symbol(close) {
      try advance()
      return ([], 0)
    }
    while true {
      let item = try expression(Precedence.lowest)
      items.append(item.tree)
      depth = max(depth, item.depth)
      guard token.kind == .symbol(",") else { break }
      try advance()
    }
    try expect(close, toClose: open)
    return (items, depth)
  }

  // MARK: Tokens

  /// UTF-8 offset behind the token read last.
  private var end = 0

  private mutating func advance() throws(Diagnostic) {
    end = token.range.upperBound
    token = following
    following = try tokens.next()
  }

  private mutating func expect(_ symbol: String, toClose open: Token? = nil) throws(Diagnostic) {
    if token.kind == .symbol(symbol) { return try advance() }
    guard let open else {
      throw source.diagnostic("expected \(symbol), found \(found)", range: token.range)
    }
    if startsTerm { throw silentProduct() }
    let sign = source.slice(open.range)
    throw source.diagnostic(
      "expected \(symbol), found \(found)", hint: "the \(sign) before it is not closed", range: token.range)
  }

  private mutating func expectName(_ what: String) throws(Diagnostic) -> String {
    guard case .name(let name) = token.kind else {
      throw source.diagnostic("expected \(what), found \(found)", range: token.range)
    }
    try advance()
    return name
  }

  private mutating func expectInteger() throws(Diagnostic) -> Expression {
    guard case .number(let value) = token.kind, value == value.rounded(), value <= 1e6 else {
      throw source.diagnostic(
        "expected a whole number, found \(found)", hint: "a fixed sum is written sum(q in 0..<9: f[q])", range: token.range)
    }
    let range = token.range
    try advance()
    return Expression(.number(value), source: source, range: range)
  }

  private func term(_ node: Expression.Node, _ range: Range<Int>, over depths: Int...) throws(Diagnostic) -> Term {
    let depth = 1 + (depths.max() ?? 0)
    if depth > Expression.depthLimit { throw tooDeep(range) }
    return Term(tree: Expression(node, source: source, range: range), depth: depth)
  }
}

// MARK: Messages
extension Parser {
  fileprivate var found: String { token.kind == .end ? "the end" : source.slice(token.range) }

  fileprivate var startsTerm: Bool {
    switch token.kind {
    case .number: true
    case .name(let name): !["and", "or", "not", "in"].contains(name)
    case .symbol(let sign): sign == "(" || sign == "[" || sign == "?"
    case .end: false
    }
  }

  fileprivate func tooDeep(_ range: Range<Int>) -> Diagnostic {
    source.diagnostic(
      "the expression is nested more than \(Expression.depthLimit) deep", hint: "give its parts names in a let", range: range)
  }

  fileprivate func trailing(after tree: Expression) -> Diagnostic {
    if startsTerm { return silentProduct() }
    if token.kind == .name("not") {
      return source.diagnostic(
        "expected an operator, found not", hint: "not stands before a condition: a and not b", range: token.range)
    }
    return source.diagnostic("expected an operator or the end, found \(found)", range: token.range)
  }

  fileprivate func silentProduct() -> Diagnostic {
    source.diagnostic(
      "expected an operator, found \(found)", hint: "there is no silent product: write 2*r, not 2 r", range: token.range)
  }

  fileprivate func numberFollowed(by sign: String, _ number: Expression) -> Diagnostic {
    let digits = source.slice(number.range)
    if sign == "." {
      return source.diagnostic("expected a digit after \(digits).", hint: "write \(digits) or \(digits).0", range: token.range)
    }
    let what = sign == "(" ? "called" : "indexed"
    return source.diagnostic(
      "the number \(digits) cannot be \(what)", hint: "there is no silent product: write \(digits)*\(sign)…", range: token.range)
  }

  fileprivate func unexpected() -> Diagnostic {
    let hint =
      switch token.kind {
      case .symbol("+"): "drop the +"
      case .symbol("."): "write 0 before the point: 0.5"
      case .name("not"): "put it in brackets: (not a)"
      default: ""
      }
    return source.diagnostic("expected a number, a name or (, found \(found)", hint: hint, range: token.range)
  }
}
