import Diagnostics
import Expressions
import Foundation
import Laws

import struct Expressions.Expression

/// A law with holes, as a fit sees it: what is open, of which dimension, and where it stands in the text.
public struct OpenLaw: Sendable {
  /// The law as read.
  public let law: Law
  /// Its holes, in the order in which they first stand in it.
  public let holes: [Hole]
  /// Every place of a hole in the text.
  let places: [Place]
  /// Dimensions of the box.
  let space: Int

  /// A hole in the text.
  struct Place: Sendable {
    var location: SourceLocation
    var name: String
    var isNameless: Bool
  }

  /// Reads a law file for boxes of `space` dimensions; throws if it is wrong, has no holes, or has some that cannot be learned.
  public init(reading path: String, space: Int, library: LawLibrary) throws(Diagnostics) {
    let text = try LawLibrary.text(of: URL(fileURLWithPath: path))
    try self.init(text: text, file: path, space: space, library: library)
  }

  /// Reads the text of a law; throws as reading a file does.
  public init(text: String, file: String, space: Int, library: LawLibrary = LawLibrary()) throws(Diagnostics) {
    let law = try Law.read(text: text, file: file)
    _ = try law.checked(space: space, library: library)
    var finder = HoleFinder(law, space: space)
    finder.run()
    try law.completed(finder.problems.sorted).check()
    (self.law, self.space) = (law, space)
    (holes, places) = (finder.holes, finder.places)
  }
}

/// Collects the holes of a law.
private struct HoleFinder {
  let law: Law
  let space: Int
  var holes: [Hole] = []
  var places: [OpenLaw.Place] = []
  var problems = Diagnostics()
  private let namelessName: String

  init(_ law: Law, space: Int) {
    self.law = law
    self.space = space
    let taken = Set(law.parameters.map(\.name) + law.holeNames)
    let standard = Hole.standardName
    namelessName =
      taken.contains(standard) ? (2...).lazy.map { "\(standard)\($0)" }.first { !taken.contains($0) } ?? standard : standard
  }

  mutating func run() {
    let start = SourceLocation(file: law.file, line: 1, column: 1)
    if law.holeNames.isEmpty {
      problems.add(
        Diagnostic(
          "law \(law.name) has no holes: nothing is to be learned", hint: "write ? for a number, ?(r) for a function of r",
          at: start))
      return
    }
    for case .interact(let pass) in law.allItems { take(pass) }
    let found = Set(places.map { $0.isNameless ? "" : $0.name })
    for name in law.holeNames where !found.contains(name) {
      problems.add(
        Diagnostic(
          "?\(name) stands where nothing can be learned yet",
          hint: "holes are learned in the energy or force of a pass with within",
          at: start))
    }
  }

  private mutating func take(_ pass: Interact) {
    let texts = [pass.energy, pass.force].compactMap { $0 } + (pass.lets + law.lets).map(\.value)
    guard texts.contains(where: { $0.hasHole }) else { return }
    guard case .within(let range) = pass.pairing else {
      problems.add(Diagnostic("holes are learned in passes with within", hint: "within: RANGE", at: pass.location))
      return
    }
    for text in [range, pass.condition, pass.smooth].compactMap({ $0 }) where text.hasHole {
      problems.add(text.diagnostic("who meets whom cannot be learned", hint: "give the range a number, and learn the energy"))
    }
    var inference = DimensionInference(law, space: space, lets: pass.lets)
    if let energy = pass.energy { inference.expect(Dimension(length: 2, mass: 1, time: -2), of: energy) }
    if let force = pass.force { inference.expect(Dimension(length: 1, mass: 1, time: -2), of: force) }
    for text in texts { collect(text, inference) }
  }

  private mutating func collect(_ term: Expression, _ inference: DimensionInference) {
    if case .hole(let name, let arguments) = term.node { add(name, arguments, at: term, inference) }
    for inner in term.terms { collect(inner, inference) }
  }

  private mutating func add(_ name: String?, _ arguments: [Expression], at term: Expression, _ inference: DimensionInference) {
    let own = name ?? namelessName
    let place = term.source.location(at: term.range.lowerBound)
    guard !places.contains(where: { $0.location == place }) else { return }
    places.append(OpenLaw.Place(location: place, name: own, isNameless: name == nil))
    guard arguments.count < 2 else {
      problems.add(term.diagnostic("\(term.written): functions of one number can be learned", hint: "such as ?\(own)(r)"))
      return
    }
    guard let dimension = inference.declared(own) ?? inference.found[name ?? ""] else {
      problems.add(
        term.diagnostic(
          "the place does not tell the dimension of ?\(own)", hint: "declare it without a value: parameters: {\(own): energy}"))
      return
    }
    if let parameter = law.parameter(own), parameter.value != nil {
      problems.add(term.diagnostic("\(own) has a value already", hint: "drop the value of the parameter, or the question mark"))
    }
    var kind = Hole.Kind.number
    if let argument = arguments.first {
      guard let of = inference.dimension(of: argument) else {
        problems.add(argument.diagnostic("the dimension of \(argument.written) is not known", hint: "learn functions of r"))
        return
      }
      kind = .function(of: of)
    }
    note(Hole(name: own, kind: kind, dimension: dimension), at: term)
  }

  private mutating func note(_ hole: Hole, at term: Expression) {
    guard let first = holes.first(where: { $0.name == hole.name }) else {
      holes.append(hole)
      return
    }
    if first.kind != hole.kind {
      problems.add(term.diagnostic("?\(hole.name) stands for two things", hint: "equal names are one hole, with equal arguments"))
    }
  }
}

extension Expression {
  /// Whether something in the tree is open.
  var hasHole: Bool { contains { if case .hole = $0.node { true } else { false } } }
}
