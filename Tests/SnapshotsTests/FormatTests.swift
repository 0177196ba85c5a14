import Diagnostics
import Expressions
import SampleFrames
import Testing
import World

@testable import Snapshots

/// What every format must do, whatever it is.
@Suite("Export formats")
struct FormatConformanceTests {
  static let formats = ExportFormats.builtins.map { $0.name }

  @Test("write frames of every kind, the same bytes every time", arguments: formats, kinds.indices)
  func everyKind(_ name: String, _ kind: Int) throws {
    let format = try ExportFormats.named(name).init(), frame = kinds[kind].frames.frame(1)
    let bytes = try format.encode(frame)
    #expect(!bytes.isEmpty)
    #expect(try format.encode(frame) == bytes)
  }

  @Test("show every particle: a frame with other positions gives other bytes", arguments: formats)
  func everyParticle(_ name: String) throws {
    let format = try ExportFormats.named(name).init(), frame = SampleFrames().frame(1)
    let bytes = try format.encode(frame)
    for index in [0, 61, 3 * frame.count - 1] {
      var other = frame
      other.fields[0].values[index] += 0.25
      #expect(try format.encode(other) != bytes)
    }
  }

  @Test("take a frame without particles", arguments: formats)
  func empty(_ name: String) throws {
    var frames = SampleFrames()
    frames.count = { _ in 0 }
    #expect(try !ExportFormats.named(name).init().encode(frames.frame(0)).isEmpty)
  }

  @Test("have different names, and an unknown one is answered with the nearest")
  func names() {
    #expect(Set(Self.formats).count == Self.formats.count)
    let failure = #expect(throws: Failure.self) { try ExportFormats.named("cvs") }
    #expect(failure?.hint.contains("csv") == true)
  }
}

@Suite("Extended XYZ")
struct ExtendedXYZTests {
  @Test("A trajectory comes back number by number", arguments: kinds.indices)
  func roundTrip(_ kind: Int) throws {
    let format = ExtendedXYZ(), frames = (0..<3).map { kinds[kind].frames.frame($0) }
    let text = try frames.map { String(decoding: try format.encode($0), as: UTF8.self) }.joined()
    let read = try format.decode(text, file: "run.xyz")
    #expect(read.map(\.step) == frames.map(\.step) && read.map(\.time) == frames.map(\.time))
    for (a, b) in zip(read, frames) {
      #expect(
        a.box == b.box && a.units == b.units && a.ids == b.ids && a.species == b.species && a.speciesNames == b.speciesNames)
      #expect(a.fields.map(\.name) == b.fields.map(\.name) && a.fields.map(\.values) == b.fields.map(\.values))
      #expect(a.fields.map(\.isStatic) == b.fields.map(\.isStatic))
    }
  }

  @Test("A file of another program: no ids, forces under their usual name, rows in any order")
  func foreign() throws {
    let text = """
      2
      Lattice="4.0 0 0 0 5.0 0 0 0 6.0" Properties=species:S:1:pos:R:3:forces:R:3:fixed:L:1 pbc="T F T" energy=-1.5
      Ar 1 2 3 0.1 0.2 0.3 T
      Kr 3.5 1e-1 2 0 0 0 F
      """
    let frame = try #require(try ExtendedXYZ().decode(text, file: "a.xyz").first)
    #expect(frame.box == Box(origin: [0, 0, 0], lengths: [4, 5, 6], sides: [.periodic, .open, .periodic]))
    #expect(frame.speciesNames == ["Ar", "Kr"] && frame.fields.map(\.name) == ["position", "force", "fixed"])
    #expect(frame.fields[0].values == [1, 2, 3, 3.5, 0.1, 2] && frame.fields[2].values == [1, 0])
  }

  @Test(
    "Mistakes are told with their line",
    arguments: [
      ("x\n", 1, "no integer"), ("2\nLattice=\"1 0 0 0 1 0 0 0 1\"\nAr 1 2 3\n", 3, "file ends"),
      ("1\nnothing\nAr 0 0 0\n", 2, "Lattice"),
      ("1\nLattice=\"1 0 0 0 1 0 0 0 1\"\nAr 0 zero 0\n", 3, "'zero' is no number"),
      ("1\nLattice=\"1 0 0 0 1 0 0 0 1\"\nAr 0 0\n", 3, "3 words"), ("-1\n\n", 1, "cannot have -1"),
      ("1\nLattice=\"1 1 0 0 1 0 0 0 1\"\nAr 0 0 0\n", 2, "right angles"),
      ("1\nLattice=\"1 0 0 0 1 0 0 0 1\" Properties=species:S:1:pos:R:x\nAr 0 0 0\n", 2, "pos:R:x"),
    ])
  func mistakes(_ text: String, _ line: Int, _ words: String) {
    let mistake = #expect(throws: Diagnostic.self) { try ExtendedXYZ().decode(text, file: "a.xyz") }
    #expect(mistake?.message.contains(words) == true && mistake?.location?.line == line)
  }
}

