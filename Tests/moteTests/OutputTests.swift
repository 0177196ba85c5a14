import Foundation
import Testing

/// What becomes of a snapshot: pictures, other formats, thinner copies, tables of studies.
@Suite struct OutputTests {
  @Test("A picture is a PNG of the size asked for")
  func picture() throws {
    let place = try Workplace.withRun()
    let outcome = try place.mote("render", "tiny.h5", "-o", "tiny.png", "--size", "160x90", "--color", "velocity")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let header = [UInt8](try place.data("tiny.png").prefix(24))
    #expect(Array(header[1...3]) == Array("PNG".utf8))
    #expect(Array(header[16...]) == [0, 0, 0, 160, 0, 0, 0, 90])
  }

  @Test(
    "A plot shows the log, the ends of runs over a value of their scenes, and members of frames",
    arguments: [
      ["-x", "time", "-y", "temperature", "--curve", "one: 0*x + 1", "--logarithmic", "y"],
      ["--of", "runs", "-x", "laws.lennard-jones.epsilon", "-y", "temperature"],
      ["--of", "atom", "-x", "position.x", "-y", "speed: norm(velocity)", "--frames", "0:5:2", "--where", "position.y > 1"],
    ])
  func plot(_ words: [String]) throws {
    let place = try Workplace.withRun()
    let outcome = try place.run(["plot", "tiny.h5", "-o", "tiny.png", "--size", "160x120"] + words)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(Array([UInt8](try place.data("tiny.png").prefix(24))[16...]) == [0, 0, 0, 160, 0, 0, 0, 120])
    #expect(try place.run(["plot", "tiny.h5", "-o", "tiny.png"] + words).status == 1, "an existing picture is kept")
    let mistake = try place.mote("plot", "tiny.h5", "-o", "no.png", "-x", "time", "-y", "temprature")
    let axes = ["-x", "time", "-y", "temperature", "--logarithmic", "z"]
    #expect(try place.run(["plot", "tiny.h5", "-o", "no.png"] + axes).status == 2)
    #expect(mistake.status == 3 && mistake.errors.contains("temperature") && !place.exists("no.png"), "\(mistake)")
  }

  @Test("A sequence has a picture of each frame that was chosen")
  func sequence() throws {
    let place = try Workplace.withRun()
    #expect(try place.mote("render", "tiny.h5", "-o", "f/%03d.png", "--size", "64x64", "--frames", "0:5:2", "-q").status == 0)
    #expect(["f/000.png", "f/001.png", "f/002.png"].allSatisfy { place.exists($0) } && !place.exists("f/003.png"))
    #expect(try place.mote("render", "tiny.h5", "-o", "g.png", "--frames", "9").status == 2)
  }

  @Test("Every format holds all particles")
  func export() throws {
    let place = try Workplace.withRun()
    #expect(try place.mote("export", "tiny.h5", "--xyz").status == 0)
    let frames = String(decoding: try place.data("tiny.xyz"), as: UTF8.self).split(separator: "\n").count { $0 == "108" }
    #expect(frames == 5)
    #expect(try place.mote("export", "tiny.h5", "--csv", "-o", "-").output.split(whereSeparator: \.isNewline).count == 109)
    #expect(try place.mote("export", "tiny.h5", "--vtp", "-o", "v/%02d.vtp", "--frames", "0:2").status == 0)
    #expect(place.exists("v/00.vtp") && place.exists("v/01.vtp") && !place.exists("v/02.vtp"))
    #expect(try place.mote("export", "tiny.h5", "--ply", "--frames", "all").status == 2, "a file of PLY holds one frame")
    #expect(try place.mote("export", "tiny.h5", "--xdmf").status == 0)
    #expect(String(decoding: try place.data("tiny.xdmf"), as: UTF8.self).contains("tiny.h5"))
  }

