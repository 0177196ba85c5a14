import CKernel
import Diagnostics
import Foundation

// Fixed point: which power of two the contributions are counted in.
extension PairEvaluation {
  /// The largest scaled contribution of a pair to each scale.
  private var largest: [Double] {
    exponents.indices.map { index in
      workplaces.map { $0.largest.base[index] }.reduce(0) { $0 >= $1 || $0.isNaN ? $0 : $1 }.squareRoot()
    }
  }

  /// How many powers of two lie between the sums that may occur and those that overflow; nil without contributions.
  ///
  /// It depends on the largest contribution alone, not on the list, so that the fixed point follows from the physics.
  private func headroom(_ largest: Double) -> Int? {
    guard largest > 0 else { return nil }
    let limit = order.kernels.precision == .double ? 63 - max(13, list.mostContributions) : 31 - Self.laneContributions
    return Int((Double(limit) - log2(largest)).rounded(.down))
  }

  /// In mixed precision 32 bits gather this power of two of contributions before they are added to 64.
  private static var laneContributions: Int { (2 * MOTE_RUN).trailingZeroBitCount }

  /// Lowers exponents whose sums could have overflowed; true if the loop has to run again.
  ///
  /// At first nothing is known of the law, so that a run whose numbers vanish or overflow tries another magnitude.
  func lowerExponents(totals: Bool) throws(Failure) -> Bool {
    var again = false
    for (index, largest) in largest.enumerated() where index < layout.scales || totals {
      // What overflows may become no number, so both try a smaller magnitude before they count as wrong.
      guard largest.isFinite || exponents[index] > -Self.widest else {
        throw Failure(
          .blewUp, "what a pair of particles gives is not finite",
          hint: "a smaller time step, or particles that overlap less at the start")
      }
      if !largest.isFinite {
        exponents[index] -= 32
        again = true
      } else if largest == 0, !isCalibrated[index], exponents[index] < 96 {
        exponents[index] += 32
        again = true
      } else if let room = headroom(largest), room < 1 || !isCalibrated[index] {
        exponents[index] += room - Self.margin
        isCalibrated[index] = true
        again = true
      }
    }
    return again
  }

  /// Where numbers have become much smaller, the next run is finer.
  func raiseExponents() {
    for (index, largest) in largest.enumerated() {
      if let room = headroom(largest), room > Self.margin + 3 { exponents[index] += room - Self.margin }
    }
  }

  /// Powers of two kept free above the largest sums, lest a small growth costs another run.
  private static var margin: Int { 3 }
  /// Exponents beyond which numbers of the arithmetic are not finite.
  private static var widest: Int { 128 }
}
