import Diagnostics
import Engine
import Foundation
import Laws
import Scenes
import Snapshots

/// A parameter study: one folder per point with the resolved scene and its run, and a table of what came out.
public struct Study {
  /// How a point stands.
  public enum Status: Sendable, Equatable {
    case missing, started, done
    case failed(String)

    /// As in the table.
    public var word: String {
      switch self {
      case .missing: "missing"
      case .started: "started"
      case .done: "done"
      case .failed(let reason): "failed: \(reason)"
      }
    }
  }

  /// All points.
  public let points: [SweepPoint]
  /// The folder of the study.
  public let folder: URL
  private let read: (_ overrides: [String]) throws -> Scene
  private let library: LawLibrary
  private let source: any FrameSource

  /// A study of a scene that `read` reads with overrides.
  public init(
    _ axes: [SweepAxis], in folder: URL, library: LawLibrary, source: any FrameSource,
    reading read: @escaping (_ overrides: [String]) throws -> Scene
  ) {
    points = SweepPoint.all(of: axes)
    self.folder = folder
    self.library = library
    self.source = source
    self.read = read
  }

  private func place(of point: SweepPoint) -> URL { folder.appending(path: point.folder(of: points.count)) }
  private func snapshot(of point: SweepPoint) -> String { place(of: point).appending(path: "run.h5").path }

  /// Writes the resolved scene of every point, or of one, so that nothing runs if any of them is invalid.
  ///
  /// - Throws: `Diagnostics` for mistakes of a scene, `Failure` if a folder holds a run of another scene.
  public func prepare(only number: Int? = nil) throws {
    let chosen = points.filter { number == nil || $0.number == number }
    let scenes = try chosen.map { ($0, try read($0.overrides)) }
    for (point, scene) in scenes { try write(scene, of: point) }
  }

  private func write(_ scene: Scene, of point: SweepPoint) throws(Failure) {
    let file = place(of: point).appending(path: "scene.yaml")
    if let old = try? String(contentsOf: file, encoding: .utf8), old != scene.resolvedText, status(of: point) != .missing {
      throw Failure(.failed, "\(place(of: point).path) holds a run of another scene", hint: "-o names another folder")
    }
    do {
      try FileManager.default.createDirectory(at: place(of: point), withIntermediateDirectories: true)
      try scene.resolvedText.write(to: file, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(.outOfSpace, "cannot write \(place(of: point).path): \(error.localizedDescription)")
    }
  }

  /// How far a point is.
  public func status(of point: SweepPoint) -> Status {
    let path = snapshot(of: point)
    guard FileManager.default.fileExists(atPath: path) else { return .missing }
    let marker = place(of: point).appending(path: "done")
    return FileManager.default.fileExists(atPath: marker.path) ? .done : .started
  }

  /// Runs a point unless it is done, from its checkpoint if there is one; what keeps it from running is its status, not an error.
  ///
  /// - Throws: `Failure` if the run was stopped early, so that the study stops too.
  public func run(_ point: SweepPoint, _ settings: RunSettings) throws -> Status {
    if status(of: point) == .done { return .done }
    do {
      let scene = try read(point.overrides)
      var own = settings
      own.output = snapshot(of: point)
      let restart = String(snapshot(of: point).dropLast(3)) + ".restart.h5"
      own.continues = status(of: point) == .started && FileManager.default.fileExists(atPath: restart)
      own.overwrites = !own.continues
      own.sceneSource = scene.resolvedText
      var run = try Run(scene, own, library: library, source: source)
      if case .stoppedEarly(let reason) = try run.complete().ending {
        throw Failure(.stoppedEarly, "stopped at point \(point.number), as \(reason)", hint: "the same command goes on")
      }
      try Data().write(to: place(of: point).appending(path: "done"))
      return .done
    } catch let failure as Failure where failure.status != .stoppedEarly && failure.status != .outOfSpace {
      return .failed(failure.message)
    } catch let problems as Diagnostics {
      return .failed(problems.items.first?.message ?? "the scene is invalid")
    }
  }

  /// The table of all points: number, what is set, status, and the mean of each total over the second half of its log with the
  /// standard error; a total that is made of the whole log (`slope` …) is its last value, without an error.
  public func table(failures: [Int: String] = [:]) -> String {
    let scene = points.first.flatMap { try? read($0.overrides) }
    let overSeries = scene.flatMap { try? Plan($0, library: library) }?.totalsOverSeries ?? []
    let rows = points.map { (point: $0, totals: totals(of: $0, overSeries)) }
    var names: [String] = []
    for total in rows.flatMap(\.totals) where !names.contains(total.name) { names.append(total.name) }
    let keys = points.first?.settings.map(\.key) ?? []
    var lines = [["point"] + keys + ["status"] + names.flatMap { [$0, "\($0) error"] }]
    for (point, totals) in rows {
      let status = failures[point.number].map { Status.failed($0) } ?? status(of: point)
      let values = names.flatMap { name -> [String] in
        totals.first { $0.name == name }.map { ["\($0.mean)", $0.error.map { "\($0)" } ?? ""] } ?? ["", ""]
      }
      lines.append(["\(point.number)"] + point.settings.map(\.value) + [status.word] + values)
    }
    return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private func totals(of point: SweepPoint, _ overSeries: Set<String>) -> [(name: String, mean: Double, error: Double?)] {
    // A point that is missing or still open has no totals yet.
    guard let log = try? SnapshotReader(snapshot(of: point)).log() else { return [] }
    return log.compactMap { series in
      let values = series.values.filter(\.isFinite)
      guard series.width == 1, let last = values.last else { return nil }
      if overSeries.contains(series.name) { return (series.name, last, nil) }
      let (mean, error) = Summary.meanAndError(values.suffix(max(1, (values.count + 1) / 2)))
      return (series.name, mean, error)
    }
  }

  private static func quoted(_ text: String) -> String {
    text.contains { ",\"\r\n".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}
