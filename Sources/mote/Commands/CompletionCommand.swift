import ArgumentParser

struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print a script by which a shell completes commands and options.",
    discussion: """
      Examples:
        mote completion bash > ~/.local/share/bash-completion/completions/mote
        mote completion zsh > ~/.zsh/completions/_mote
        mote completion fish > ~/.config/fish/completions/mote.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    print(Mote.completionScript(for: kind))
  }
}
