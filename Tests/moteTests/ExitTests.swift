import Foundation
import Testing

/// Mistakes at the command line: their exit codes, and what is said about them.
@Suite struct ExitTests {
  @Test(
    "A mistake of the command line ends with 2 and says what to do",
    arguments: [
      (["rnu", "x.yaml"], "did you mean run"), (["run"], "Missing expected argument"), (["new", "--no-such"], "Unknown option"),
      (["show", "x.h5"], "--scene"), (["new", "argn"], "did you mean argon"),
      (["export", "x.h5", "--csv", "--pdf"], "Unknown option"),
      (["sweep", "x.yaml", "--set", "dt=lin(1,2)"], "lin(from, to, count)"), (["bench", "lk"], "did you mean lj"),
      (["help", "runn"], "did you mean run"), (["repack", "x.h5", "-o", "y.h5", "--bits", "60"], "1 to 52"),
      (["render", "x.h5", "-o", "movie.gif"], "frames/%05d.png"), (["check", "x.yaml", "--ranks", "0"], "1 or more"),
    ])
  func usage(_ arguments: [String], _ words: String) throws {
    let outcome = try Workplace().run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("Mistakes of a scene end with 3, all at once and with their places", arguments: ["check", "run", "compile"])
  func scene(_ command: String) throws {
    let place = try Workplace()
    try place.write(Workplace.scene.replacing("cutoff", with: "cutof").replacing("dt:", with: "dtt:"), to: "tiny.yaml")
    let outcome = try place.mote(command, "tiny.yaml")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("did you mean cutoff?") && outcome.errors.contains("tiny.yaml:12:1"), "\(outcome.errors)")
  }

  @Test("A scene that is not there ends with 4", arguments: ["check", "run", "compile"])
  func missingScene(_ command: String) throws {
    let outcome = try Workplace().mote(command, "nowhere.yaml")
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("there is no file nowhere.yaml"), "\(outcome.errors)")
  }

  @Test("A snapshot that is not there ends with 4, in the words of the system")
  func missingSnapshot() throws {
    let outcome = try Workplace().mote("info", "nowhere.h5")
    #expect(outcome.status == 4)
    #expect(outcome.errors == "error: cannot open nowhere.h5: No such file or directory\n")
  }

  @Test(
    "Under a launcher of several processes nothing runs, as each would run the whole scene",
    arguments: ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"], ["run", "sweep"])
  func launcher(_ variable: String, _ command: String) throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let arguments = [command, "tiny.yaml", "--set", "seed=1"]
    let outcome = try place.run(arguments, environment: [variable: "4"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("4 copies of mote") && outcome.errors.contains("--threads"), "\(outcome.errors)")
    #expect(!place.exists("tiny.h5") && !place.exists("tiny-sweep"))
    #expect(try place.run(arguments + ["-q"], environment: [variable: "1"]).status == 0)
  }

  @Test(
    "A file that is no snapshot ends with 4",
    arguments: [["info"], ["verify"], ["show", "--log"], ["export", "--xyz"], ["render", "-o", "a.png"]])
  func file(_ arguments: [String]) throws {
    let place = try Workplace()
    try place.write("no snapshot", to: "bad.h5")
    #expect(try place.run([arguments[0], "bad.h5"] + arguments.dropFirst()).status == 4)
    #expect(!place.exists("a.png"))
  }

  @Test("A scene whose particles sit in one another blows up with 5, and keeps its first frame")
  func blownUp() throws {
    let place = try Workplace()
    let fill = "fill: {points: [[1, 1, 1], [1.0001, 1, 1]]}"
    let scene = Workplace.scene.replacing("fill: {lattice: fcc, count: 108, density: 0.8}", with: fill)
      .replacing("box: {size: fit}", with: "box: {size: [8, 8, 8]}").replacing("shift: force", with: "shift: none")
    try place.write(scene, to: "hot.yaml")
    #expect(try place.mote("run", "hot.yaml", "-q").status == 5)
  }

  @Test("A time limit ends a run with 75 and a checkpoint from which it goes on")
  func timeLimit() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let stopped = try place.mote("run", "tiny.yaml", "--steps", "100000000", "--max-time", "0.2")
    #expect(stopped.status == 75)
    #expect(stopped.errors.contains("go on with:  mote run tiny.yaml --steps 100000000 --max-time 0.2 --continue\n"))
    #expect(place.exists("tiny.restart.h5"))
    #expect(try place.mote("verify", "tiny.h5").status == 0)
  }

  @Test("Nothing is overwritten without --force")
  func overwriting() throws {
    let place = try Workplace.withRun()
    let before = try place.data("tiny.h5")
    let again = try place.mote("run", "tiny.yaml")
    #expect(again.status == 1)
    #expect(again.errors.contains("--continue") && again.errors.contains("--force"))
    #expect(try place.mote("repack", "tiny.h5", "-o", "tiny.h5").status == 1)
    #expect(try place.mote("repack", "tiny.h5", "-o", "../\(place.folder.lastPathComponent)/tiny.h5", "--force").status == 1)
    #expect(try place.mote("export", "tiny.h5", "--csv", "-o", "tiny.yaml").status == 1)
    #expect(try place.mote("new", "argon", "-o", "tiny.yaml").status == 1)
    #expect(try place.data("tiny.h5") == before)
    #expect(try place.mote("run", "tiny.yaml", "--force", "-q").status == 0)
    try place.write("no snapshot", to: "tiny.h5")
    #expect(try place.mote("run", "tiny.yaml", "--force", "-q").status == 0, "whatever stands there")
  }
}
