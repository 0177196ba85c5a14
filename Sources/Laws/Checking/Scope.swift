import Expressions

/// Where an expression stands, which decides what names mean.
struct Scope {
  /// The kinds of places that know different names.
  enum Place: String, Sendable {
    case propagate, waves, within, linked, longLinks, everywhere, cell, weight, neighbours, measure, world, declaration

    static let pairs: [Place] = [.within, .linked, .everywhere, .cell, .weight, .neighbours]

    /// As messages say it.
    var name: String {
      switch self {
      case .waves: "a pass with waves"
      case .longLinks: "a pass over links of three or four ends"
      case .world: "a condition of the step"
      case .measure, .propagate: rawValue
      case .declaration: "a declaration"
      default: "a pass with \(rawValue)"
      }
    }
  }

  var place: Place
  /// The role whose fields are known bare: of a member, of the link, or "world".
  var member: String?
  /// Roles of the ends, by `i` to `l` and by role name; a role "" with `anySpecies` may be of any.
  var ends: [String: End] = [:]
  /// Whether fields may be read bare here; outside the totals of a measure they may not.
  var readsMembers = true
  /// Whether totals over members may be taken here, and whether series of logged values may.
  var takesTotals = false, takesSeries = false
  var lets: [String: Binding] = [:]
  /// Names that are known here alone, as the arguments of a function.
  var locals: [String: ValueType] = [:]
  /// In checks all is dimensionless: only names and shapes count.
  var ignoresDimensions = false
  /// Whether `w` is a length, as for what a particle swept.
  var isSwept = false

  /// One end of a pair or link.
  struct End {
    var role: String
    /// The species is not known, nor are its own fields.
    var isAnySpecies = false
    /// Which end it is, `i` to `l`.
    var letter: String
  }

  /// Whether pairs of members are looked at.
  var isPair: Bool { !ends.isEmpty }
}

/// A field, memory or total that a pass reads or writes.
public struct Access: Sendable, Hashable {
  /// Name of the role, "world", or "memory".
  public var role: String
  /// Name of the field.
  public var name: String
  /// The end of a pair or link (`i` to `l`) whose field it is; "" for a member alone, a link itself, or the world.
  public var end: String
}
