import ArgumentParser
import Diagnostics
import Foundation
import Snapshots

struct RepackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repack", abstract: "Copy a snapshot, thinner: fewer frames, fields or bits; parts become one file.",
    discussion: """
      Examples:
        mote repack argon.h5 -o small.h5 --every 10
        mote repack argon.h5 -o small.h5 --fields velocity --bits 20
      """)

  @Argument(help: "A snapshot.", completion: .file(extensions: ["h5"]))
  var file: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The snapshot to write.", valueName: "out.h5"))
  var output: String

  @Option(help: "Keep one frame of so many.")
  var every = 1

  @Option(help: ArgumentHelp("Fields to keep besides the position.", valueName: "a,b"))
  var fields: String?

  @Option(help: "Mantissa bits to keep of real fields, 1 to 52.")
  var bits: Int?

  @Flag(help: "Replace an existing file.")
  var force = false

  func validate() throws {
    if every < 1 { throw ValidationError("--every \(every): 1 or more") }
    if let bits, !(1...52).contains(bits) { throw ValidationError("--bits \(bits): 1 to 52") }
  }

  func run() throws {
    var repacking = Repacking()
    repacking.every = every
    repacking.fields = fields.map { Set($0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }) }
    repacking.bits = bits
    repacking.overwrites = force
    try Console.refuseOverwriting(output, force: force)
    let count = try repacking.copy(file, to: output)
    Console.say("written: \(output), \(count) frames")
  }
}
