import Diagnostics
import Testing

@testable import Expressions

@Suite("Reading and printing expressions")
struct ParserTests {
  @Test(
    "operators bind as the language says",
    arguments: [
      ("-x^2", "-(x^2)"), ("2^-1", "2^(-1)"), ("a^b^c", "a^(b^c)"), ("a - b - c", "(a - b) - c"), ("a/b*c", "(a/b)*c"),
      ("-a*b", "(-a)*b"), ("not a and b", "(not a) and b"), ("not a < b", "not (a < b)"), ("a or b and c", "a or (b and c)"),
      ("a + b < c*d", "(a + b) < (c*d)"), ("1e-3*x", "0.001*x"), ("f(x)[i].y^2", "((f(x)[i]).y)^2"),
      ("?phi(r) + ?", "(?phi(r)) + (?)"), ("a - -b", "a - (-b)"), ("-r/2", "(-r)/2"),
    ])
  func binding(text: String, bracketed: String) throws {
    #expect(try Expression.parse(text) == Expression.parse(bracketed))
  }

  @Test(
    "brackets that change the meaning change the tree",
    arguments: [
      ("(-x)^2", "-x^2"), ("a - (b - c)", "a - b - c"), ("a/(b*c)", "a/b*c"), ("(a or b) and c", "a or b and c"),
      ("2^(x*y)", "2^x*y"),
    ])
  func distinct(first: String, second: String) throws {
    #expect(try Expression.parse(first) != Expression.parse(second))
  }

  @Test("a fixed sum has an index and whole bounds")
  func fixedSum() throws {
    let tree = try Expression.parse("sum(q in 0..<9: f[q]*c[q])")
    guard case .fixedSum(let variable, let from, let below, let body) = tree.node else {
      Issue.record("not a fixed sum")
      return
    }
    #expect(variable == "q")
    #expect(from.node == .number(0))
    #expect(below.node == .number(9))
    #expect(body.description == "f[q]*c[q]")
    guard case .call = try Expression.parse("sum(mass*x)").node else {
      Issue.record("a total is a call")
      return
    }
  }

  @Test(
    "a mistake names what was found, where, and what to do",
    arguments: [
      ("2 r", 3, "expected an operator, found r", "there is no silent product: write 2*r, not 2 r"),
      ("a + ", 5, "expected a number, a name or (, found the end", ""),
      ("(a + b", 7, "expected ), found the end", "the ( before it is not closed"),
      ("a < b < c", 7, "comparisons do not chain", "write a < b and b < c"),
      ("a ** 2", 3, "** is not part of an expression", "a power is written x^2"),
      ("a = b", 3, "= is not part of an expression", "equality is written =="),
      ("+a", 1, "expected a number, a name or (, found +", "drop the +"),
      (".5*a", 1, "expected a number, a name or (, found .", "write 0 before the point: 0.5"),
      ("2(a)", 2, "the number 2 cannot be called", "there is no silent product: write 2*(…"),
      ("1e999", 1, "1e999 is too large for a number", ""),
      ("sum(q in 0..<n: q)", 14, "expected a whole number, found n", "a fixed sum is written sum(q in 0..<9: f[q])"),
      ("f(a b)", 5, "expected an operator, found b", "there is no silent product: write 2*r, not 2 r"),
      ("", 1, "an expression is missing here", ""),
    ])
  func mistakes(text: String, column: Int, message: String, hint: String) {
    #expect {
      try Expression.parse(text)
    } throws: { error in
      let found = error as? Diagnostic
      return found?.message == message && found?.hint == hint && found?.location?.column == column
    }
  }

  @Test(
    "hostile nesting is refused and does not overflow the stack",
    arguments: [
      String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000) + "x",
      "x" + String(repeating: "+x", count: 100_000), "x" + String(repeating: "^x", count: 100_000),
      "x" + String(repeating: "[0]", count: 100_000), String(repeating: "f(", count: 100_000),
      String(repeating: "not ", count: 100_000),
    ])
  func nesting(text: String) {
    #expect(throws: Diagnostic.self) { try Expression.parse(text) }
  }

  @Test("printing and reading again gives the same tree", arguments: 0..<20)
  func roundTrip(seed: Int) throws {
    var trees = RandomTrees(seed: UInt64(seed))
    for _ in 0..<100 {
      let tree = trees.next(depth: 6)
      #expect(try Expression.parse(tree.description) == tree, "\(tree.description)")
    }
  }

  @Test("a term knows the text that it was read from")
  func ranges() throws {
    let tree = try Expression.parse(SourceText("a + dot(u, n)*2", at: SourceLocation(file: "x", line: 3, column: 10)))
    guard case .binary(.add, _, let product) = tree.node else { return }
    #expect(product.written == "dot(u, n)*2")
    #expect(product.diagnostic("").location == SourceLocation(file: "x", line: 3, column: 14))
  }
}
