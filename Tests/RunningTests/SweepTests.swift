import Diagnostics
import Foundation
import Testing

@testable import Running

/// Values of parameter studies, and the points that they make.
@Suite struct SweepTests {
  @Test(
    "An axis has the values that its text says",
    arguments: [
      ("a=1,2,3", ["1", "2", "3"]), ("a=0.1 nm, 0.2 nm", ["0.1 nm", "0.2 nm"]), ("a=lin(0,1,3)", ["0.0", "0.5", "1.0"]),
      ("a=lin(1, 3, 2) fs", ["1.0 fs", "3.0 fs"]), ("a=lin(2,5,1)", ["2.0"]), ("a=[1, 2],[3, 4]", ["[1, 2]", "[3, 4]"]),
      (#"a="x,y",z"#, [#""x,y""#, "z"]),
    ])
  func values(_ text: String, _ expected: [String]) throws {
    #expect(try SweepAxis(text).values == expected)
  }

  @Test("Values of a logarithmic axis have equal ratios and meet both ends")
  func logarithmic() throws {
    let values = try SweepAxis("a=log(1, 1000, 4)").values.compactMap { Double($0) }
    #expect(values.first == 1 && values.last == 1000)
    for (low, high) in zip(values, values.dropFirst()) { #expect(abs(high / low - 10) < 1e-12) }
  }

  @Test(
    "What is no axis is refused",
    arguments: ["a", "=1", "a=", "a=1,,2", "a=lin(1,2)", "a=log(0,1,3)", "a=lin(0,1,0)", "a=lin(0,1,1e9)", "a=csv(none.csv)"])
  func refused(_ text: String) {
    #expect(throws: Failure.self) { try SweepAxis(text) }
  }

  @Test("A table gives the column of the key's name, or its first")
  func table() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "axis-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    try "seed,cutoff\n1,2.5\n2,3.0\n".write(to: file, atomically: true, encoding: .utf8)
    #expect(try SweepAxis("laws.lj.cutoff=csv(\(file.path))").values == ["2.5", "3.0"])
    try "7\n8\n".write(to: file, atomically: true, encoding: .utf8)
    #expect(try SweepAxis("seed=csv(\(file.path))").values == ["7", "8"])
  }

  @Test("Points are all combinations, the last axis fastest, in folders that sort as they do")
  func points() throws {
    let points = SweepPoint.all(of: try ["a=1,2", "b=x,y,z,u,v,w"].map { try SweepAxis($0) })
    #expect(points.count == 12)
    #expect(points[1].overrides == ["a=1", "b=y"])
    #expect(points[11].overrides == ["a=2", "b=w"])
    let folders = points.map { $0.folder(of: points.count) }
    #expect(folders == folders.sorted() && Set(folders).count == 12)
  }

  @Test(
    "Sizes are written with three digits",
    arguments: [(999, "999 B"), (1500, "1.5 kB"), (2_000_000, "2 MB"), (123_456_789, "123 MB")])
  func sizes(_ count: Int, _ text: String) { #expect(spelledBytes(count) == text) }
}
