import Diagnostics
import Expressions
import Foundation
import World
import Yams

extension OpenLaw {
  /// The text of the law with its holes as parameters: ready to run.
  ///
  /// - Parameters:
  ///   - name: the name of the new law.
  ///   - remark: stands as a comment at the top.
  func closed(by fillings: [Filling], errors: [Filling]?, in units: UnitSystem, name: String, remark: String = "")
    throws(Diagnostics) -> String
  {
    var lines = law.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { Array($0.unicodeScalars) }
    for place in places.sorted(by: { ($0.location.line, $0.location.column) > ($1.location.line, $1.location.column) }) {
      try fill(place, in: &lines)
    }
    var sections = LawSections(lines.map { String(String.UnicodeScalarView($0)) })
    sections.replace("holes", with: [])
    sections.replace("law", with: ["law: \(name)"])
    sections.replace("parameters", with: try parameters(sections["parameters"], fillings, errors, units))
    let remarks = remark.split(whereSeparator: \.isNewline).map { "# \($0)" }
    return (remarks + sections.lines).joined(separator: "\n").trimmingCharacters(in: .newlines) + "\n"
  }

  private func fill(_ place: Place, in lines: inout [[Unicode.Scalar]]) throws(Diagnostics) {
    let (line, column) = (place.location.line - 1, place.location.column - 1)
    guard lines.indices.contains(line), lines[line].indices.contains(column), lines[line][column] == "?" else {
      throw Diagnostics([
        Diagnostic("this ? cannot be found again in the file", hint: "write the expression without escapes", at: place.location)
      ])
    }
    lines[line].replaceSubrange(column...column, with: place.isNameless ? Array(place.name.unicodeScalars) : [])
  }

  /// The section `parameters` with the holes declared, valued and with their errors.
  private func parameters(_ section: [String], _ fillings: [Filling], _ errors: [Filling]?, _ units: UnitSystem)
    throws(Diagnostics) -> [String]
  {
    do {
      let known = try Yams.compose(yaml: section.joined(separator: "\n"))?.mapping?["parameters"]?.mapping
      var pairs: [(Node, Node)] = (known ?? Node.Mapping([])).map { ($0.key, $0.value.flow) }
      for (index, hole) in holes.enumerated() {
        let value = ParameterText(hole, units: units, space: space)
        let entry = value.entry(fillings[index], error: errors?[index], declared: pairs.first { $0.0.string == hole.name }?.1)
        pairs.removeAll { $0.0.string == hole.name }
        pairs.append((Node(hole.name), entry))
      }
      let whole = Node([(Node("parameters"), Node(pairs, .implicit, .block))], .implicit, .block)
      return try Yams.serialize(node: whole, width: 110, allowUnicode: true).split(whereSeparator: \.isNewline).map(String.init)
    } catch {
      throw Diagnostics([Diagnostic("the parameters of \(law.name) cannot be written again: \(error)")])
    }
  }
}

extension Node {
  /// The same on one line, if it is a map.
  fileprivate var flow: Node { mapping.map { Node($0.map { ($0.key, $0.value) }, .implicit, .flow) } ?? self }
}

/// How a filled hole is written as a parameter.
struct ParameterText {
  private let hole: Hole
  private let units: UnitSystem
  private let space: Int

  init(_ hole: Hole, units: UnitSystem, space: Int) {
    (self.hole, self.units, self.space) = (hole, units, space)
  }

  /// `{dimension: …, of: …, value: …, error: …}`, with what was declared beside it.
  func entry(_ filling: Filling, error: Filling?, declared: Node?) -> Node {
    var pairs: [(Node, Node)] = declared?.mapping?.map { ($0.key, $0.value) } ?? []
    func set(_ key: String, _ value: Node) {
      pairs.removeAll { $0.0.string == key }
      pairs.append((Node(key), value))
    }
    if declared?.mapping == nil { set("dimension", declared ?? Node(hole.dimension.described(space: space))) }
    if case .function(let of) = hole.kind, declared?.mapping?["of"] == nil { set("of", Node(of.described(space: space))) }
    set("value", node(filling))
    if let error { set("error", node(error)) }
    return Node(pairs, .implicit, .flow)
  }

  private func node(_ filling: Filling) -> Node {
    switch (filling, hole.kind) {
    case (.number(let number), _): return Node(text(number, hole.dimension))
    case (.function(let spline), .function(let of)):
      let points = zip(spline.knots, spline.values).map { x, y in
        Node([Node(text(x, of)), Node(text(y, hole.dimension))], .implicit, .flow)
      }
      return Node(points, .implicit, .flow)
    case (.function, .number): return Node("0")
    }
  }

  private func text(_ value: Double, _ dimension: Dimension) -> String {
    let unit = UnitText(units, dimension)
    // Ten digits are more than any fit is worth.
    let number = String(format: "%.10g", value * unit.factor)
    return unit.name.isEmpty ? number : "\(number) \(unit.name)"
  }
}

/// Top-level sections of a law's text, with their comments.
private struct LawSections {
  private(set) var lines: [String]

  init(_ lines: [String]) { self.lines = lines }

  subscript(key: String) -> [String] { range(of: key).map { Array(lines[$0]) } ?? [] }

  /// Puts lines in the place of a section; a section that is not there goes before the passes.
  mutating func replace(_ key: String, with new: [String]) {
    if let range = range(of: key) {
      lines.replaceSubrange(range, with: new)
    } else if !new.isEmpty {
      lines.insert(contentsOf: new, at: range(of: "passes")?.lowerBound ?? lines.count)
    }
  }

  private func range(of key: String) -> Range<Int>? {
    guard let start = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) else { return nil }
    let end = lines[(start + 1)...].firstIndex { line in
      // A list may stand in the column of its key.
      guard let first = line.first else { return false }
      return !first.isWhitespace && first != "-"
    }
    return start..<(end ?? lines.count)
  }
}
