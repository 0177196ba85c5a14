import ArgumentParser
import Foundation

/// The manual page of all commands, made from the table by which the command line is parsed.
struct Manual {
  /// The page in the language of man(7).
  let text: String

  /// The parts of the parser's table that a manual shows.
  private struct Table: Decodable { var command: Command }

  private struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
      var spelled: String { (kind == "long" ? "--" : "-") + name }
    }
    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
  }

  init() throws {
    let table = try JSONDecoder().decode(Table.self, from: Data(Mote._dumpHelp().utf8))
    let root = table.command
    var page = [".TH MOTE 1 \"\" \"mote \(Build.version)\"", ".SH NAME", "mote \\- \(Self.escaped(root.abstract ?? ""))"]
    page +=
      [".SH SYNOPSIS", ".B mote", "\\fIcommand\\fR [\\fIoptions\\fR]", ".SH DESCRIPTION"] + Self.verbatim(root.discussion ?? "")
    page.append(".SH COMMANDS")
    for command in root.subcommands ?? [] where command.shouldDisplay ?? true { page += Self.section(command, after: "mote") }
    let topics = [("EXIT STATUS", HelpTexts.exitStatus), ("ENVIRONMENT", HelpTexts.environment), ("SIGNALS", HelpTexts.signals)]
    for (title, text) in topics { page += [".SH \"\(title)\""] + Self.verbatim(text) }
    text = page.joined(separator: "\n") + "\n"
  }

  private static func section(_ command: Command, after parent: String) -> [String] {
    let name = "\(parent) \(command.commandName)"
    let arguments = (command.arguments ?? []).filter { $0.shouldDisplay && !["version", "help"].contains($0.valueName) }
    let positional = arguments.filter { $0.kind == "positional" }.map { argument in
      let word = "\\fI\(argument.valueName ?? "")\\fR" + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? "[\(word)]" : word
    }
    var lines = [
      ".SS \"\(name)\"", escaped(command.abstract ?? ""), ".PP",
      (["\\fB\(name)\\fR"] + positional + ["[\\fIoptions\\fR]"]).joined(separator: " "),
    ]
    for argument in arguments where argument.abstract != nil {
      lines += [".TP", head(of: argument), escaped(argument.abstract ?? "")]
    }
    lines += verbatim(command.discussion ?? "")
    let inner = (command.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
    return lines + inner.flatMap { section($0, after: name) }
  }

  private static func head(of argument: Argument) -> String {
    let names = (argument.names ?? []).map { "\\fB\(escaped($0.spelled))\\fR" }.joined(separator: ", ")
    if argument.kind == "flag" { return names }
    let value = "\\fI\(escaped(argument.valueName ?? ""))\\fR"
    return names.isEmpty ? value : "\(names) \(value)"
  }

  /// Lines that keep their breaks.
  private static func verbatim(_ text: String) -> [String] {
    text.isEmpty
      ? [] : [".PP", ".nf"] + text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) } + [".fi"]
  }

  /// Backslashes, hyphens that must stay, and dots at the start of a line mean something to man.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
