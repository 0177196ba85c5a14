import ArgumentParser
import Engine
import Foundation

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile", abstract: "Compile the kernels of a scene ahead of time, for machines without a compiler.",
    discussion: """
      The kernels lie in ~/.cache/mote/kernels, or where MOTE_TMPDIR says; a later
      run of the scene finds them there. They fit the processor that they were
      compiled on.

      Examples:
        mote compile Scenes/argon.yaml
        MOTE_TMPDIR=/shared/kernels mote compile Scenes/argon.yaml
      """)

  @OptionGroup var scene: SceneOptions

  func run() throws {
    let read = try scene.read()
    for kernel in try Plan(read, library: scene.library).compile(for: read) { print("\(kernel.name): \(kernel.file)") }
  }
}
