import ArgumentParser
import Diagnostics
import Expressions
import Snapshots

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print what a snapshot keeps of its run.",
    discussion: """
      --diff compares the digests of all frames; it ends with 0 if the runs are the
      same and with 1 if not.

      Examples:
        mote show argon.h5 --scene > again.yaml
        mote show argon.h5 --laws
        mote show argon.h5 --log > log.csv
        mote show argon.h5 --diff other.h5
      """)

  /// One part of a snapshot.
  enum Part: String, EnumerableFlag {
    case scene, laws, log

    static func help(for value: Part) -> ArgumentHelp? {
      switch value {
      case .scene: "The resolved scene, which can be run again."
      case .laws: "The laws as they were used."
      case .log: "The log, as comma-separated values."
      }
    }
  }

  @Argument(help: "A snapshot.", completion: .file(extensions: ["h5"]))
  var file: String

  @Flag(exclusivity: .exclusive)
  var part: Part?

  @Option(
    help: ArgumentHelp("Tell the first difference to another snapshot.", valueName: "other"),
    completion: .file(extensions: ["h5"]))
  var diff: String?

  func validate() throws {
    if (part == nil) == (diff == nil) { throw ValidationError("say one of --scene, --laws, --log and --diff OTHER") }
  }

  func run() throws {
    let reader = try SnapshotReader(file)
    if let diff { return try compare(reader, with: diff) }
    switch part {
    case .scene: print(reader.provenance.scene, terminator: "")
    case .laws: print(reader.provenance.laws.map(\.text).joined(separator: "---\n"), terminator: "")
    case .log, nil: try printLog(of: reader)
    }
  }

  private func compare(_ reader: SnapshotReader, with other: String) throws {
    guard let difference = try SnapshotDifference.between(reader, SnapshotReader(other)) else {
      print("the same \(reader.frameCount) frames")
      return
    }
    print(difference)
    throw ExitCode(ExitStatus.failed.rawValue)
  }

  private func printLog(of reader: SnapshotReader) throws(Failure) {
    // Totals of several numbers are with the frames; the log has a name for them but no values.
    let series = try reader.log().filter { $0.values.contains(where: \.isFinite) }
    guard let first = series.first else { throw Failure(.failed, "\(file) holds no log") }
    func title(_ name: String, _ dimension: Expressions.Dimension) -> String {
      let unit = reader.units.unitName(of: dimension)
      return unit == "1" || unit.isEmpty ? name : "\(name) (\(unit))"
    }
    print((["step", title("time", .init(time: 1))] + series.map { title($0.name, $0.dimension) }).joined(separator: ","))
    for row in first.steps.indices {
      let values = series.map { $0.values[row].isNaN ? "" : "\($0.values[row])" }
      print((["\(first.steps[row])", "\(first.times[row])"] + values).joined(separator: ","))
    }
  }
}