@Suite("LAMMPS data files")
struct LAMMPSDataTests {
  static let header = "a liquid\n\n2 atoms\n2 atom types\n\n0.0 10.0 xlo xhi\n-1 4 ylo yhi # depth\n0 6.5 zlo zhi\n\n"

  @Test(
    "Styles atomic, charge and full, with and without image flags",
    arguments: [
      ("Atoms # atomic", "2 1 1.5 2 3\n1 2 0 0 0", false, false), ("Atoms", "2 1 1.5 2 3 0 1 -1\n1 2 0 0 0 0 0 0", false, true),
      ("Atoms # charge", "2 1 -0.5 1.5 2 3\n1 2 0.5 0 0 0", true, false),
      ("Atoms # full", "2 7 1 -0.5 1.5 2 3\n1 7 2 0.5 0 0 0", true, false),
      ("Atoms", "2 7 1 -0.5 1.5 2 3 0 1 -1\n1 7 2 0.5 0 0 0 0 0 0", true, true),
    ])
  func styles(_ title: String, _ rows: String, _ hasCharge: Bool, _ hasImage: Bool) throws {
    let text =
      Self.header
      + "Masses\n\n1 39.95 # argon\n2 83.8\n\n\(title)\n\n\(rows)\n\nVelocities\n\n2 1 2 3\n1 4 5 6\n\nBonds\n\n1 1 1 2\n"
    let frame = try #require(try LAMMPSData(units: .molecular).decode(text, file: "a.data").first)
    #expect(frame.box == Box(origin: [0, -1, 0], lengths: [10, 5, 6.5], sides: [.periodic, .periodic, .periodic]))
    #expect(frame.ids == [1, 2] && frame.species == [1, 0] && frame.speciesNames == ["argon", "type2"])
    #expect(frame[field: "position"]?.values == [0, 0, 0, 1.5, 2, 3] && frame[field: "velocity"]?.values == [4, 5, 6, 1, 2, 3])
    #expect(frame[field: "mass"]?.values == [83.8, 39.95])
    #expect(frame[field: "charge"]?.values == (hasCharge ? [0.5, -0.5] : nil))
    #expect(frame[field: "image"]?.values == (hasImage ? [0, 0, 0, 0, 1, -1] : nil))
  }

  @Test(
    "Mistakes are told with their line",
    arguments: [
      (header + "Atoms\n\n1 1 0 0\n", 12, "4 columns"), (header + "Atoms\n\n1 1 0 0 0\n", 13, "1 atoms in the section"),
      (header + "Atoms\n\n1 1 0 0 0\n1 1 0 0 0\n", 14, "two atoms have the id 1"),
      (header + "Atoms\n\n1 3 0 0 0\n2 1 0 0 0\n", 14, "has type 3"), ("t\n\n1 atoms\nAtoms\n", 3, "no box"), ("", 1, "a title"),
    ])
  func mistakes(_ text: String, _ line: Int, _ words: String) {
    let mistake = #expect(throws: Diagnostic.self) { try LAMMPSData().decode(text, file: "a.data") }
    #expect(mistake?.message.contains(words) == true, "\(String(describing: mistake))")
    #expect(mistake?.location.map { abs($0.line - line) <= 1 } == true)
  }

  @Test("No mutation of a file crashes a reader")
  func mutations() {
    let atoms = Array((Self.header + "Masses\n\n1 39.95\n2 1\n\nAtoms # charge\n\n2 1 -0.5 1.5 2 3\n1 2 0.5 0 0 0\n").utf8)
    let frame = Array(
      "2\nLattice=\"4 0 0 0 5 0 0 0 6\" Properties=species:S:1:pos:R:3:id:I:1 pbc=\"T F T\"\nA 1 2 3 4\nB 1 2 3 5\n".utf8)
    var random = Random(state: 9), refused = 0
    let interesting = Array("\n \"'=:#-.0123456789exT".utf8)
    for round in 0..<4000 {
      var bytes = round.isMultiple(of: 2) ? atoms : frame
      for _ in 0..<1 + Int(random.next() % 4) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(interesting[Int(random.next() % UInt64(interesting.count))], at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 20)))
        }
        if bytes.isEmpty { bytes = [10] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        _ = round.isMultiple(of: 2) ? try LAMMPSData().decode(text, file: "a") : try ExtendedXYZ().decode(text, file: "a")
      } catch {
        refused += 1
      }
    }
    #expect(refused > 1000)
  }
}
