import Foundation
import Testing

/// What the program says of itself; `MOTE_RENEW=1` writes the texts anew, to be read in review.
@Suite struct HelpTests {
  static let commands = [
    [], ["run"], ["check"], ["new"], ["info"], ["show"], ["verify"], ["repack"], ["export"], ["render"], ["plot"], ["fit"],
    ["sweep"],
    ["bench"],
    ["compile"], ["law"], ["law", "list"], ["law", "show"], ["law", "diff"], ["schema"], ["completion"], ["doctor"], ["help"],
  ]

  @Test("The help of a command is the text that was read in review", arguments: commands)
  func help(_ command: [String]) throws {
    let outcome = try Workplace().run(command + ["--help"])
    let name = (["mote"] + command).joined(separator: "-")
    let file = Workplace.sources.appending(path: "Help/\(name).txt")
    if ProcessInfo.processInfo.environment["MOTE_RENEW"] != nil {
      try outcome.output.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(outcome.status == 0)
    #expect(outcome.output == (try String(contentsOf: file, encoding: .utf8)))
    #expect(command.isEmpty || outcome.output.contains("Examples:"), "every command has examples")
  }

  @Test("The list of these tests has every command that the program has")
  func everyCommand() throws {
    let text = try Workplace().mote("--help").output
    let listed = text.components(separatedBy: "SUBCOMMANDS:\n").last ?? ""
    let names = listed.split(separator: "\n").compactMap { line -> String? in
      line.hasPrefix("  ") && !line.hasPrefix("   ") && !line.hasPrefix("  See")
        ? line.split(separator: " ").first.map(String.init) : nil
    }
    #expect(Set(names) == Set(Self.commands.compactMap(\.first)))
  }

  @Test("mote help COMMAND says what mote COMMAND --help says, but for the usage of helping")
  func helpCommand() throws {
    let place = try Workplace()
    let (one, other) = (try place.mote("help", "law", "show"), try place.mote("law", "show", "--help"))
    #expect(one.status == 0)
    #expect(
      one.output.contains("mote law show velocity-verlet --code") && other.output.contains("mote law show velocity-verlet --code")
    )
    #expect(try place.mote("help", "exit-status").output.contains("75"))
  }

  @Test("The manual names every command and the exit status")
  func manual() throws {
    let text = try Workplace().mote("help", "--man").output
    #expect(text.hasPrefix(".TH MOTE 1"))
    for command in Self.commands.compactMap(\.first) where command != "help" { #expect(text.contains(".SS \"mote \(command)\"")) }
    #expect(text.contains(".SH \"EXIT STATUS\""))
  }

  @Test(
    "Completion for each shell is a script for it",
    arguments: [("bash", "complete"), ("zsh", "#compdef mote"), ("fish", "complete -c 'mote'")])
  func completion(_ shell: String, _ word: String) throws {
    let outcome = try Workplace().mote("completion", shell)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains(word))
  }

  @Test("Keys of the scene on the command line complete --set")
  func keys() throws {
    let place = try Workplace()
    try place.write(Workplace.scene, to: "tiny.yaml")
    let words = ["mote", "run", "tiny.yaml", "--set", ""]
    let outcome = try place.run(["---completion", "run", "--", "--set", "4", "0"] + words)
    #expect(outcome.output.split(separator: "\n").contains("laws.lennard-jones.cutoff="), "\(outcome)")
  }

  @Test("The version as JSON is one document with version and commit")
  func version() throws {
    let outcome = try Workplace().mote("--version", "--json")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(document["version"] as? String == (try Workplace().mote("--version").output.trimmingCharacters(in: .newlines)))
    #expect((document["git"] as? String)?.count == 40)
  }
}
