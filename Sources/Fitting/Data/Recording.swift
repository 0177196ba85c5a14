import Diagnostics
import Expressions
import Snapshots
import World

/// Snapshots of one or several runs of the same particles' kinds.
struct Recording: Sendable {
  private let readers: [SnapshotReader]
  /// The units of all numbers that come out.
  let units: UnitSystem
  let speciesNames: [String]

  /// Opens snapshots; throws `.unreadableFile` for what is none, `.failed` if they do not belong together.
  init(_ paths: [String]) throws(Failure) {
    var readers: [SnapshotReader] = []
    for path in paths { readers.append(try SnapshotReader(path)) }
    guard let first = readers.first else { throw Failure(.usage, "no snapshot to learn from", hint: "mote fit LAW run.h5") }
    for other in readers.dropFirst() where other.speciesNames != first.speciesNames {
      throw Failure(.failed, "\(other.path) has other species than \(first.path)", hint: "fit runs of the same species")
    }
    for other in readers.dropFirst() where other.units.isReduced != first.units.isReduced {
      throw Failure(.failed, "\(other.path) and \(first.path) have different units", hint: "fit them one by one")
    }
    self.readers = readers
    speciesNames = first.speciesNames
    let known: [UnitSystem] = [.reduced, .molecular, .si, .cgs]
    units = known.first { $0.name == first.units.name && $0.scales == first.units.scales } ?? .molecular
  }

  /// Frames of all files.
  var frameCount: Int { readers.reduce(0) { $0 + $1.frameCount } }

  /// Whether all files hold a field.
  func has(_ field: String) -> Bool { readers.allSatisfy { $0.fieldNames.contains(field) } }

  /// Pairs of successive frames, by the number of the first.
  var intervals: [Int] {
    var first = 0
    return readers.flatMap { reader in
      defer { first += reader.frameCount }
      return Array(first..<max(first, first + reader.frameCount - 1))
    }
  }

  /// A frame with these fields, in the units of the recording.
  func frame(_ number: Int, fields: Set<String>) throws(Failure) -> Frame {
    var rest = number
    for reader in readers {
      if rest < reader.frameCount { return converted(try reader.frame(at: rest, fields: fields)) }
      rest -= reader.frameCount
    }
    throw Failure(.failed, "there is no frame \(number)")
  }

  private func converted(_ frame: Frame) -> Frame {
    guard frame.units.scales != units.scales, !units.isReduced else { return frame }
    func factor(_ dimension: Dimension) -> Double { frame.units.scale(of: dimension) / units.scale(of: dimension) }
    var result = frame
    let length = factor(Dimension(length: 1))
    result.box.origin = frame.box.origin.map { $0 * length }
    result.box.lengths = frame.box.lengths.map { $0 * length }
    result.time *= factor(Dimension(time: 1))
    for index in result.fields.indices {
      let scale = factor(result.fields[index].dimension)
      result.fields[index].values = result.fields[index].values.map { $0 * scale }
    }
    result.units = units
    return result
  }
}
