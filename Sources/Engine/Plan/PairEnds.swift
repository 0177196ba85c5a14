import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Who meets whom in a pass over pairs: the roles of both ends, the range and the condition.
///
/// The loop sees each pair once, in any order. What holds seen from one end as from the other is `shared`; what does not is asked for
/// each end by itself (`own`).
struct PairEnds {
  /// Species of i and of j.
  let receivers: UInt64, givers: UInt64
  /// Pairs beyond it do not meet, whichever end asks.
  let range: NodeID
  /// Holds from both ends or from none; nil if it always does.
  let shared: NodeID?
  /// Holds if the one end is i and the other j; nil if both always are.
  let own: NodeID?
  /// Whether a member can be i and j of the pass.
  let overlap: Bool

  init(
    _ pass: Interact, _ use: LawUse, range text: Expression?, fields: FieldTable, _ lowering: inout Lowering
  ) throws(Diagnostic) {
    func mask(_ roles: [String]) -> UInt64 { roles.reduce(0) { $0 | fields.mask(of: use.roles[$1] ?? []) } }
    (receivers, givers) = (mask(pass.receivers), mask(pass.givers))
    overlap = receivers & givers != 0
    let seen = try text.map { (text) throws(Diagnostic) in try lowering.scalar(text) } ?? lowering.graph.constant(.infinity)
    let fromOther = lowering.graph.exchangingEnds(seen)
    var conditions: [NodeID] = []
    if seen == fromOther {
      range = seen
    } else {
      range = lowering.graph.pairwise(.maximum, seen, fromOther)
      let square = lowering.graph.input(Input(.distanceSquared)), reach = lowering.graph.power(seen, Rational(2))
      conditions.append(lowering.graph.compare(.less, square, reach))
    }
    if let text = pass.condition { conditions.append(try lowering.condition(text)) }
    let all = fields.everySpecies
    if receivers != all || givers != all {
      conditions.append(Self.member(receivers, "i", givers, "j", &lowering.graph))
    }
    var shared: NodeID?, own: NodeID?
    for condition in conditions {
      let isShared = lowering.graph.exchangingEnds(lowering.graph.number(condition)) == lowering.graph.number(condition)
      if isShared {
        shared = shared.map { lowering.graph.and($0, condition) } ?? condition
      } else {
        own = own.map { lowering.graph.and($0, condition) } ?? condition
      }
    }
    (self.shared, self.own) = (shared, own)
  }

  /// A value where the end is i, else zero.
  func asReceiver(_ value: NodeID, in graph: inout Graph) -> NodeID {
    guard let own else { return graph.number(value) }
    return graph.select(own, value, graph.constant(0))
  }

  /// That one end plays the first role and the other the second, either way round; nil if everybody plays both.
  static func players(_ receivers: UInt64, _ givers: UInt64, all: UInt64, in graph: inout Graph) -> NodeID? {
    guard receivers != all || givers != all else { return nil }
    let forward = member(receivers, "i", givers, "j", &graph), backward = member(receivers, "j", givers, "i", &graph)
    return graph.or(forward, backward)
  }

  private static func member(_ one: UInt64, _ i: String, _ other: UInt64, _ j: String, _ graph: inout Graph) -> NodeID {
    let first = membership(one, end: i, in: &graph), second = membership(other, end: j, in: &graph)
    return graph.condition(graph.multiply(first, second))
  }

  /// 1 for species of the mask, else 0: a table per species.
  static func membership(_ mask: UInt64, end: String, in graph: inout Graph) -> NodeID {
    graph.input(Input(.parameter, "\(membershipPrefix)\(mask)", end: end))
  }
  static let membershipPrefix = "species in "
}
