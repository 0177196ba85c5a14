import CKernel
import Foundation

/// The waves of a periodic box that count, of each and its opposite one alone, and the transforms of powers there.
final class ImageWaves {
  /// Adds to the transform at all waves a power of the wave vector.
  typealias AddTerm =
    @convention(c) (
      Double, UnsafePointer<Double>, UnsafePointer<UnsafeMutablePointer<Double>?>, UnsafePointer<Int32>, Int32, Int64,
      UnsafeMutablePointer<Double>
    ) -> Void

  /// The transform of a power at all waves.
  struct Transform {
    let values: AlignedArray<Double>
    let isOdd: Bool
    let atZero: Double
  }

  /// Most waves of a run: tables of more take too much memory.
  static let most = 2e6
  let sides: [Double]
  let alpha: Double
  let rows = AlignedArray<mote_wave_row>()
  private(set) var rowCount = 0
  private(set) var count = 0
  /// The largest wave numbers, of three axes.
  private(set) var largest: [Int32] = [0, 0, 0]
  var volume: Double { sides.reduce(1, *) }
  /// Components of the wave vectors, and their squares.
  private let vectors: [AlignedArray<Double>], squares = AlignedArray<Double>()
  private var transforms: [PowerForm: Transform] = [:]
  private let addTerm: AddTerm
  private var integrals: [Integral: AlignedArray<Double>] = [:]

  private struct Integral: Hashable {
    var power: Int
    var order: Int
  }

  /// The waves of a box up to |k| = 2α · reach.
  init(sides: [Double], reach: Double, _ addTerm: @escaping AddTerm) {
    self.sides = sides
    self.addTerm = addTerm
    alpha = Screening.parameter(reach: reach, sides: sides)
    vectors = sides.map { _ in AlignedArray<Double>() }
    let radii = Self.radii(sides: sides, reach: reach)
    let found = Self.rows(within: radii)
    rows.set(found)
    rowCount = found.count
    count = found.last.map { Int($0.at) + Int($0.count) } ?? 0
    for row in found {
      let ends = [row.first + row.count - 1, abs(row.second), abs(row.third)]
      largest = zip(largest, ends).map { max($0, $1) }
    }
    fillVectors(found)
  }

  /// The largest wave number along each axis, as a real number.
  private static func radii(sides: [Double], reach: Double) -> [Double] {
    sides.map { 2 * Screening.parameter(reach: reach, sides: sides) * reach * $0 / (2 * .pi) }
  }

  /// About how many waves a box has.
  static func count(sides: [Double], reach: Double) -> Double {
    let ball = [1: 2, 2: Double.pi, 3: 4 * Double.pi / 3]
    return radii(sides: sides, reach: reach).reduce(ball[sides.count, default: 1] / 2, *)
  }

  private static func rows(within radii: [Double]) -> [mote_wave_row] {
    let most = radii.map { Int32($0) } + [0, 0]
    var rows: [mote_wave_row] = [], next: Int64 = 0
    for third in -most[2]...most[2] {
      for second in -most[1]...most[1] {
        let shares = zip([second, third], radii.dropFirst()).map { Double($0) / $1 }
        let left = shares.reduce(1) { $0 - $1 * $1 }
        let last = left < 0 ? -1 : Int32(radii[0] * left.squareRoot())
        let first: Int32 = (third, second) > (0, 0) ? 0 : 1
        guard last >= first else { continue }
        rows.append(mote_wave_row(first: first, count: last - first + 1, second: second, third: third, at: next))
        next += Int64(last - first) + 1
      }
    }
    return rows
  }

  private func fillVectors(_ rows: [mote_wave_row]) {
    for column in vectors + [squares] { column.reserve(count) }
    for row in rows {
      for place in 0..<Int(row.count) {
        let numbers = [Double(row.first) + Double(place), Double(row.second), Double(row.third)], wave = Int(row.at) + place
        var square = 0.0
        for (axis, side) in sides.enumerated() {
          let k = 2 * .pi * numbers[axis] / side
          vectors[axis].base[wave] = k
          square += k * k
        }
        squares.base[wave] = square
      }
    }
  }

  // MARK: Transforms

  /// The transform of the smooth part of a power, kept for the next call.
  func transform(of form: PowerForm) -> Transform {
    if let known = transforms[form] { return known }
    let transform = PowerTransform(form), values = AlignedArray<Double>(capacity: count)
    for term in transform.terms {
      let integral = integral(of: transform, Integral(power: form.power, order: term.order))
      let exponents = AlignedArray<Int32>()
      exponents.set(term.exponents.map { Int32($0) })
      withColumns(vectors.map(\.base)) {
        addTerm(term.coefficient, integral.base, $0, exponents.base, Int32(sides.count), Int64(count), values.base)
      }
    }
    let found = Transform(values: values, isOdd: transform.isOdd, atZero: transform.atZero(alpha: alpha))
    transforms[form] = found
    return found
  }

  private func integral(of transform: PowerTransform, _ key: Integral) -> AlignedArray<Double> {
    if let known = integrals[key] { return known }
    let values = AlignedArray<Double>(capacity: count)
    // Many waves of a cube have one length.
    var lengths: [Double: Double] = [:]
    for wave in 0..<count {
      let square = squares.base[wave]
      let value = lengths[square] ?? transform.integral(order: key.order, square: square, alpha: alpha)
      lengths[square] = value
      values.base[wave] = value
    }
    integrals[key] = values
    return values
  }
}
