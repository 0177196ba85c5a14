import Diagnostics
import Foundation
import Laws
import Testing

@testable import Fitting

/// A pair energy in its usual form, what its numbers are in the data, and the force −dφ/dr.
struct Form: CustomTestStringConvertible {
  var name: String
  var parameters: String
  var energy: String
  var numbers: [Double]
  var push: @Sendable (Double) -> Double
  var testDescription: String { name }

  var law: String {
    """
    law: \(name)
    source: test
    parameters: {\(parameters), cutoff: {dimension: length, value: 2.1}}
    passes:
    - interact: {within: cutoff, energy: "\(energy)"}
    """
  }

  static let all = [
    Form(
      name: "morse", parameters: "depth: energy, width: 1/length, rest: length",
      energy: "?depth*((1 - exp(-?width*(r - ?rest)))^2 - 1)", numbers: [1.3, 5, 1.12],
      push: { r in
        let decay = exp(-5 * (r - 1.12))
        return -2 * 1.3 * 5 * (1 - decay) * decay
      }),
    Form(
      name: "yukawa", parameters: "strength: energy*length, screening: length", energy: "?strength*exp(-r/?screening)/r",
      numbers: [7, 0.8], push: { r in 7 * exp(-r / 0.8) / r * (1 / 0.8 + 1 / r) }),
    Form(
      name: "buckingham", parameters: "repulsion: energy, decay: length, dispersion: energy*length^6",
      energy: "?repulsion*exp(-r/?decay) - ?dispersion/r^6", numbers: [40_000, 0.08, 3],
      push: { r in 40_000 / 0.08 * exp(-r / 0.08) - 18 / pow(r, 7) }),
    Form(
      name: "inverse-power", parameters: "epsilon: energy, sigma: {dimension: length, value: 1}",
      energy: "?epsilon*(sigma/r)^?exponent", numbers: [2, 9], push: { r in 18 / pow(r, 10) }),
  ]
}

@Suite("Laws of any form are learned from where the data's sizes suggest")
struct FormTests {
  @Test("Numbers that are far from one are found, without a hint where to begin", arguments: Form.all, [1, 7] as [UInt64])
  func found(form: Form, seed: UInt64) throws {
    try withTemporaryFolder { folder in
      let file = folder + "/run.h5", law = folder + "/law.yaml"
      try Liquid(push: form.push, range: 2.1, side: 4.3, cells: 4).snapshot(file, frames: 2, seed: seed)
      try form.law.write(toFile: law, atomically: true, encoding: .utf8)
      let result = try Fitter(library: LawLibrary()).fit(law: law, to: [file])
      for (filling, wanted) in zip(result.fillings, form.numbers) {
        guard case .number(let value) = filling else { return #expect(Bool(false), "a number") }
        #expect(abs(value / wanted - 1) < 1e-6, "\(value), wanted \(wanted)")
      }
    }
  }

  @Test("Holes that do the same are named, whatever the data")
  func twins() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/run.h5", law = folder + "/law.yaml"
      try Liquid(push: Liquid.lennardJones(), side: 5.4, cells: 5).snapshot(file, frames: 2)
      let text = """
        law: twins
        source: test
        parameters: {epsilon: energy, sigma: length, cutoff: {dimension: length, value: 2.5}}
        passes:
        - interact: {within: cutoff, energy: "?epsilon*(?sigma/r)^12"}
        """
      try text.write(toFile: law, atomically: true, encoding: .utf8)
      let error = #expect(throws: Failure.self) { try Fitter(library: LawLibrary()).fit(law: law, to: [file]) }
      #expect(error?.message == "the data do not determine ?epsilon and ?sigma, which do the same")
    }
  }

  @Test("A learned function ends where the range does: energy and force go to zero as the data's do, and stay there")
  func end() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/run.h5", law = folder + "/law.yaml"
      // A repulsion (2.5 − r)³ that ends smoothly.
      try Liquid(push: { r in 3 * pow(2.5 - r, 2) }, side: 5.4, cells: 5).snapshot(file, frames: 3)
      let text = """
        law: open
        source: test
        parameters: {cutoff: {dimension: length, value: 2.5}}
        passes:
        - interact: {within: cutoff, energy: "?phi(r)", tail: true}
        """
      try text.write(toFile: law, atomically: true, encoding: .utf8)
      let result = try Fitter(library: LawLibrary()).fit(law: law, to: [file])
      let closed = try result.lawText(named: "closed")
      #expect(closed.components(separatedBy: "tail: true").count == 2, "one tail, as before")
      guard case .function(let spline) = result.fillings[0] else { return #expect(Bool(false), "a function") }
      #expect(abs((spline.knots.last ?? 0) - 2.5) < 1e-12 && spline.values.last == 0)
      // The law as a run takes it: a table.
      let liquid = Liquid(push: { _ in 0 })
      let two = liquid.frame(step: 0, time: 0, [1, 1, 1, 2, 1, 1])
      let model = try Candidate(text: closed, name: "closed", like: two, library: LawLibrary()).model
      for (r, within) in [(1.5, 0.01), (2.4, 0.01), (2.4999, 0.01), (2.5001, 0)] {
        let now = Configuration(box: liquid.box, positions: [1, 1, 1, 1 + r, 1, 1], fields: [:])
        let force = model.totalForces(now, model.pairs(of: now, species: [0, 0]), filling: [])[3]
        #expect(abs(force - 3 * pow(max(0, 2.5 - r), 2)) <= within, "\(force) at \(r)")
      }
    }
  }
}
