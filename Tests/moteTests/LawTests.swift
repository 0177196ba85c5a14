import Foundation
import Testing

/// What the program shows of laws.
@Suite struct LawTests {
  @Test("The force of Lennard-Jones is derived, and its symmetry is found to be exact")
  func derivation() throws {
    let text = try Workplace().mote("law", "show", "lennard-jones").output
    #expect(text.contains("energy = 4*epsilon*(sigma^12/r^12 - sigma^6/r^6)"))
    #expect(text.contains("force on i = (48*epsilon*sigma^12/r^14 - 24*epsilon*sigma^6/r^8)*d"))
    #expect(text.contains("same when i and j are exchanged (exact)"))
  }

  @Test("A schedule shows kick, drift and kick as two loops around the forces")
  func schedule() throws {
    let text = try Workplace().mote("law", "show", "lennard-jones").output
    #expect(text.contains("schedule beside velocity-verlet:"))
    let step = text.components(separatedBy: "  step:\n").last?.split(separator: "\n").prefix(3) ?? []
    #expect(step.map { $0.contains("loop over particles") } == [true, false, true], "\(text)")
    #expect(step.dropFirst().first?.contains("forces") == true)
  }

  @Test("Every law that ships is shown, with its C if asked")
  func all() throws {
    let place = try Workplace()
    let names = try place.mote("law", "list").output.split(separator: "\n").compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    #expect(names.contains("morse"))
    for name in names { #expect(try place.mote("law", "show", name).status == 0, "\(name)") }
    #expect(try place.mote("law", "show", "morse", "--code").output.contains("exp"))
  }

  @Test("A law differs from another in the lines that differ, and not from itself")
  func difference() throws {
    let place = try Workplace()
    #expect(try place.mote("law", "diff", "morse", "morse").status == 0)
    let outcome = try place.mote("law", "diff", "lennard-jones", "soft-sphere")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("+     energy: epsilon*(sigma/r)^exponent"))
  }

  @Test("A law that does not exist is answered with the nearest")
  func missing() throws {
    let outcome = try Workplace().mote("law", "show", "lenard-jones")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("did you mean lennard-jones?"))
  }
}
