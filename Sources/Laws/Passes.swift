import Diagnostics
import Expressions

/// One item of a list of passes.
public indirect enum Item: Sendable {
  case propagate(Propagate)
  case interact(Interact)
  case measure(Measure)
  case forces(Forces)
  case slot(String)
  case `repeat`(Repeat)
  case use(law: String, bindings: [(String, String)], location: SourceLocation?)
  case require(Expression)
  case part(String)
}

/// Every member of a species alone.
public struct Propagate: Sendable {
  /// Names of the roles that it runs over.
  public var roles: [String]
  /// `where`: members that fail it keep everything.
  public var condition: Expression?
  /// Abbreviations, evaluated once for each member.
  public var lets: [Binding] = []
  /// New values of fields; right-hand sides read old values.
  public var assignments: [Binding] = []
  /// What adds to time derivatives of fields.
  public var rates: [Binding] = []
  /// Energy of a member; minus its derivative by the position adds to the force.
  public var energy: Expression?
  /// What adds to the force.
  public var force: Expression?
  /// What adds to the torque.
  public var torque: Expression?
  /// Which members are taken away at the end of the pass.
  public var remove: Expression?
  /// Members that are made at the end of the pass.
  public var create: [Creation] = []
  /// What must hold for every member, or the run stops.
  public var require: Expression?
  /// Whether the pass runs on Fourier amplitudes.
  public var waves = false
  /// Where the pass stands.
  public var location: SourceLocation?
}

/// New members: of which species, how many, with which fields.
public struct Creation: Sendable {
  /// Name of the role.
  public var species: String
  /// How many; the fraction is a chance. One, if absent.
  public var number: Expression?
  /// Fields that do not follow from the parent.
  public var fields: [Binding]
  /// Where it stands.
  public var location: SourceLocation?
}

/// Who meets whom.
public enum Pairing: Sendable {
  case within(Expression)
  case linked(String)
  case weight(String)
  case neighbours(Expression)
  case cell(String)
  case everywhere(Expression)

  /// The key of the language.
  public var keyword: String {
    switch self {
    case .within: "within"
    case .linked: "linked"
    case .weight: "weight"
    case .neighbours: "neighbours"
    case .cell: "cell"
    case .everywhere: "everywhere"
    }
  }
}

/// Members in pairs.
public struct Interact: Sendable {
  /// `for`: roles of i; empty for links, whose ends are of any species.
  public var receivers: [String]
  /// `from`: roles of j.
  public var givers: [String]
  /// Who meets whom.
  public var pairing: Pairing
  /// `where`: pairs that fail it do not meet.
  public var condition: Expression?
  /// Abbreviations, evaluated once for each pair.
  public var lets: [Binding] = []
  /// Energy of a pair, counted once.
  public var energy: Expression?
  /// Force on i; j gets the opposite.
  public var force: Expression?
  /// Torque on i, seen from each end.
  public var torque: Expression?
  /// Fields that become the sum over the pairs.
  public var sum: [Binding] = []
  /// Fields that grow by the sum over the pairs.
  public var add: [Binding] = []
  /// Fields that become the least over the pairs.
  public var min: [Binding] = []
  /// Fields that become the greatest over the pairs.
  public var max: [Binding] = []
  /// What adds to time derivatives of fields.
  public var rate: [Binding] = []
  /// New values of the pair's memory, or of the link's own fields.
  public var memory: [Binding] = []
  /// Links that join i and j from the end of the pass on, with their fields.
  public var link: [(links: String, fields: [Binding])] = []
  /// Which links go at the end of the pass.
  public var unlink: Expression?
  /// Which i are taken away at the end of the pass.
  public var remove: Expression?
  /// What must hold for every pair, or the run stops.
  public var require: Expression?
  /// `react`: ends that vanish (`i`, `j`) and what is made.
  public var react: (remove: [String], create: [Creation])?
  /// Whether pairs act one after another.
  public var sequential = false
  /// Whether i meets itself, with r = 0.
  public var includesSelf = false
  /// Links whose ends do not meet.
  public var except: String?
  /// Displacement of the lattice in this pass.
  public var offset: Expression?
  /// Field that holds the position from which the particle went.
  public var swept: String?
  /// `none`, `energy` or `force`.
  public var shift: String?
  /// Radius where switching to zero begins.
  public var smooth: Expression?
  /// Whether the mean-field correction beyond the range is added.
  public var tail: Bool?
  /// `nearest` or `all` periodic images.
  public var images: String?
  /// Where the pass stands.
  public var location: SourceLocation?
}

/// Totals over members or pairs.
public struct Measure: Sendable {
  /// Names of the roles; empty if only totals and fields of the world are read.
  public var roles: [String]
  /// Roles of j, if there is a pairing.
  public var givers: [String]
  /// Who meets whom, if totals run over pairs.
  public var pairing: Pairing?
  /// `where`: members or pairs that fail it are not counted.
  public var condition: Expression?
  /// Abbreviations, evaluated once for each member or pair.
  public var lets: [Binding] = []
  /// Names with their totals.
  public var totals: [Binding]
  /// Where the measure stands.
  public var location: SourceLocation?
}

/// Where the scene's force laws run.
public struct Forces: Sendable {
  /// What `time` means in them; the start of the step, if absent.
  public var at: Expression?
  /// The group of force laws that run; all, if absent.
  public var only: String?
  /// Where it stands.
  public var location: SourceLocation?
}

/// Passes done several times, or until something holds.
public struct Repeat: Sendable {
  /// How often.
  public var times: Expression?
  /// What ends it, tested after each round.
  public var until: Expression?
  /// Rounds after which it ends anyway.
  public var limit: Expression?
  /// The sub-step.
  public var dt: Expression?
  /// What is done in each round.
  public var passes: [Item]
  /// Where it stands.
  public var location: SourceLocation?
}
