import Diagnostics
import Expressions
import World

/// What forces are compared with.
public enum Targets: String, Sendable, CaseIterable {
  /// Forces that the snapshot stores.
  case forces
  /// What the motion between successive frames says of them, from positions and velocities.
  case accelerations
}

/// The pieces of snapshots from which a law is learned, and those by which it is judged.
struct DataSet: Sendable {
  /// What the forces are compared with.
  let targets: Targets
  /// Frames or intervals to learn from.
  private(set) var training: [Sample] = []
  /// Frames or intervals held out; none if particles are.
  private(set) var heldOut: [Sample] = []
  /// Motion between frames, for what is learned from it; training first.
  private let intervals: [Interval]
  /// How many of the intervals are for training.
  private let trainingCount: Int
  /// Where few frames leave none to hold out, particles are.
  let particlesOut: Int?

  /// Chooses frames evenly, reads them, and holds out the last of them.
  init(_ recording: Recording, _ targets: Targets, _ model: PairModel, _ options: FitOptions) throws(Failure) {
    self.targets = targets
    let fields = model.fieldNames.union(targets == .forces ? ["force"] : ["velocity", "mass"])
    for field in fields.sorted() where !recording.has(field) && !(field == "mass" && recording.units.isReduced) {
      throw Failure(
        .failed, "the snapshot has no field \(field), which the law or the method needs", hint: "output: {fields: [\(field)]}")
    }
    let stored = fields.filter(recording.has)
    let candidates = targets == .forces ? Array(0..<recording.frameCount) : recording.intervals
    guard let first = candidates.first else {
      throw Failure(
        .failed, targets == .forces ? "the snapshot holds no frame" : "accelerations want two successive frames",
        hint: "write more frames: output: {every: N}")
    }
    let probe = try recording.frame(first, fields: stored)
    try Self.check(model, probe)
    var moments = 1
    if targets == .accelerations {
      moments += Interval.pieces(steps: try recording.frame(first + 1, fields: []).step - probe.step)
    }
    let chosen = Self.chosen(candidates, model, probe, moments: moments, options)
    let outCount = chosen.count >= 5 ? max(1, Int((Double(chosen.count) * options.heldOut).rounded())) : 0
    let isOut = options.heldOut > 0
    particlesOut = isOut && outCount == 0 ? max(2, Int((1 / options.heldOut).rounded())) : nil
    trainingCount = chosen.count - (isOut ? outCount : 0)
    var intervals: [Interval] = [], samples: [Sample] = []
    for number in chosen {
      let frame = try recording.frame(number, fields: stored)
      // Snapshots may have different boxes.
      try Self.check(model, frame)
      if targets == .forces {
        samples.append(Sample(forcesOf: frame, model))
      } else {
        intervals.append(try Self.interval(frame, try recording.frame(number + 1, fields: stored)))
      }
    }
    self.intervals = intervals
    if targets == .accelerations { samples = inParallel(intervals) { $0.sample($0.cubic, model) } }
    // Groups of particles stay the same over the frames, as their errors may.
    let places = samples.first?.places ?? []
    for index in samples.indices where samples[index].particles == places.count { samples[index].places = places }
    (training, heldOut) = (Array(samples[..<trainingCount]), Array(samples[trainingCount...]))
  }

  /// The range must not reach a particle twice.
  private static func check(_ model: PairModel, _ frame: Frame) throws(Failure) {
    for (side, length) in zip(frame.box.sides, frame.box.lengths) where side == .periodic && model.reach > length / 2 {
      let unit = UnitText(frame.units, Dimension(length: 1))
      throw Failure(
        .failed,
        "the range \(model.reach * unit.factor) \(unit.name) exceeds half the periodic side of \(length * unit.factor) \(unit.name)",
        hint: "a shorter range, or data of a larger box")
    }
    guard frame.count > 1 else { throw Failure(.failed, "pairs want two particles, the snapshot has \(frame.count)") }
  }

  /// As many frames as the budget of pairs allows, evenly spread.
  private static func chosen(
    _ candidates: [Int], _ model: PairModel, _ probe: Frame, moments: Int, _ options: FitOptions
  ) -> [Int] {
    let now = Configuration(box: probe.box, positions: probe.vector("position"), fields: [:])
    let pairs = max(1, model.pairs(of: now, species: probe.species).count)
    let most = max(moments > 1 ? 1 : 2, min(options.frames ?? candidates.count, options.pairs / (pairs * moments)))
    guard candidates.count > most else { return candidates }
    return (0..<most).map { candidates[most == 1 ? candidates.count / 2 : $0 * (candidates.count - 1) / (most - 1)] }
  }

  private static func interval(_ first: Frame, _ last: Frame) throws(Failure) -> Interval {
    guard first.ids == last.ids else {
      throw Failure(.failed, "particles come or go between frames", hint: "learn from forces: --from forces")
    }
    guard last.time > first.time else { throw Failure(.failed, "time stands still between frames at step \(last.step)") }
    let masses = first[field: "mass"]?.values ?? Array(repeating: 1, count: first.count)
    return Interval(first: first, last: last, masses: masses)
  }

  /// The same with paths between frames that follow from a law.
  func followed(by filling: [Filling], _ model: PairModel) -> DataSet {
    guard targets == .accelerations else { return self }
    var result = self
    var samples = inParallel(intervals) { $0.sample($0.path(model, filling), model) }
    for (index, old) in (training + heldOut).enumerated() { samples[index].places = old.places }
    (result.training, result.heldOut) = (Array(samples[..<trainingCount]), Array(samples[trainingCount...]))
    return result
  }

  /// The equations that a fit may see.
  func trainingEquations(_ model: PairModel, _ filling: [Filling], first count: Int = .max) -> GroupedEquations {
    let selection = particlesOut.map { Selection.particles(every: $0, isHeldOut: false) } ?? .all
    return equations(Array(training.prefix(count)), model, filling, selection)
  }

  /// The equations that judge it.
  func heldOutEquations(_ model: PairModel, _ filling: [Filling]) -> NormalEquations {
    guard let every = particlesOut else { return equations(heldOut, model, filling, .all).sum }
    return equations(training, model, filling, .particles(every: every, isHeldOut: true)).sum
  }

  private func equations(_ samples: [Sample], _ model: PairModel, _ filling: [Filling], _ selection: Selection)
    -> GroupedEquations
  {
    GroupedEquations(
      inParallel(samples) { model.equations(of: $0, filling: filling, selection: selection) },
      size: CoefficientLayout(filling).size)
  }

  /// Pairs in all training data; moments of one interval are counted once.
  var pairCount: Int { training.reduce(0) { $0 + $1.pairs.count } }
}