  @Test("The last frame of a run, as a snapshot or as extended XYZ, starts the next", arguments: ["tiny.h5", "tiny.xyz"])
  func chain(_ file: String) throws {
    let place = try Workplace.withRun()
    #expect(try place.mote("export", "tiny.h5", "--xyz").status == 0)
    let scene = Workplace.scene.replacing("fill: {lattice: fcc, count: 108, density: 0.8}", with: "fill: {file: \(file)}")
      .replacing("    velocities: {temperature: 1}\n", with: "").replacing(
        "box: {size: fit}", with: "box: {size: [5.13, 5.13, 5.13]}")
    try place.write(scene, to: "next.yaml")
    let outcome = try place.mote("run", "next.yaml", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let last = try place.mote("export", "tiny.h5", "--csv", "-o", "-").output
    let first = try place.mote("export", "next.h5", "--csv", "-o", "-", "--frames", "first").output
    func x(_ text: String) -> [Double] {
      text.split(whereSeparator: \.isNewline).dropFirst().compactMap { Double($0.split(separator: ",")[2]) }
    }
    #expect(zip(x(last), x(first)).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test("A thinner copy is good and holds what was kept")
  func repack() throws {
    let place = try Workplace.withRun()
    #expect(try place.mote("repack", "tiny.h5", "-o", "small.h5", "--every", "2", "--fields", "velocity").status == 0)
    #expect(try place.mote("verify", "small.h5").status == 0)
    #expect(try place.mote("info", "small.h5").output.contains("frames       3"))
  }

  @Test("A study runs every point once, lists what came out, and refuses a folder of another study")
  func sweep() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let arguments = ["sweep", "tiny.yaml", "--set", "dt=lin(0.002, 0.004, 2)", "--set", "seed=1,2", "-q"]
    #expect(try place.run(arguments).status == 0)
    let table = String(decoding: try place.data("tiny-sweep/sweep.csv"), as: UTF8.self)
    let rows = table.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(rows.count == 5 && rows[0].prefix(4) == ["point", "dt", "seed", "status"])
    #expect(rows.dropFirst().allSatisfy { $0[3] == "done" } && rows[4].prefix(3) == ["4", "0.004", "2"])
    let before = try place.data("tiny-sweep/point-1/run.h5")
    #expect(try place.run(arguments).status == 0)
    #expect(try place.data("tiny-sweep/point-1/run.h5") == before, "a point that is done is not run again")
    #expect(try place.mote("sweep", "tiny.yaml", "--set", "dt=0.001,0.002").status == 1)
    #expect(try place.mote("sweep", "tiny.yaml", "--set", "dt=0.001,fast", "-o", "new").status == 3)
    #expect(!place.exists("new"), "no point runs if one is invalid")
  }

  @Test("For Slurm, scenes are written and the line that submits all points is printed")
  func slurm() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let outcome = try place.mote("sweep", "tiny.yaml", "--set", "seed=1,2,3", "--slurm")
    #expect(outcome.output.hasPrefix("sbatch --array=1-3 "))
    #expect(place.exists("tiny-sweep/point-3/scene.yaml") && !place.exists("tiny-sweep/point-3/run.h5"))
    #expect(try place.mote("sweep", "tiny.yaml", "--set", "seed=1,2,3", "--point", "2", "-q").status == 0)
    #expect(place.exists("tiny-sweep/point-2/run.h5") && !place.exists("tiny-sweep/point-1/run.h5"))
  }

  @Test("A benchmark prints one line of JSON with the keys that scripts read")
  func bench() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let line = try place.mote("bench", "tiny.yaml", "--seconds", "0.1", "--json").output
    #expect(line.split(separator: "\n").count == 1)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    for key in ["case", "particles", "steps", "seconds", "particle_steps_per_second", "threads", "precision"] {
      #expect(document[key] != nil, "\(key)")
    }
    #expect(try place.mote("bench").output.split(separator: "\n").contains("lj"))
  }
}
