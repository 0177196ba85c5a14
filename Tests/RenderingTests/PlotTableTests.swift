import Diagnostics
import Expressions
import Foundation
import Testing
import World

@testable import Rendering

@Suite("Points of plots")
struct PlotTableTests {
  /// Four particles of two species on a line, the histogram of something, and a lattice of three sites.
  private static var frame: Frame {
    let box = Box(origin: [0, 0], lengths: [6, 2], sides: [.periodic, .periodic])
    let length = Dimension(length: 1)
    var frame = Frame(
      step: 3, time: 0.5, box: box, speciesNames: ["a", "b"], ids: [1, 2, 3, 4], species: [0, 1, 0, 1],
      fields: [
        FrameField(name: "position", shape: .vector, components: 2, dimension: length, values: [0, 1, 1, 1, 2, 1, 3, 1]),
        FrameField(name: "stress", shape: .symmetric, components: 4, dimension: .one, values: (0..<16).map { Double($0) }),
      ],
      observables: [Observable(name: "g", dimension: .one, values: [1, 4, 9])], units: .reduced)
    frame.lattices = [
      FrameLattice(
        name: "site", grid: Grid(counts: [3, 1], spacing: 2, origin: [1, 1], isPeriodic: [true, true]),
        fields: [FrameField(name: "phi", shape: .scalar, components: 1, dimension: .one, values: [5, 6, 7])])
    ]
    return frame
  }

  @Test("Members of a species, of several, sites and bins give their own rows")
  func rows() throws {
    func numbers(_ source: String, _ text: String, where condition: String? = nil) throws -> [Double] {
      try PlotTable(of: source, in: Self.frame).values(of: [text], where: condition)[0].numbers
    }
    #expect(try numbers("b", "2*position.x") == [2, 6])
    #expect(try numbers("a,b", "id + 0") == [1, 2, 3, 4])
    #expect(try numbers("a,b", "dot(stress*[1, 0], [0, 1])") == [2, 6, 10, 14])
    #expect(try numbers("a,b", "position.x", where: "position.x > 1.5") == [2, 3])
    #expect(try numbers("site", "phi + position.x") == [6, 9, 12])
    #expect(try numbers("g", "g - bin^2") == [1, 3, 5])
  }

  @Test("A mean is taken row by row, of equally many rows")
  func mean() throws {
    var later = Self.frame
    later.observables[0].values = [3, 6, 11]
    let tables = try [Self.frame, later].map { try PlotTable(of: "g", in: $0) }
    #expect(try PlotTable(meanOf: tables).values(of: ["g"])[0].numbers == [2, 5, 10])
    #expect(throws: Failure.self) { try PlotTable(meanOf: tables + [try PlotTable(of: "a", in: Self.frame)]) }
  }

  @Test("Axes say their unit, and mistakes point at their term")
  func titles() throws {
    var frame = Self.frame
    frame.units = .molecular
    let table = try PlotTable(of: "a", in: frame)
    #expect(try table.values(of: ["position.x"])[0].title == "position.x (nm)")
    #expect(throws: Failure.self) { try PlotTable(of: "c", in: frame) }
    for wrong in ["positon.x", "position", "position.x + 1", "position.x +"] {
      #expect(throws: (any Error).self) { try table.values(of: [wrong]) }
    }
  }

  @Test("A formula is drawn over the whole axis, equal steps for equal factors where it is logarithmic")
  func formula() throws {
    let axis = LinePlot.Axis("x", range: 1...100, isLogarithmic: true)
    let series = try LinePlot.Series("", formula: "x^2", over: axis, style: .line)
    #expect(abs(series.x[300] - 10) < 1e-9 && abs(series.y[300] - 100) < 1e-7)
    #expect(throws: (any Error).self) { try LinePlot.Series("", formula: "y^2", over: axis, style: .line) }
  }

  @Test("A file of points may have comments; a line that is none is named")
  func points() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "points-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    try "# x, y\n1, 2\n\n3 4\n".write(to: file, atomically: true, encoding: .utf8)
    let series = try LinePlot.Series("", pointsIn: file.path)
    #expect(series.x == [1, 3] && series.y == [2, 4])
    try "1, 2\n3, four\n".write(to: file, atomically: true, encoding: .utf8)
    #expect { try LinePlot.Series("", pointsIn: file.path) } throws: { "\($0)".contains(":2:") }
  }
}
