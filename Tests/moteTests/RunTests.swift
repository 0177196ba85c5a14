import Foundation
import Testing

/// The way of a user from a scene to pictures and tables.
@Suite struct RunTests {
  @Test("A run writes a good snapshot, says what to type next, and leaves standard output empty")
  func run() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let outcome = try place.mote("run", "tiny.yaml")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("mote render tiny.h5"))
    #expect(try place.mote("verify", "tiny.h5").output == "tiny.h5: good\n")
  }

  @Test("A run in two parts gives the frames of one run, and another seed does not")
  func continuing() throws {
    let place = try Workplace.withRun()
    #expect(try place.mote("run", "tiny.yaml", "-o", "parts.h5", "--steps", "20", "-q").status == 0)
    #expect(try place.mote("run", "tiny.yaml", "-o", "parts.h5", "--continue", "-q").status == 0)
    #expect(try place.mote("show", "tiny.h5", "--diff", "parts.h5").output == "the same 5 frames\n")
    #expect(try place.mote("run", "tiny.yaml", "-o", "other.h5", "--set", "seed=2", "-q").status == 0)
    let differing = try place.mote("show", "tiny.h5", "--diff", "other.h5")
    #expect(differing.status == 1)
    #expect(differing.output.hasPrefix("frame 0"))
  }

  @Test("A run that is complete already says so, and --verbose tells of the step, its frames and checkpoints")
  func details() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let outcome = try place.mote("run", "tiny.yaml", "-o", "new/tiny.h5", "--verbose")
    #expect(outcome.status == 0, "\(outcome.errors)")
    for words in ["one loop over pairs: lennard-jones", "step 10: frame written to new/tiny.h5", "step 20: checkpoint"] {
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    let again = try place.mote("run", "tiny.yaml", "-o", "new/tiny.h5", "--continue")
    #expect(again.status == 0 && again.errors.contains("no steps were left to do"))
    #expect(!again.errors.contains("frame written"))
  }

  @Test("Particles that no law keeps inside a wall are told of; with such a law nobody is warned")
  func walls() throws {
    let place = try Workplace()
    func scene(_ laws: String) -> String {
      """
      units: reduced
      box: {size: [4], sides: wall}
      species: {A: {fields: {velocity: 1}, fill: {points: [[2]]}}}
      laws: {velocity-verlet: {}\(laws)}
      dt: 0.1
      steps: 30
      """
    }
    try place.write(scene(""), to: "lost.yaml")
    try place.write(scene(", wall-reflect: {wall: \"min(x.x, 4 - x.x)\"}"), to: "kept.yaml")
    let lost = try place.mote("run", "lost.yaml"), kept = try place.mote("run", "kept.yaml")
    #expect(lost.status == 0 && lost.errors.contains("beyond a wall of the box"), "\(lost.errors)")
    #expect(kept.status == 0 && !kept.errors.contains("beyond a wall"), "\(kept.errors)")
  }

  @Test("The scene that a snapshot keeps gives the same run again")
  func again() throws {
    let place = try Workplace.withRun()
    try place.write(try place.mote("show", "tiny.h5", "--scene").output, to: "again.yaml")
    #expect(try place.mote("run", "again.yaml", "-o", "again.h5", "-q").status == 0)
    #expect(try place.mote("show", "tiny.h5", "--diff", "again.h5").status == 0)
  }

  @Test("A scene from standard input runs as one from a file")
  func standardInput() throws {
    let place = try Workplace.withRun()
    #expect(try place.mote("run", "-", "-o", "piped.h5", "-q", input: Workplace.scene).status == 0)
    #expect(try place.mote("show", "tiny.h5", "--diff", "piped.h5").status == 0)
  }

  @Test("A dry run and check write nothing and tell particles, sizes and times")
  func checking() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    for arguments in [["run", "tiny.yaml", "--dry-run"], ["check", "tiny.yaml"]] {
      let outcome = try place.run(arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("108 atom") && outcome.output.contains("5 frames"))
    }
    #expect(!place.exists("tiny.h5"))
    let json = try place.mote("check", "tiny.yaml", "--json", "--ranks", "2").output
    let document = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(document["particles"] as? Int == 108)
    #expect(document["ranks"] as? Int == 2)
    // A hundred steps or so for a swing of an atom among its neighbours.
    let light = try #require(document["stepsPerPeriod"] as? Double)
    #expect((30...500).contains(light))
  }

  @Test("A heavier particle swings more slowly by the root of its mass")
  func stiffness() throws {
    let place = try Workplace()
    let heavy = Workplace.scene.replacing("  atom:\n", with: "  atom:\n    fields: {mass: 100}\n")
    try place.write(Workplace.scene, to: "light.yaml")
    try place.write(heavy, to: "heavy.yaml")
    let periods = try ["light.yaml", "heavy.yaml"].map { file in
      let json = Data(try place.mote("check", file, "--json").output.utf8)
      return try #require((try JSONSerialization.jsonObject(with: json) as? [String: Any])?["stepsPerPeriod"] as? Double)
    }
    #expect(abs(periods[1] / periods[0] - 10) < 2)
  }

  @Test("A long time step is warned of")
  func longStep() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    #expect(try place.mote("check", "tiny.yaml", "--set", "dt=0.02").output.contains("warning: the time step is long"))
    #expect(!(try place.mote("check", "tiny.yaml").output.contains("warning")))
    let hopeless = try place.mote("check", "tiny.yaml", "--set", "dt=1")
    #expect(hopeless.status == 5)
    #expect(hopeless.output.contains("the first steps blow up"))
  }

  @Test("A snapshot is described, for people and as JSON")
  func info() throws {
    let place = try Workplace.withRun()
    #expect(try place.mote("info", "tiny.h5").output.contains("particles    108"))
    let json = Data(try place.mote("info", "tiny.h5", "--json").output.utf8)
    let document = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(document["frames"] as? Int == 5)
    let log = try place.mote("show", "tiny.h5", "--log").output.split(whereSeparator: \.isNewline)
    #expect(log.count == 10, "a head and rows of steps 0, 5, … 40")
    #expect(log[0].hasPrefix("step,time,"))
    #expect(try place.mote("show", "tiny.h5", "--laws").output.contains("law: lennard-jones"))
  }

  @Test("What a scene expects is tested at its own end, and not before")
  func expectations() throws {
    let place = try Workplace()
    try place.write(Workplace.scene + "\nexpect: {temperature: {between: [100, 101]}}\n", to: "tiny.yaml")
    #expect(try place.mote("run", "tiny.yaml", "--steps", "10", "-q").status == 0)
    let whole = try place.mote("run", "tiny.yaml", "--force")
    #expect(whole.status == 1)
    #expect(whole.errors.contains("NOT as expected: temperature"))
  }
}
