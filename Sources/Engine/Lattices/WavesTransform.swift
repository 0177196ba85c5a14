import Diagnostics
import KernelCompiler
import World

/// Transforms between the numbers of the sites of a periodic lattice and their Fourier amplitudes, lines shared among threads.
///
/// Amplitudes of real numbers are conjugate in pairs: those with wave numbers from 0 to half the sites along the last axis say all.
struct WavesTransform {
  /// Real and imaginary parts of the amplitudes of a column.
  struct Amplitudes {
    let re = AlignedArray<Double>(), im = AlignedArray<Double>()

    func reserve(_ count: Int) {
      re.reserve(count)
      im.reserve(count)
    }

    func clear(_ count: Int) {
      re.base.update(repeating: 0, count: count)
      im.base.update(repeating: 0, count: count)
    }
  }

  private typealias Pointer = UnsafeMutablePointer<Double>
  private typealias Forward = @convention(c) (Pointer, Pointer, Pointer, Int64, Int64, Int64, Int64) -> Void
  private typealias Back = @convention(c) (Pointer, Pointer, Pointer, Int64, Int64, Double, Int32, Int64, Int64) -> Void
  private typealias Lines = @convention(c) (Pointer, Pointer, Int64, Int64, Int64, Int32, Int64, Int64) -> Void
  private typealias Weigh = @convention(c) (Pointer, Pointer, Pointer, Int32, Int64, Int64) -> Void

  private let ofLines: Forward, toLines: Back, lines: Lines, weighing: Weigh
  private let workers: Workers
  /// Lines that are transformed together.
  private static let together = 8

  init(_ library: KernelLibrary, workers: Workers) throws(Failure) {
    ofLines = try library.function("mote_waves_of_lines", as: Forward.self)
    toLines = try library.function("mote_lines_of_waves", as: Back.self)
    lines = try library.function("mote_transform_lines", as: Lines.self)
    weighing = try library.function("mote_weigh_waves", as: Weigh.self)
    self.workers = workers
  }

  /// The amplitudes of a column.
  func forward(_ column: UnsafeMutablePointer<Double>, _ grid: Grid, _ waves: Amplitudes) {
    waves.reserve(grid.amplitudeCount)
    let last = grid.counts[grid.counts.count - 1], apart = grid.count / last
    share(blocks(apart, of: 2 * Self.together)) {
      ofLines(column, waves.re.base, waves.im.base, Int64(last), Int64(apart), $0.lowerBound, $0.upperBound)
    }
    turn(waves, grid, sense: -1)
  }

  /// The column of some amplitudes, which are lost; `adds`: to what stands there.
  func back(_ waves: Amplitudes, _ grid: Grid, to column: UnsafeMutablePointer<Double>, adds: Bool) {
    turn(waves, grid, sense: 1)
    let last = grid.counts[grid.counts.count - 1], apart = grid.count / last, scale = 1 / Double(grid.count)
    share(blocks(apart, of: 2 * Self.together)) {
      toLines(
        waves.re.base, waves.im.base, column, Int64(last), Int64(apart), scale, adds ? 1 : 0, $0.lowerBound, $0.upperBound)
    }
  }

  /// Amplitudes times a factor for each; `adds`: to what `to` holds.
  func weigh(_ factor: UnsafeMutablePointer<Double>, _ from: Amplitudes, to: Amplitudes, adds: Bool, count: Int) {
    workers.forRanges(of: count) { _, range in
      weighing(factor, from.re.base, to.re.base, adds ? 1 : 0, range.lowerBound, range.upperBound)
      weighing(factor, from.im.base, to.im.base, adds ? 1 : 0, range.lowerBound, range.upperBound)
    }
  }

  /// Transforms along all axes but the last.
  private func turn(_ waves: Amplitudes, _ grid: Grid, sense: Int32) {
    var apart = 1
    for count in grid.counts.dropLast() {
      let rows = grid.amplitudeCount / count
      share(apart == 1 ? blocks(rows, of: Self.together) : rows / apart * blocks(apart, of: Self.together)) {
        lines(waves.re.base, waves.im.base, Int64(count), Int64(apart), Int64(rows), sense, $0.lowerBound, $0.upperBound)
      }
      apart *= count
    }
  }

  private func blocks(_ count: Int, of size: Int) -> Int { (count + size - 1) / size }

  private func share(_ blocks: Int, _ body: (Range<Int64>) -> Void) {
    let ranges = workers.ranges(of: blocks, atLeast: 4)
    workers.forEach(ranges.count) { body(ranges[$0]) }
  }
}

extension Grid {
  /// How many amplitudes say all of real numbers at the sites.
  var amplitudeCount: Int {
    let last = counts[counts.count - 1]
    return count / last * (last / 2 + 1)
  }
}
