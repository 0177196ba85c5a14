import ArgumentParser
import Diagnostics
import Foundation
import Laws

struct LawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "law", abstract: "List laws, and show every stage that the compiler makes of one.",
    discussion: """
      Examples:
        mote law list
        mote law show lennard-jones
        mote law show my-law.yaml --code
        mote law diff lennard-jones my-law.yaml
      """,
    subcommands: [List.self, Show.self, Difference.self])

  /// A law by its name, or from the file of a path; laws that it uses may lie beside it.
  static func report(on name: String) throws(Diagnostics) -> LawReport {
    var library = Build.library()
    guard name.contains("/") || name.hasSuffix(".yaml") else {
      return LawReport(try library.law(named: name), library: library)
    }
    let file = URL(fileURLWithPath: name)
    library.folders.insert(file.deletingLastPathComponent(), at: 0)
    return LawReport(try Law.read(text: try LawLibrary.text(of: file), file: name), library: library)
  }
}

extension LawCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Names and sources of the laws that a scene finds by name.",
      discussion: """
        Examples:
          mote law list
        """)

    func run() throws {
      let library = Build.library()
      let width = library.names.map(\.count).max() ?? 0
      for name in library.names {
        let law = try library.law(named: name)
        print(name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + law.source)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Roles, parameters, passes, derived force, symmetry and schedule of a law.",
      discussion: """
        Examples:
          mote law show lennard-jones
          mote law show velocity-verlet --code
        """)

    @Argument(help: "A law's name, or the path of its file.")
    var law: String

    @Flag(help: "Print the C of its kernels too.")
    var code = false

    func run() throws {
      let report = try LawCommand.report(on: law)
      print((try report.declared() + report.compiled(withCode: code)).joined(separator: "\n"))
    }
  }

  struct Difference: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff", abstract: "What one law says and another does not; ends with 0 if they say the same, with 1 if not.",
      discussion: """
        Examples:
          mote law diff lennard-jones my-law.yaml
        """)

    @Argument(help: "A law's name, or the path of its file.")
    var first: String

    @Argument(help: "The other law.")
    var second: String

    func run() throws {
      let (old, new) = try (lines(of: first), lines(of: second))
      let changes = new.difference(from: old)
      if changes.isEmpty { return }
      for change in changes.removals { if case .remove(_, let line, _) = change { print("- \(line)") } }
      for change in changes.insertions { if case .insert(_, let line, _) = change { print("+ \(line)") } }
      throw ExitCode(ExitStatus.failed.rawValue)
    }

    /// What a law says, without its name and comments.
    private func lines(of name: String) throws -> [String] {
      try LawCommand.report(on: name).declared().dropFirst(2).map { $0 }
    }
  }
}
