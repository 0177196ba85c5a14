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
    targets: Targets? = nil, heldOut: Double = 0.2, frames: Int? = nil, pairs: Int = 4_000_000, seed: UInt64 = 1,
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
  public init(library: LawLibrary, options: FitOptions = FitOptions(), progress: @escaping @Sendable (String) -> Void = { _ in }) {
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
    progress("\(type(of: method).name): \(data.training.count) \(targets == .forces ? "frames" : "intervals"), \(data.pairCount) pairs")
    var fit = try best(method, problem, options.budget)
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
    // The first law is near enough to start from, and its size is as good as any.
    var budget = options.budget
    budget.starts = 0
    if let knots = fit.fillings.compactMap({ $0.spline?.knots.count }).first { budget.knots = [knots] }
    for round in 1...6 {
      progress("path between frames, round \(round)")
      data = data.followed(by: fit.fillings, model)
      var problem = data.problem(model, masses: masses)
      for (index, filling) in fit.fillings.enumerated() {
        if case .number(let value) = filling { problem.unknowns[index].kind = .number(start: value) }
      }
      let before = fit.fillings
      fit = try best(method, problem, budget)
      if zip(fit.fillings, before).allSatisfy({ $0.isNear($1, to: 1e-4) }) { break }
    }
    return (fit, data)
  }
}

extension Filling {
  /// The function, if it is one.
  var spline: Spline? { if case .function(let spline) = self { spline } else { nil } }

  /// Whether two fillings agree to a share of their size.
  func isNear(_ other: Filling, to share: Double) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)): return abs(a - b) <= share * abs(b)
    case (.function(let a), .function(let b)):
      // The core is far larger than what most pairs feel: the middle of the sizes is the scale.
      let sizes = b.values.map { abs($0) }.sorted()
      let scale = sizes[sizes.count / 2]
      return a.knots.dropFirst().allSatisfy { abs(a.value(at: $0) - b.value(at: $0)) <= 10 * share * (scale + abs(b.value(at: $0))) }
    default: return false
    }
  }
}
