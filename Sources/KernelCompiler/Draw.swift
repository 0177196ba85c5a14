import Expressions

/// A random number that a kernel draws.
public struct Draw: Sendable {
  /// Its kind.
  public var noise: Graph.Noise
  /// Its place in the step and which component it is, as one number.
  public var place: Int
  /// Whether it is a component of a vector, which changes sign between the ends of a pair.
  public var isVector: Bool
  /// The other end of its pair where there are several.
  public var end: String
  /// C text of its parameter, for kinds that have one.
  public var argument: String?

  /// The name of the kind in C.
  var name: String {
    switch noise {
    case .uniform: "uniform"
    case .normal: "normal"
    case .chiSquared: "chi2"
    case .poisson: "poisson"
    }
  }

  /// What follows the other arguments of its function.
  var parameter: String { argument.map { ", \($0)" } ?? "" }

  /// C text of the number of a member.
  func ofMember(_ id: String) -> String { value("mote_counter(call->step, \(place), \(id))") }

  /// C text of the number of a pair, the same from both ends; that of a vector changes sign between them.
  func ofPair(_ i: String, _ j: String) -> String {
    "\(isVector ? "(\(i) < \(j) ? 1 : -1) * " : "")"
      + value("mote_pair_counter(call->step, \(place), (uint32_t)\(i), (uint32_t)\(j))")
  }

  /// C text of the number of a link between the ends i and j; that of a vector changes sign between them.
  func ofLink(_ id: String, between i: String, _ j: String) -> String {
    "\(isVector ? "(\(i) < \(j) ? 1 : -1) * " : "")\(ofMember(id))"
  }

  /// C text of the number of a pair whose ends have an order, and of one of several ways from the first to the second.
  func ofWay(_ way: Int, from first: String, to second: String) -> String {
    value("mote_way_counter(call->step, \(place), \(way), (uint32_t)(\(first)), (uint32_t)(\(second)))")
  }

  private func value(_ counter: String) -> String { "mote_\(name)(call->seed, \(counter)\(parameter))" }
}
