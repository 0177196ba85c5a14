import CKernel
import Diagnostics
import Expressions
import KernelCompiler
import KernelTemplates
import World

/// Sums what all periodic images give beyond the screened powers of the nearest ones, wave by wave.
///
/// Amplitudes are summed in shares of the particles that no number of threads changes, in the order of the particles' ids.
final class ImagesRunner {
  private typealias Gather = @convention(c) (UnsafePointer<mote_images_call>, Int64, Int64, UnsafeMutablePointer<Double>) -> Void
  private typealias Give = @convention(c) (UnsafePointer<mote_images_call>, Int64, Int64) -> Void
  private typealias AddWave =
    @convention(c) (
      Double, UnsafePointer<Double>, Int32, UnsafePointer<Double>, Int64, UnsafeMutablePointer<Double>,
      UnsafeMutablePointer<Double>
    ) -> Void
  private typealias Correlate =
    @convention(c) (UnsafePointer<Double>, Int32, UnsafePointer<Double>, UnsafePointer<Double>, Int64) -> Double
  private typealias Numbers = AlignedArray<Double>

  /// What one channel gets in proportion to one weight.
  private struct Output {
    var channel: Int
    var receiver: Int
    var terms: [ImagesPass.Term]
    let re = Numbers(), im = Numbers()
  }

  private let pass: ImagesPass
  private let space: Int
  private let workers: Workers
  private let parameters: ParameterTable
  private let gather: Gather, give: Give, addWave: AddWave, correlate: Correlate
  private let outputs: [Output]
  private let weights: FarPoints
  private let addTerm: ImageWaves.AddTerm
  private var waves: ImageWaves?
  /// Real parts, then imaginary ones, of the amplitudes of each weight; of all particles, then of each further share of them.
  private var amplitudes: [Numbers] = [Numbers()]
  /// The library must stay loaded.
  private let library: KernelLibrary
  /// Particles that are worked on together, as in the template, and most shares of them.
  private static let block = 32, shares = 16

  init(
    _ pass: ImagesPass, space: Int, workers: Workers, toolchain: Toolchain, _ parameters: ParameterTable
  ) throws(Failure) {
    (self.pass, self.space, self.workers, self.parameters) = (pass, space, workers, parameters)
    library = try KernelLibrary(KernelTemplates.images, with: toolchain)
    gather = try library.function("mote_images_gather", as: Gather.self)
    give = try library.function("mote_images_give", as: Give.self)
    addWave = try library.function("mote_images_add_wave", as: AddWave.self)
    correlate = try library.function("mote_images_correlate", as: Correlate.self)
    addTerm = try library.function("mote_images_add_term", as: ImageWaves.AddTerm.self)
    weights = FarPoints(columns: pass.weightCount)
    outputs = pass.channels.enumerated().flatMap { channel, terms in
      Set(terms.map(\.receiver)).sorted().map { receiver in
        Output(channel: channel, receiver: receiver, terms: terms.filter { $0.receiver == receiver })
      }
    }
  }

  /// Adds to the sums of particles that stand in the order of their ids; returns energy and virial.
  ///
  /// - Throws: `Failure` if the box has become too long for its width.
  func run(
    _ particles: FarPoints, _ order: [Int32], of store: MemberStore, _ world: WorldState, box: Box, adding sums: FarSums,
    wantsTotals: Bool
  ) throws(Failure) -> PairTotals {
    let waves = try waves(of: box)
    weights.take(order, of: store, (store.columns(of: pass.field) ?? []).map(Optional.some))
    let call = call(particles, waves)
    gatherAmplitudes(call, weights: wantsTotals ? pass.weightCount : pass.sourceCount)
    giveAll(call, waves, world, adding: sums)
    if wantsTotals { return totals(waves, world) }
    return PairTotals(energy: 0, virial: [Double](repeating: 0, count: space * (space + 1) / 2))
  }

  private func waves(of box: Box) throws(Failure) -> ImageWaves {
    if let waves, waves.sides == box.lengths { return waves }
    let count = ImageWaves.count(sides: box.lengths, reach: pass.reach)
    guard count <= ImageWaves.most else {
      throw Failure(.blewUp, "a box of \(box.lengths) has \(count.rounded()) waves to sum over", hint: "a smaller time step")
    }
    let found = ImageWaves(sides: box.lengths, reach: pass.reach, addTerm)
    waves = found
    return found
  }

  private func call(_ particles: FarPoints, _ waves: ImageWaves) -> mote_images_call {
    var call = mote_images_call()
    call.space = Int32(space)
    call.positions = particles.inputs
    let sides = waves.sides + [1, 1]
    call.side = (sides[0], sides[1], sides[2])
    call.count = Int64(particles.count)
    call.weight_count = Int32(pass.weightCount)
    call.weights = weights.inputs
    call.most = (waves.largest[0], waves.largest[1], waves.largest[2])
    (call.row_count, call.wave_count) = (Int64(waves.rowCount), Int64(waves.count))
    call.rows = UnsafePointer(waves.rows.base)
    return call
  }

  private func blocks(_ call: mote_images_call) -> Int { (Int(call.count) + Self.block - 1) / Self.block }

  // MARK: Amplitudes

