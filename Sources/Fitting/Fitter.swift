import Diagnostics
import Expressions
import Foundation
import Laws
import World

/// How a law is fitted.
public struct FitOptions: Sendable {
  /// What forces are compared with; nil: stored forces if there are any, else the motion.
  public var targets: Targets?
  /// Share of the data that only judges the result.
  public var heldOut: Double
  /// Most frames to use; nil: as many as the budget of pairs allows.
  public var frames: Int?
  /// Pairs of particles that one look at the data may cost.
  public var pairs: Int
  /// Seed of the starting points.
  public var seed: UInt64
  /// Work that a method may do.
  public var budget: Budget

  /// Options; the defaults take seconds to a minute.
  public init(
    targets: Targets? = nil, heldOut: Double = 0.2, frames: Int? = nil, pairs: Int = 5_000_000, seed: UInt64 = 1,
    budget: Budget = Budget()
  ) {
    (self.targets, self.heldOut, self.frames, self.pairs) = (targets, heldOut, frames, pairs)
    (self.seed, self.budget) = (seed, budget)
  }
}

/// Fills the holes of laws from snapshots.
public struct Fitter: Sendable {
  private let library: LawLibrary
  private let options: FitOptions
  /// Called with a line of text where work begins that may take long.
  private let progress: @Sendable (String) -> Void

  /// A fitter that finds other laws in a library.
  public init(library: LawLibrary, options: FitOptions = FitOptions(), progress: @escaping @Sendable (String) -> Void = { _ in })
  {
    (self.library, self.options, self.progress) = (library, options, progress)
  }

  /// Fits a law file to snapshots.
  ///
  /// - Throws: `Diagnostics` for what is wrong with the law, `Failure` for data that cannot be read or do not suffice.
  public func fit(law path: String, to snapshots: [String]) throws -> FitResult {
    let recording = try Recording(snapshots)
    guard recording.frameCount > 0 else { throw Failure(.failed, "the snapshots hold no frame") }
    let targets = try self.targets(recording)
    let probe = try recording.frame(0, fields: recording.has("mass") ? ["mass"] : [])
    let open = try OpenLaw(reading: path, space: probe.box.space, library: library)
    let model = try Candidate(open, like: probe, library: library).model
    progress("reading \(recording.frameCount) frames")
    var data = try DataSet(recording, targets, model, options)
    let masses = probe[field: "mass"]?.values ?? [1]
    let problem = data.problem(model, masses: masses)
    let method = try FitMethods.method(for: problem)
    progress(
      "\(type(of: method).name): \(data.training.count) \(targets == .forces ? "frames" : "intervals"), \(data.pairCount) pairs")
    var budget = options.budget
    // A path that no law has shaped yet is rough: its law need be no better.
    if targets == .accelerations { budget.tolerance = max(budget.tolerance, 1e-3) }
    var fit = try best(method, problem, budget)
    if targets == .accelerations { (fit, data) = try followed(fit, data, model, method, masses) }
    return try FitResult(
      open: open, model: model, probe: probe, fit: fit, data: data, method: type(of: method).name, sources: snapshots)
  }

  private func targets(_ recording: Recording) throws(Failure) -> Targets {
    if let wanted = options.targets { return wanted }
    if recording.has("force") { return .forces }
    guard recording.has("velocity") else {
      throw Failure(
        .failed, "the snapshot has neither forces nor velocities to learn from", hint: "output: {fields: [velocity, force]}")
    }
    return .accelerations
  }

  private func best(_ method: any FitMethod, _ problem: Problem, _ budget: Budget) throws(Failure) -> Fit {
    var random = SeededRandom(seed: options.seed)
    guard let fit = try method.fill(problem, within: budget, random: &random).best else {
      throw Failure(.failed, "the method found nothing")
    }
    return fit
  }

  /// Learns the path between frames and the law in turns, until the law stays as it is.
  private func followed(_ start: Fit, _ first: DataSet, _ model: PairModel, _ method: any FitMethod, _ masses: [Double])
    throws(Failure) -> (Fit, DataSet)
  {
    var (fit, data) = (start, first)
    // The first law is near enough to start from, and its size is as good as any. The path changes with every step of the search,
    // so that none need be exact but the last.
    var budget = options.budget
    (budget.starts, budget.evaluations, budget.tolerance) = (0, 4, 1e-2)
    if let knots = fit.fillings.compactMap({ $0.spline?.knots.count }).first { budget.knots = [knots] }
    for round in 1...12 {
      progress("path between frames, round \(round)")
      data = data.followed(by: fit.fillings, model)
      var problem = data.problem(model, masses: masses)
      for (index, filling) in fit.fillings.enumerated() {
        if case .number(let value) = filling { problem.unknowns[index].kind = .number(start: value) }
      }
      let before = fit.fillings
      fit = try best(method, problem, budget)
      let isSettled = zip(fit.fillings, zip(before, fit.errors)).allSatisfy { $0.isNear($1.0, within: $1.1) }
      // What the last round changed, another one may change again.
      fit.errors = zip(fit.errors, zip(fit.fillings, before)).map { $0.widened(by: $1.0, $1.1) }
      if isSettled { break }
    }
    return (fit, data)
  }
}

extension Filling {
  /// The function, if it is one.
  var spline: Spline? { if case .function(let spline) = self { spline } else { nil } }

  /// Whether another filling is the same, within a share of its error or to rounding.
  func isNear(_ other: Filling, within error: Filling) -> Bool {
    switch (self, other, error) {
    case (.number(let a), .number(let b), .number(let error)): abs(a - b) <= max(0.1 * error, 1e-6 * abs(b))
    case (.function(let a), .function(let b), .function(let error)):
      a.knots.indices.allSatisfy { abs(a.values[$0] - b.value(at: a.knots[$0])) <= max(0.3 * error.values[$0], 1e-4 * a.size) }
    default: false
    }
  }

  /// A standard error to which the difference of two fillings is added.
  func widened(by a: Filling, _ b: Filling) -> Filling {
    switch (self, a, b) {
    case (.number(let error), .number(let a), .number(let b)): return .number((error * error + (a - b) * (a - b)).squareRoot())
    case (.function(let error), .function(let a), .function(let b)):
      let values = a.knots.indices.map { index -> Double in
        let change = a.values[index] - b.value(at: a.knots[index])
        return (error.values[index] * error.values[index] + change * change).squareRoot()
      }
      return .function(Spline(space: error.space, values: values))
    default: return self
    }
  }
}

extension Spline {
  /// The middle of the sizes of its values: the core of a pair energy is far larger than what most pairs feel.
  fileprivate var size: Double { values.map { abs($0) }.sorted()[values.count / 2] }
}
