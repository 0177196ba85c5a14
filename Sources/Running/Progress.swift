import Engine
import Foundation

/// The state of a run in one line.
struct Progress {
  let line: String

  init(_ simulation: Simulation, from first: Int, to total: Int, seconds: Double, _ recorder: Recorder) {
    let done = simulation.step - first, rate = Double(done) / max(seconds, 1e-9)
    var parts = [
      "step \(simulation.step) of \(total)", "time \(shortNumber(simulation.time))", "\(shortNumber(rate)) steps/s",
      "\(shortNumber(rate * Double(simulation.store.count))) particle-steps/s",
    ]
    if let drift = recorder.energyDrift { parts.append("energy drift \(shortNumber(drift))") }
    parts.append("\(spelledTime(Double(total - simulation.step) / max(rate, 1e-9))) left")
    if let size = recorder.size { parts.append("\(shortNumber(Double(size) / 1e6)) MB written") }
    line = parts.joined(separator: ", ")
  }
}

/// A number in at most 5 digits: `12.35`, `1.2e+06`.
public func shortNumber(_ value: Double) -> String {
  if value == 0 { return "0" }
  if !value.isFinite { return "\(value)" }
  let size = abs(value)
  if size >= 1e5 || size < 1e-3 { return String(format: "%.3g", value) }
  return String(format: "%.5g", value)
}
