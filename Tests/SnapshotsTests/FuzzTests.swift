import Diagnostics
import Foundation
import SampleFrames
import Testing
import World

@testable import Snapshots

/// Files of other programs with damage made by chance, the same on every machine; `MOTE_FUZZ=200000` runs that many.
@Suite("Damaged files of other programs")
struct FuzzTests {
  private static let count = ProcessInfo.processInfo.environment["MOTE_FUZZ"].flatMap { Int($0) } ?? 1000

  private static let data = """
    LAMMPS data file, units = real

    3 atoms
    2 atom types
    0.0 10.0 xlo xhi
    0.0 11.5 ylo yhi
    -1 9 zlo zhi

    Masses

    1 39.95 # argon
    2 83.8 # krypton

    Atoms # full

    1 1 1 0.5 1.0 2.0 3.0 0 0 0
    2 1 2 -0.5 4.0 5.0 6.0 0 -1 0
    7 2 1 0 9.5 1.0 0.0 1 0 0

    Velocities

    1 0.1 0.2 0.3
    2 0.0 -0.1 1e-3
    7 1 2 3

    """

  private static let pieces = [
    "", "-", "1", "0", "99999999999999999999", "1e400", "nan", "inf", "-1", " ", "\n", "\n\n", "\t", "\"", "=", ":", "#", "Atoms",
    "atoms", "Lattice=", "pos:R:3", "é", "\0", "\r\n", ":R:1000:", "4000000000", "T", "xlo xhi",
  ].map { Array($0.utf8) }

  private func damaged(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int.random(in: 0..<4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 0..<12, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)], at: place)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
      case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  @Test("LAMMPS data and extended XYZ are read or refused with a place, and what is read is whole")
  func texts() throws {
    let xyz = try (0..<2).map { String(decoding: try ExtendedXYZ().encode(SampleFrames().frame($0)), as: UTF8.self) }.joined()
    var random = Random(state: 11), readable = 0
    for number in 0..<Self.count {
      let isData = number % 2 == 0
      let text = String(decoding: damaged(Array((isData ? Self.data : xyz).utf8), &random), as: UTF8.self)
      do throws(Diagnostic) {
        let frames = try isData ? LAMMPSData().decode(text, file: "mutant") : ExtendedXYZ().decode(text, file: "mutant")
        readable += 1
        for frame in frames {
          #expect(frame.fields.allSatisfy { $0.values.count == $0.components * frame.count })
          #expect(frame.species.allSatisfy { frame.speciesNames.indices.contains(Int($0)) })
        }
      } catch {
        #expect(error.location != nil, "mutant \(number): \(error)")
      }
    }
    #expect(readable > Self.count / 20, "if nothing were read, the mutants would test the first lines alone")
  }

  @Test("STL files, binary and text, are read or refused", arguments: [true, false])
  func surfaces(isBinary: Bool) throws {
    let corners = (0..<18).map { Float($0 * $0 % 7) }
    var bytes = Array("solid a\n".utf8)
    if isBinary {
      bytes = [UInt8](repeating: 0, count: 80) + withUnsafeBytes(of: UInt32(2)) { Array($0) }
      for triangle in 0..<2 {
        let numbers: [Float] = [0, 0, 1] + corners[9 * triangle..<9 * triangle + 9]
        bytes += numbers.withUnsafeBytes { Array($0) } + [0, 0]
      }
    } else {
      for triangle in 0..<2 {
        bytes += Array("facet normal 0 0 1\nouter loop\n".utf8)
        for corner in 0..<3 {
          bytes += Array("vertex \(corners[9 * triangle + 3 * corner]) \(corner) 0.5\n".utf8)
        }
        bytes += Array("endloop\nendfacet\n".utf8)
      }
      bytes += Array("endsolid a\n".utf8)
    }
    try withTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder + "/a.stl")
      try Data(bytes).write(to: file)
      #expect(try Surface(stl: file.path).count == 2)
      var random = Random(state: 5)
      for _ in 0..<min(Self.count / 4, 5000) {
        try Data(damaged(bytes, &random)).write(to: file)
        do throws(Failure) {
          #expect(try Surface(stl: file.path).count > 0)
        } catch {
          #expect(error.status == .unreadableFile)
        }
      }
    }
  }
}
