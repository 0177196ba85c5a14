import Diagnostics
import Expressions

/// A law: a file of passes over species, as read. The types mirror the keys of the file one to one.
public struct Law: Sendable {
  /// Lower case, digits and hyphens; the file's name.
  public var name: String
  /// Where the formulas come from.
  public var source: String
  /// Box dimensions for which the law holds.
  public var dimensions: [Int] = [1, 2, 3]
  /// In the order of the file; a law without `species` has one nameless role, called "".
  public var roles: [Role] = []
  /// What the scene gives, or what has a default.
  public var parameters: [Parameter] = []
  /// Lists of numbers known by a name.
  public var constants: [Constant] = []
  /// Fields of the roles and of the world.
  public var fields: [FieldDeclaration] = []
  /// State of a pair that lives while the pair does.
  public var memory: [FieldDeclaration] = []
  /// Abbreviations of the whole law, put in place where they are used.
  public var lets: [Binding] = []
  /// The slot of other laws in which this one runs, if it names one.
  public var slot: String?
  /// Passes run once, when a run begins.
  public var start: [Item] = []
  /// Named lists of passes.
  public var parts: [String: [Item]] = [:]
  /// What a step does, in order.
  public var passes: [Item] = []
  /// Totals for the log.
  public var measures: [Measure] = []
  /// What the law promises.
  public var claims = Claims()
  /// Values at points.
  public var checks: [Check] = []
  /// Advice on what is to be learned.
  public var holes: [HoleAdvice] = []
  /// The text of the file, for snapshots and for `mote law show`.
  public var text: String
  /// The file's name, for messages.
  public var file: String
}

extension Law {
  /// The role of this name; "" is the nameless one.
  public func role(_ name: String) -> Role? { roles.first { $0.name == name } }

  /// The parameter of this name.
  public func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// The constant of this name.
  public func constant(_ name: String) -> Constant? { constants.first { $0.name == name } }

  /// The same messages with the lines of the law's file that they point at.
  public func completed(_ problems: Diagnostics) -> Diagnostics {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    return Diagnostics(problems.items.map { $0.location?.file == file ? YAMLDocument.completed($0, lines: lines) : $0 })
  }
}
