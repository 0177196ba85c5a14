import Diagnostics
import Expressions
import Foundation
import Laws
import World

/// A law whose holes are filled, and how well it does on data that it has not seen.
public struct FitResult: Sendable {
  /// What was open.
  public let holes: [Hole]
  /// What fills each hole.
  public let fillings: [Filling]
  /// Standard errors in the same form.
  public let errors: [Filling]
  /// What forces were compared with.
  public let targets: Targets
  /// The method's name.
  public let method: String
  /// Frames, or intervals between frames, that the fit saw.
  public let frames: Int
  /// Pairs of particles in them.
  public let pairs: Int
  /// What was held out: `frames`, `particles`, or `nothing`.
  public let heldOut: String
  /// Root mean square of a component of the force that is missed on what was held out (force); of the training data, if nothing was.
  public let error: Double
  /// The same over the root mean square of the component.
  public let relativeError: Double
  /// The units of all numbers.
  public let units: UnitSystem
  let open: OpenLaw
  let model: PairModel
  let probe: Frame
  let sources: [String]
  /// The distance of the nearest pair (length).
  let nearest: Double
  /// Points of the force that the data have and the law gives, of what was held out: a sample.
  let comparison: [(data: Double, law: Double)]

  init(
    open: OpenLaw, model: PairModel, probe: Frame, fit: Fit, data: DataSet, method: String, sources: [String]
  ) throws(Failure) {
    (self.open, self.model, self.probe, self.method, self.sources) = (open, model, probe, method, sources)
    (holes, fillings, errors, targets) = (open.holes, fit.fillings, fit.errors, data.targets)
    (units, frames, pairs) = (probe.units, data.training.count, data.pairCount)
    heldOut = data.particlesOut != nil ? "particles" : data.heldOut.isEmpty ? "nothing" : "frames"
    let judged = heldOut == "nothing" ? data.trainingEquations(model, fillings).sum : data.heldOutEquations(model, fillings)
    guard judged.residual.isFinite, judged.count > 0 else {
      throw Failure(.failed, "the fitted law gives forces that are not finite")
    }
    error = (judged.residual / Double(judged.count)).squareRoot()
    relativeError = judged.total > 0 ? (judged.residual / judged.total).squareRoot() : 0
    let last = data.training[data.training.count - 1]
    let squares = last.pairs.ends.joined().map { last.moments[0].distanceSquared($0) }
    nearest = (squares.min() ?? 0).squareRoot()
    comparison = Self.comparison(data.heldOut.last ?? data.training[data.training.count - 1], model, fit.fillings)
  }

  private static func comparison(_ sample: Sample, _ model: PairModel, _ fillings: [Filling]) -> [(data: Double, law: Double)] {
    guard let weights = sample.weights.first, let target = sample.targets.first else { return [] }
    var forces = [Double](repeating: 0, count: target.count)
    for (weight, moment) in zip(weights, sample.moments) {
      for (k, force) in model.totalForces(moment, sample.pairs, filling: fillings).enumerated() { forces[k] += weight * force }
    }
    return stride(from: 0, to: target.count, by: max(1, target.count / 800)).map { (target[$0], forces[$0]) }
  }

  /// The law with its holes filled, as a file that `mote run` takes.
  ///
  /// - Parameter name: the name of the new law, which is to be its file's.
  public func lawText(named name: String) throws(Diagnostics) -> String {
    let files = sources.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: ", ")
    let remark = """
      Filled in by mote fit from \(files): \(targets.rawValue), \(frames) \(targets == .forces ? "frames" : "intervals").
      Error on \(heldOut) held out: \(String(format: "%.3g", relativeError * 100)) % of the force (root mean square).
      """
    return try open.closed(by: fillings, errors: errors, in: units, name: name, remark: remark)
  }
}