  private func gatherAmplitudes(_ call: mote_images_call, weights count: Int) {
    let blocks = blocks(call), shares = max(1, min(Self.shares, blocks / 4)), size = 2 * count * Int(call.wave_count)
    while amplitudes.count < shares { amplitudes.append(Numbers()) }
    for numbers in amplitudes.prefix(shares) {
      numbers.reserve(size)
      numbers.base.update(repeating: 0, count: size)
    }
    var limited = call
    limited.weight_count = Int32(count)
    workers.forEach(shares) { [limited] share in
      withUnsafePointer(to: limited) {
        gather($0, Int64(blocks * share / shares), Int64(blocks * (share + 1) / shares), amplitudes[share].base)
      }
    }
    let sum = amplitudes[0].base
    for numbers in amplitudes.prefix(shares).dropFirst() {
      let more = numbers.base
      for place in 0..<size { sum[place] += more[place] }
    }
  }

  /// The amplitude of a weight.
  private func amplitude(of weight: Int, _ waves: ImageWaves) -> UnsafeMutablePointer<Double> {
    amplitudes[0].base + 2 * weight * waves.count
  }

  // MARK: What particles get

  private func giveAll(_ call: mote_images_call, _ waves: ImageWaves, _ world: WorldState, adding sums: FarSums) {
    let constants = Numbers(capacity: outputs.count), own = Numbers(capacity: outputs.count * pass.weightCount)
    let re = AlignedArray<UnsafePointer<Double>?>(), im = AlignedArray<UnsafePointer<Double>?>()
    let targets = AlignedArray<UnsafeMutablePointer<Double>?>(), receivers = AlignedArray<Int32>()
    for (index, output) in outputs.enumerated() {
      constants.base[index] = spread(output, waves, world, own: own.base + index * pass.weightCount)
    }
    re.set(outputs.map { UnsafePointer($0.re.base) })
    im.set(outputs.map { UnsafePointer($0.im.base) })
    receivers.set(outputs.map { Int32($0.receiver) })
    targets.set(outputs.map { sums.bases[$0.channel] })
    var full = call
    full.outputs = Int32(outputs.count)
    (full.re, full.im, full.sums) = (UnsafePointer(re.base), UnsafePointer(im.base), UnsafePointer(targets.base))
    (full.receivers, full.constants, full.own) = (
      UnsafePointer(receivers.base), UnsafePointer(constants.base), UnsafePointer(own.base)
    )
    let blocks = blocks(call), shares = max(1, min(4 * workers.count, blocks))
    workers.forEach(shares) { [full] share in
      withUnsafePointer(to: full) { give($0, Int64(blocks * share / shares), Int64(blocks * (share + 1) / shares)) }
    }
    // What C reads lives until here.
    withExtendedLifetime((constants, own, re, im, targets, receivers)) {}
  }

  /// Sets the amplitudes of what an output gives, and what a particle gives itself by its weights; returns what all get alike.
  private func spread(
    _ output: Output, _ waves: ImageWaves, _ world: WorldState, own: UnsafeMutablePointer<Double>
  ) -> Double {
    var constant = 0.0
    for part in [output.re, output.im] {
      part.reserve(waves.count)
      part.base.update(repeating: 0, count: waves.count)
    }
    for term in output.terms {
      let factor = parameters.number(term, world), transform = waves.transform(of: term.form)
      addWave(
        2 * factor / waves.volume, transform.values.base, transform.isOdd ? 1 : 0, amplitude(of: term.source, waves),
        Int64(waves.count), output.re.base, output.im.base)
      constant += factor / waves.volume * transform.atZero * total(of: term.source)
      own[term.source] += factor * term.form.smoothAtZero(alpha: waves.alpha)
    }
    return constant
  }

  /// The sum of a weight over all particles.
  private func total(of weight: Int) -> Double {
    let column = weights.columns[weight].base
    return (0..<weights.count).reduce(0) { $0 + column[$1] }
  }

  // MARK: Totals

  private func totals(_ waves: ImageWaves, _ world: WorldState) -> PairTotals {
    var virial: [Double] = []
    for a in 0..<space {
      for b in a..<space {
        let terms = pass.forceCount > 0 ? pass.channels[b] : []
        virial.append(terms.reduce(0) { $0 + half(of: $1, $1.form.times(axis: a), waves, world) })
      }
    }
    return PairTotals(energy: pass.energy.reduce(0) { $0 + half(of: $1, $1.form, waves, world) }, virial: virial)
  }

  /// Half the sum over both ends of all pairs, and over all images of each particle, of a term with another power.
  private func half(of term: ImagesPass.Term, _ form: PowerForm, _ waves: ImageWaves, _ world: WorldState) -> Double {
    let transform = waves.transform(of: form)
    let sum = correlate(
      transform.values.base, transform.isOdd ? 1 : 0, amplitude(of: term.receiver, waves), amplitude(of: term.source, waves),
      Int64(waves.count))
    let receiver = weights.columns[term.receiver].base, source = weights.columns[term.source].base
    let own = (0..<weights.count).reduce(0) { $0 + receiver[$1] * source[$1] }
    let all = 2 * sum + transform.atZero * total(of: term.receiver) * total(of: term.source)
    return parameters.number(term, world) / 2 * (all / waves.volume - form.smoothAtZero(alpha: waves.alpha) * own)
  }
}

extension ParameterTable {
  /// The coefficient of a term now.
  fileprivate func number(_ term: ImagesPass.Term, _ world: WorldState) -> Double {
    term.coefficient.tape.run(in: context(world, i: term.i, j: term.j))[0]
  }
}

extension PowerForm {
  /// The smooth part at r = 0.
  fileprivate func smoothAtZero(alpha: Double) -> Double {
    directions.allSatisfy { $0 == 0 } ? Screening.smoothAtZero(power, alpha: alpha) : 0
  }
}
