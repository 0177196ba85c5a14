import ArgumentParser
import Scenes

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of scenes, for completion and checks in editors.",
    discussion: """
      A scene is checked while one types if its first line is
      `# yaml-language-server: $schema=mote.schema.json`.

      Examples:
        mote schema > mote.schema.json
        mote schema --markdown > scenes.md
      """)

  @Flag(help: "Print the reference of all keys instead, as Markdown.")
  var markdown = false

  func run() { print(markdown ? Scene.reference() : Scene.schema(), terminator: "") }
}
