import ArgumentParser

@main
struct Mote: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "mote", abstract: "A universal particle multiphysics simulator.")
}
