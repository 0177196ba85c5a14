import KernelTemplates

extension Plan {
  /// The C text of all kernels of single particles and totals.
  var memberText: String {
    let start = ["#include <math.h>\n", KernelTemplates.memberHeader, KernelTemplates.noise, KernelTemplates.members]
    return text(start, members.map(\.text) + totals.map(\.text))
  }

  /// What kernels use stands before them.
  private func text(_ start: [String], _ kernels: [String]) -> String {
    let matrices = kernels.contains { $0.contains("mote_matrix_") } ? [KernelTemplates.matrixHeader] : []
    return (start + matrices + kernels).joined(separator: "\n")
  }

  /// The C text of all passes over links.
  var meetingText: String {
    let start = [
      "#include <math.h>\n", KernelTemplates.memberHeader, KernelTemplates.meetingHeader, KernelTemplates.noise,
      KernelTemplates.members, KernelTemplates.meetings,
    ]
    return text(start, meetings.map(\.kernel.text))
  }

  /// All C texts of the plan, with what each is for; the lists of pairs have one of their own.
  public var texts: [(name: String, text: String)] {
    [("single particles", memberText)] + pairs.map { ($0.names.joined(separator: " + "), $0.kernel.text) }
      + (meetings.isEmpty ? [] : [("links", meetingText)])
      + everywhere.map { ("all pairs: \($0.name)", $0.kernel.text) }
      + measures.map { ("a measure of pairs", $0.kernel.text) }
  }
}
