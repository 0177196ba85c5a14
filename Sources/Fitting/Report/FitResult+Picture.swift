import Diagnostics
import Expressions
import Foundation
import Laws
import Rendering
import World

extension FitResult {
  /// A picture of what was learned: the force of a pair over its distance, and forces of particles against the data.
  ///
  /// - Parameter known: a law file to compare with; its holes, if any, must be closed.
  public func picture(comparedWith known: String? = nil, library: LawLibrary) throws -> Picture {
    var picture = Picture(width: 1600, height: 700)
    let left = try pairPlot(known, library)
    left.draw(on: &picture, in: (x: 0, y: 0, width: 800, height: 700))
    scatterPlot.draw(on: &picture, in: (x: 800, y: 0, width: 800, height: 700))
    return picture
  }

  private func pairPlot(_ known: String?, _ library: LawLibrary) throws -> LinePlot {
    let distances = self.distances, force = UnitText(units, Dimension(length: 1, mass: 1, time: -2))
    let length = UnitText(units, Dimension(length: 1))
    let x = distances.map { $0 * length.factor }
    let learned = radialForce(model, fillings, at: distances).map { $0 * force.factor }
    var series = [LinePlot.Series("learned", x: x, y: learned)]
    if let known {
      let text = try LawLibrary.text(of: URL(fileURLWithPath: known))
      let law = try Law.read(text: text, file: known)
      let other = try Candidate(text: text, name: law.name, like: probe, library: library).model
      let y = radialForce(other, [], at: distances).map { $0 * force.factor }
      series.append(LinePlot.Series(law.name, x: x, y: y, style: .dashed))
    }
    // The core would hide everything else: the well decides how much of it is shown.
    let well = -(learned.min() ?? 0), top = learned.max() ?? 1
    let range = well > 0 && top > 4 * well ? -1.5 * well...4 * well : nil
    return LinePlot(
      title: "Force of a pair", x: LinePlot.Axis("r" + label(length)), y: LinePlot.Axis("force" + label(force), range: range),
      series: series)
  }

  private var scatterPlot: LinePlot {
    let force = UnitText(units, Dimension(length: 1, mass: 1, time: -2))
    let data = comparison.map { $0.data * force.factor }, law = comparison.map { $0.law * force.factor }
    let ends = [data.min() ?? 0, data.max() ?? 1]
    let percent = String(format: "%.3g", relativeError * 100)
    return LinePlot(
      title: "Force on a particle, \(heldOut == "nothing" ? "fitted data" : "held out"): \(percent) % error",
      x: LinePlot.Axis("data" + label(force)), y: LinePlot.Axis("law" + label(force)),
      series: [
        LinePlot.Series("law = data", x: ends, y: ends, style: .dashed),
        LinePlot.Series("components", x: data, y: law, style: .points),
      ])
  }

  private func label(_ unit: UnitText) -> String { unit.name.isEmpty ? "" : " (\(unit.name))" }

  /// Distances from that of the nearest pair to the range.
  private var distances: [Double] {
    let least = 0.97 * nearest, end = model.reach * (1 - 1e-9)
    return (0...400).map { least + (end - least) * Double($0) / 400 }
  }

  /// The force that pushes two particles of the first species apart (force), along the first axis.
  private func radialForce(_ model: PairModel, _ fillings: [Filling], at distances: [Double]) -> [Double] {
    let space = probe.box.space
    let open = Box(origin: probe.box.origin, lengths: probe.box.lengths, sides: Array(repeating: .open, count: space))
    let others = Dictionary(
      uniqueKeysWithValues: model.fieldNames.map { name in
        let components = probe[field: name]?.components ?? space
        return (name, [Double](repeating: 0, count: 2 * components))
      })
    return distances.map { r in
      var positions = [Double](repeating: 0, count: 2 * space)
      positions[0] = r
      let now = Configuration(box: open, positions: positions, fields: others)
      return model.totalForces(now, model.pairs(of: now, species: [0, 0]), filling: fillings)[0]
    }
  }
}
