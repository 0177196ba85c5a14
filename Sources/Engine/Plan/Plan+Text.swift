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
    // All that a block gathers and gives stays in the nearest cache beside the members that it reads.
    let largest = meetings.map(\.kernel.numbersOfMeeting).max() ?? 0
    let start = [
      "#include <math.h>\n", KernelTemplates.memberHeader, KernelTemplates.meetingHeader, KernelTemplates.noise,
      KernelTemplates.members, "enum { MOTE_MEETINGS = \(largest > 48 ? 16 : 32) };\n", KernelTemplates.meetings,
    ]
    return text(start, meetings.map(\.kernel.text))
  }

  /// The C text of all passes over lattices.
  var latticeText: String {
    let start = [
      "#define _GNU_SOURCE\n#include <math.h>\n#include <stdlib.h>\n#include <string.h>\n", KernelTemplates.memberHeader,
      KernelTemplates.latticeHeader, KernelTemplates.noise, KernelTemplates.members, KernelTemplates.stencil,
      KernelTemplates.transfer, KernelTemplates.nodes, KernelTemplates.swept, KernelTemplates.cells, KernelTemplates.waves,
    ]
    return
      (start + stencils.map(\.kernel.text) + transfers.map(\.kernel.text) + cells.map(\.kernel.text) + waves.map(\.kernel.text))
      .joined(separator: "\n")
  }

  /// True if there are passes over lattices.
  var hasLatticePasses: Bool { !stencils.isEmpty || !transfers.isEmpty || !cells.isEmpty || !waves.isEmpty }

  /// All C texts of the plan, with what each is for; the lists of pairs have one of their own.
  public var texts: [(name: String, text: String)] {
    [("single particles", memberText)] + pairs.map { ($0.names.joined(separator: " + "), $0.kernel.text) }
      + (meetings.isEmpty ? [] : [("links", meetingText)]) + (hasLatticePasses ? [("lattices", latticeText)] : [])
      + everywhere.flatMap { group in group.kernels.map { ("all pairs: \(group.name)", $0.text) } }
      + (everywhere.contains { $0.images != nil } ? [("waves of all images", KernelTemplates.images)] : [])
      + measures.map { ("a measure of pairs", $0.kernel.text) }
  }
}
