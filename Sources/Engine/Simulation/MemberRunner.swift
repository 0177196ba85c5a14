import CKernel
import Diagnostics
import Expressions
import KernelCompiler

/// Calls kernels of single particles and of totals on a store.
final class MemberRunner {
  private typealias Kernel = @convention(c) (UnsafePointer<mote_member_call>, Int64, Int64) -> Void
  private typealias HostNoise = @convention(c) (Int32, UInt64, Int64, UInt32, Int64, Double) -> Double

  private let library: KernelLibrary
  private let workers: Workers
  private var passes: [(kernel: Kernel, columns: [Column], needs: BoundNeeds)] = []
  private var totals: [(survey: Kernel, sum: Kernel, spec: TotalKernel, needs: BoundNeeds)] = []
  /// Draws noise with the generator of the kernels: kind, seed, step, place, id (-1 for the world), argument.
  let draw: @Sendable (Graph.Noise, UInt64, Int64, Int, Int64, Double) -> Double

  /// Loads, and if need be compiles, all kernels of single particles of a plan.
  init(_ plan: Plan, toolchain: Toolchain, workers: Workers) throws(Failure) {
    library = try KernelLibrary(plan.memberText, with: toolchain)
    self.workers = workers
    let host = try library.function("mote_host_noise", as: HostNoise.self)
    draw = { noise, seed, step, place, id, argument in
      let kind = Int32([Graph.Noise.uniform, .normal, .chiSquared, .poisson].firstIndex(of: noise) ?? 0)
      return host(kind, seed, step, UInt32(truncatingIfNeeded: place), id, argument)
    }
    for kernel in plan.members {
      let function = try library.function(kernel.name, as: Kernel.self)
      passes.append((function, kernel.columns, BoundNeeds(kernel.needs, isPaired: false)))
    }
    for kernel in plan.totals {
      let survey = try library.function(kernel.surveyName, as: Kernel.self)
      let sum = try library.function(kernel.name, as: Kernel.self)
      totals.append((survey, sum, kernel, BoundNeeds(kernel.needs, isPaired: false)))
    }
  }

  /// Threads begin at multiples of this: the last members of a range are worked on one by one, by other functions of the library than
  /// those in lanes, and so may differ in the last bit.
  private static let lanes = 64

  /// Runs a pass over all particles; returns the least id for which its requirement fails.
  func run(_ index: Int, on store: MemberStore, _ parameters: ParameterTable, _ world: WorldState) -> Int64? {
    _ = passes[index].needs.update(parameters, world)
    let (kernel, columns, needs) = passes[index]
    var failed = [Int64](repeating: .max, count: workers.count)
    Frame(columns, needs, store, world).withCall { call in
      failed.withUnsafeMutableBufferPointer { failed in
        workers.forRanges(of: store.count, step: Self.lanes) { part, range in
          var own = call
          own.failed = failed.baseAddress.map { $0 + part }
          kernel(&own, range.lowerBound, range.upperBound)
        }
      }
    }
    return failed.min().flatMap { $0 == .max ? nil : $0 }
  }

  /// The values of the terms of a total; histograms as lists of counts.
  func totals(_ index: Int, on store: MemberStore, _ parameters: ParameterTable, _ world: WorldState) -> [[Double]] {
    _ = totals[index].needs.update(parameters, world)
    let (survey, sum, spec, needs) = totals[index]
    let frame = Frame(spec.columns, needs, store, world)
    let parts = workers.count, width = spec.terms.count
    var largest = (0..<parts).flatMap { _ in spec.terms.map(\.start) }
    run(survey, frame, store, &largest, width) { $0.largest = $1 }
    let tops = (0..<width).map { term in
      (0..<parts).map { largest[$0 * width + term] }.reduce(spec.terms[term].start, spec.terms[term].merge)
    }
    // Whole numbers of 2^-k, so small that rounding is lost in double precision and so large that the sum can't overflow.
    let headroom = 61 - Int((Double(max(1, store.count)).exponent)) - 1
    let exponents = tops.map { top in top > 0 && top.isFinite ? headroom - Int(top.exponent) - 1 : 0 }
    var sums = [Int64](repeating: 0, count: parts * width)
    let scales = exponents.map { Double(sign: .plus, exponent: $0, significand: 1) }
    var counts = (0..<parts).map { _ in spec.terms.map { [Int64](repeating: 0, count: $0.bins) } }
    scales.withUnsafeBufferPointer { scales in
      counts.withPointers { pointers in
        run(sum, frame, store, &sums, width) { call, place in
          call.sums = place
          call.scales = scales.baseAddress
        } further: { call, part in
          call.counts = pointers[part]
        }
      }
    }
    return spec.terms.indices.map { term in
      switch spec.terms[term] {
      case .sum:
        if !tops[term].isFinite { return [tops[term]] }
        let whole = (0..<parts).reduce(Int64(0)) { $0 + sums[$1 * width + term] }
        return [Double(sign: .plus, exponent: -exponents[term], significand: 1) * Double(whole)]
      case .least, .greatest: return [tops[term]]
      case .histogram(_, _, let bins):
        let unit = Double(sign: .plus, exponent: -exponents[term], significand: 1)
        return (0..<bins).map { bin in unit * Double((0..<parts).reduce(Int64(0)) { $0 + counts[$1][term][bin] }) }
      }
    }
  }

