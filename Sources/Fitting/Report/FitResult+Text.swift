import Expressions
import Foundation

extension FitResult: CustomStringConvertible {
  /// A table of text.
  public var description: String {
    let data = "\(targets.rawValue) of \(frames) \(targets == .forces ? "frames" : "intervals"), \(pairs) pairs"
    var lines = ["learned from  \(data)", "method        \(method)"]
    lines += zip(holes, zip(fillings, errors)).map { hole, filling in
      "?\(hole.name)".padding(toLength: max(14, hole.name.count + 2), withPad: " ", startingAt: 0)
        + spelled(hole, filling.0, filling.1)
    }
    let force = UnitText(units, Dimension(length: 1, mass: 1, time: -2))
    let size = String(format: "%.3g", error * force.factor) + (force.name.isEmpty ? "" : " " + force.name)
    let judged = heldOut == "nothing" ? "on the data themselves" : "on \(heldOut) held out"
    lines.append("error         \(String(format: "%.3g", relativeError * 100)) % of the force \(judged) (rms \(size))")
    if relativeError > 0.5 {
      lines.append("beware        most of the force is not explained: other laws at work, another form, or frames too far apart?")
    }
    return lines.joined(separator: "\n")
  }

  private func spelled(_ hole: Hole, _ filling: Filling, _ error: Filling) -> String {
    let unit = UnitText(units, hole.dimension)
    let suffix = unit.name.isEmpty ? "" : " " + unit.name
    switch (filling, error) {
    case (.number(let value), .number(let error)):
      return String(format: "%.6g ± %.2g", value * unit.factor, error * unit.factor) + suffix
    case (.function(let spline), _):
      guard case .function(let of) = hole.kind, let first = spline.knots.first, let last = spline.knots.last else { return "" }
      let argument = UnitText(units, of)
      return "\(spline.knots.count) points from "
        + String(format: "%.4g to %.4g", first * argument.factor, last * argument.factor)
        + (argument.name.isEmpty ? "" : " " + argument.name)
    default: return ""
    }
  }
}

extension FitResult {
  /// The result on one line of JSON, with keys in alphabetical order.
  public func jsonLine() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(FitRecord(self)), as: UTF8.self)
  }
}

/// What the JSON line holds.
private struct FitRecord: Encodable {
  let law: String
  let targets: String
  let method: String
  let frames: Int
  let pairs: Int
  let holes: [String: HoleRecord]
  let hold_out: HoldOutRecord

  struct HoleRecord: Encodable {
    var value: Double?
    var sd: Double?
    var unit: String
    var points: [[Double]]?
    var argument_unit: String?
  }

  struct HoldOutRecord: Encodable {
    var of: String
    var rms: Double
    var relative: Double
    var unit: String
  }

  init(_ result: FitResult) {
    (law, targets, method) = (result.open.law.name, result.targets.rawValue, result.method)
    (frames, pairs) = (result.frames, result.pairs)
    let records = zip(result.holes, zip(result.fillings, result.errors)).map { hole, filling in
      (hole.name, Self.record(hole, filling.0, filling.1, result.units))
    }
    holes = Dictionary(uniqueKeysWithValues: records)
    let force = UnitText(result.units, Dimension(length: 1, mass: 1, time: -2))
    hold_out = HoldOutRecord(
      of: result.heldOut, rms: result.error * force.factor, relative: result.relativeError, unit: force.spelled)
  }

  private static func record(_ hole: Hole, _ filling: Filling, _ error: Filling, _ units: UnitSystem) -> HoleRecord {
    let unit = UnitText(units, hole.dimension)
    switch (filling, error) {
    case (.number(let value), .number(let error)):
      return HoleRecord(value: value * unit.factor, sd: error * unit.factor, unit: unit.spelled)
    case (.function(let spline), .function(let error)):
      guard case .function(let of) = hole.kind else { return HoleRecord(unit: unit.spelled) }
      let argument = UnitText(units, of)
      let points = spline.knots.indices.map {
        [spline.knots[$0] * argument.factor, spline.values[$0] * unit.factor, error.values[$0] * unit.factor]
      }
      return HoleRecord(unit: unit.spelled, points: points, argument_unit: argument.spelled)
    default: return HoleRecord(unit: unit.spelled)
    }
  }
}

extension UnitText {
  /// The unit, or 1 where there is none.
  fileprivate var spelled: String { name.isEmpty ? "1" : name }
}
