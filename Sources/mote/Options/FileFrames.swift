import Diagnostics
import Expressions
import Foundation
import Scenes
import Snapshots
import World

/// Reads frames for fills: snapshots, extended XYZ, LAMMPS data.
struct FileFrames: FrameSource {
  private static let formats = ["h5", "xyz", "xyz metal", "data", "data lj", "data real", "data metal", "data si"]

  func frame(of file: URL, _ selection: FileFill.Selection, format: String?) throws -> Frame {
    let words = (format ?? Self.format(of: file)).split(separator: " ").map(String.init)
    let named = words.count > 1 ? words[1] : nil
    switch words.first {
    case "h5": return try snapshot(file, selection)
    case "xyz":
      var frame = try Self.choose(selection, from: try ExtendedXYZ().read(file.path), of: file)
      // Files of other programs do not say their units.
      if let named { frame.units = try Self.units(named) }
      return frame
    case "data":
      guard let style = named ?? Self.style(inTitleOf: file) else {
        throw Failure(
          .invalidScene, "\(file.lastPathComponent) does not say its units",
          hint: "format: data real, data metal, data lj or data si")
      }
      return try Self.choose(selection, from: try LAMMPSData(units: try Self.units(style)).read(file.path), of: file)
    default:
      throw Failure(
        .invalidScene, "\(file.lastPathComponent): its format is not known",
        hint: "format: one of \(Self.formats.joined(separator: ", "))")
    }
  }

  func surface(of file: URL) throws -> Surface { try Surface(stl: file.path) }

  private func snapshot(_ file: URL, _ selection: FileFill.Selection) throws(Failure) -> Frame {
    let reader = try SnapshotReader(file.path)
    return try reader.frame(at: try Self.index(selection, of: reader.frameCount, file))
  }

  private static func choose(_ selection: FileFill.Selection, from frames: [Frame], of file: URL) throws(Failure) -> Frame {
    frames[try index(selection, of: frames.count, file)]
  }

  private static func index(_ selection: FileFill.Selection, of count: Int, _ file: URL) throws(Failure) -> Int {
    let index =
      switch selection {
      case .first: 0
      case .last: count - 1
      case .index(let number): number
      }
    guard (0..<count).contains(index) else {
      throw Failure(
        .unreadableFile, "\(file.lastPathComponent) has \(count) frames, none of number \(index)", hint: "frame: last")
    }
    return index
  }

  /// By the ending, as programs write it.
  private static func format(of file: URL) -> String {
    switch file.pathExtension.lowercased() {
    case "hdf5", "h5md": "h5"
    case "extxyz": "xyz"
    case "lmp", "lammps": "data"
    case let other: other
    }
  }

  // MARK: Units of other programs

  /// Units by the names that LAMMPS has for them.
  private static func units(_ name: String) throws(Failure) -> UnitSystem {
    let known = ["lj": UnitSystem.reduced, "si": .si, "real": angstrom(time: 1e-15), "metal": angstrom(time: 1e-12)]
    guard let units = known[name] else {
      throw Failure(.invalidScene, "no units \(name) are known", hint: suggestion(for: name, among: Array(known.keys)))
    }
    return units
  }

  /// What `write_data` puts into the title: `units = real`.
  private static func style(inTitleOf file: URL) -> String? {
    guard let handle = try? FileHandle(forReadingFrom: file), let start = try? handle.read(upToCount: 512) else { return nil }
    let title = String(decoding: start, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
    let words = title.split { $0 == " " || $0 == "," || $0 == "=" }
    return words.firstIndex(of: "units").flatMap { words.indices.contains($0 + 1) ? String(words[$0 + 1]) : nil }
  }

  /// Ångström, dalton, elementary charge, and a unit of time in seconds.
  private static func angstrom(time: Double) -> UnitSystem {
    let dalton = 1.66053906892e-27, charge = 1.602176634e-19
    return UnitSystem(
      name: "custom", scales: [1e-10, dalton, time, charge / time, 1, 1, 1],
      symbols: ["Å", "u", time == 1e-15 ? "fs" : "ps", "1", "K", "1", "cd"])
  }
}
