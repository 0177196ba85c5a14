import Foundation
import Testing

@testable import Fitting

/// Points (x, y) of a formula with noise, as a problem.
private struct Points {
  var x: [Double]
  var y: [Double]

  init(count: Int, noise: Double, seed: UInt64 = 5, _ formula: (Double) -> Double) {
    var random = SeededRandom(seed: seed)
    x = (0..<count).map { Double($0) / Double(count - 1) * 3 }
    y = x.map { formula($0) + noise * random.normal() }
  }

  /// y = a exp(−b x) with two numbers.
  var decay: Problem {
    Problem(unknowns: [.init("a", .number(start: 1)), .init("b", .number(start: 1))], linear: [0]) { [x, y] in
      guard case (.number(let a), .number(let b)) = ($0[0], $0[1]) else { return GroupedEquations(NormalEquations(size: 2)) }
      let f = x.map { a * exp(-b * $0) }
      let slopes = zip(x, f).flatMap { [$1 / a, -$0 * $1] }
      return GroupedEquations(
        NormalEquations(derivatives: slopes, residuals: zip(y, f).map { $0 - $1 }, total: y.reduce(0) { $0 + $1 * $1 }, size: 2))
    }
  }

  /// y = φ(x) with a function.
  var function: Problem {
    let domain = Problem.Domain(places: x, end: 3, isPotential: false)
    return Problem(unknowns: [.init("phi", .function(domain))], linear: [0]) { [x, y] in
      guard case .function(let spline) = $0[0] else { return GroupedEquations(NormalEquations(size: 0)) }
      let count = spline.knots.count
      let rows = x.flatMap { x -> [Double] in
        let k = spline.interval(at: x), w = spline.weights(at: x, interval: k, derivative: 0)
        var row = [Double](repeating: 0, count: count)
        row[k] += w.0
        row[k + 1] += w.1
        for column in 0..<count {
          row[column] +=
            w.2 * spline.space.curvatureMatrix[k * count + column] + w.3 * spline.space.curvatureMatrix[(k + 1) * count + column]
        }
        return row
      }
      let residuals = x.indices.map { y[$0] - spline.value(at: x[$0]) }
      return GroupedEquations(
        NormalEquations(derivatives: rows, residuals: residuals, total: y.reduce(0) { $0 + $1 * $1 }, size: count))
    }
  }
}

@Suite("Every method finds what is known in closed form")
struct MethodTests {
  @Test("Levenberg and Marquardt find a decay from a distant start, exactly without noise")
  func decay() throws {
    var random = SeededRandom(seed: 1)
    let fit = try #require(
      try LevenbergMarquardt().fill(Points(count: 40, noise: 0) { 5 * exp(-0.3 * $0) }.decay, within: Budget(), random: &random)
        .best)
    guard case (.number(let a), .number(let b)) = (fit.fillings[0], fit.fillings[1]) else { return #expect(Bool(false)) }
    #expect(abs(a - 5) < 1e-8 && abs(b - 0.3) < 1e-8)
  }

  @Test("Errors of numbers are those that repeated experiments show")
  func coverage() throws {
    var misses: [Double] = []
    for seed in 0..<40 {
      var random = SeededRandom(seed: 1)
      let data = Points(count: 60, noise: 0.1, seed: UInt64(seed) * 1000) { 5 * exp(-0.3 * $0) }
      let fit = try #require(try LevenbergMarquardt().fill(data.decay, within: Budget(), random: &random).best)
      guard case (.number(let b), .number(let sd)) = (fit.fillings[1], fit.errors[1]) else { continue }
      misses.append((b - 0.3) / sd)
    }
    let square = misses.reduce(0) { $0 + $1 * $1 } / Double(misses.count)
    #expect(misses.count == 40 && square > 0.5 && square < 1.7, "the mean square of misses over errors is 1, found \(square)")
  }

  @Test("Splines follow a function through noise better than the noise")
  func smoothing() throws {
    var random = SeededRandom(seed: 1)
    let problem = Points(count: 600, noise: 0.2) { sin(2 * $0) }.function
    let fit = try #require(try LeastSquaresSpline().fill(problem, within: Budget(), random: &random).best)
    guard case .function(let spline) = fit.fillings[0] else { return #expect(Bool(false)) }
    let misses = (1..<30).map { spline.value(at: Double($0) / 10) - sin(0.2 * Double($0)) }
    #expect((misses.reduce(0) { $0 + $1 * $1 } / 29).squareRoot() < 0.05)
    #expect(abs(fit.expectedSquare.squareRoot() - 0.2) < 0.03)
  }

  @Test("More knots do not win where fewer say the same")
  func front() throws {
    var random = SeededRandom(seed: 1)
    let front = try LeastSquaresSpline().fill(
      Points(count: 400, noise: 0.1) { 1 + $0 }.function, within: Budget(), random: &random)
    #expect(front.fits.count == 3 && front.best?.size == front.fits[0].size)
  }

  @Test("Methods say why they do not accept")
  func acceptance() {
    let decay = Points(count: 3, noise: 0) { $0 }.decay, function = Points(count: 3, noise: 0) { $0 }.function
    #expect(LeastSquaresSpline().accepts(function) == .yes && LevenbergMarquardt().accepts(decay) == .yes)
    #expect(LeastSquaresSpline().accepts(decay) != .yes && LevenbergMarquardt().accepts(function) != .yes)
  }
}