  /// Runs a kernel on all particles, with a part of `places` for each thread.
  private func run<Element>(
    _ kernel: Kernel, _ frame: Frame, _ store: MemberStore, _ places: inout [Element], _ width: Int,
    assign: (inout mote_member_call, UnsafeMutablePointer<Element>?) -> Void,
    further: (inout mote_member_call, Int) -> Void = { _, _ in }
  ) {
    frame.withCall { call in
      places.withUnsafeMutableBufferPointer { places in
        workers.forRanges(of: store.count, step: Self.lanes) { part, range in
          var own = call
          assign(&own, places.baseAddress.map { $0 + part * width })
          further(&own, part)
          kernel(&own, range.lowerBound, range.upperBound)
        }
      }
    }
  }
}

extension TotalKernel.Term {
  /// The value before anything is counted.
  fileprivate var start: Double {
    switch self {
    case .sum, .histogram: 0
    case .least: .infinity
    case .greatest: -.infinity
    }
  }

  fileprivate var merge: (Double, Double) -> Double {
    switch self {
    case .least: { Swift.min($0, $1) }
    case .sum, .greatest, .histogram: { $0 >= $1 || $0.isNaN ? $0 : $1 }
    }
  }

  fileprivate var bins: Int { if case .histogram(_, _, let bins) = self { bins } else { 0 } }
}

extension [[[Int64]]] {
  /// Pointers to the histograms of each thread.
  fileprivate mutating func withPointers(_ body: ([UnsafePointer<UnsafeMutablePointer<Int64>?>?]) -> Void) {
    let kept = map {
      $0.map { counts in
        let copy = UnsafeMutablePointer<Int64>.allocate(capacity: Swift.max(1, counts.count))
        copy.initialize(repeating: 0, count: Swift.max(1, counts.count))
        return Optional(copy)
      }
    }
    let lists = kept.map { pointers in
      let list = UnsafeMutablePointer<UnsafeMutablePointer<Int64>?>.allocate(capacity: Swift.max(1, pointers.count))
      for (index, pointer) in pointers.enumerated() { (list + index).initialize(to: pointer) }
      return list
    }
    body(lists.map { UnsafePointer($0) })
    for (part, pointers) in kept.enumerated() {
      for (term, pointer) in pointers.enumerated() {
        for bin in self[part][term].indices { self[part][term][bin] = pointer?[bin] ?? 0 }
        pointer?.deallocate()
      }
      lists[part].deallocate()
    }
  }
}

/// Everything that a call of a kernel reads, in memory that C can see while the call lasts.
private struct Frame {
  private let columns: [UnsafeMutableRawPointer]
  private let needs: BoundNeeds
  private let ids: UnsafeMutablePointer<Int64>
  private let species: UnsafeMutablePointer<Int32>
  private let seed: UInt64
  private let step: Int64

  init(_ columns: [Column], _ needs: BoundNeeds, _ store: MemberStore, _ world: WorldState) {
    self.columns = columns.map { store.existingNumbers($0).address() }
    self.needs = needs
    ids = store.idColumn
    species = store.speciesColumn
    seed = world.seed
    step = world.step
  }

  func withCall(_ body: (mote_member_call) -> Void) {
    var call = mote_member_call()
    (call.ids, call.species) = (UnsafePointer(ids), UnsafePointer(species))
    (call.seed, call.step) = (seed, step)
    // Only addresses are handed on; the kernel reads them as what they are.
    withColumns(columns.map { $0.assumingMemoryBound(to: Double.self) }) { pointers in
      call.columns = pointers
      needs.withTables { constants, tables, functions in
        (call.k, call.table, call.function) = (constants, tables, functions)
        body(call)
      }
    }
  }
}
