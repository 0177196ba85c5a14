import Expressions
import Laws

extension LawReport {
  static func binding(_ binding: Binding) -> String {
    "\(binding.name)\(binding.index.map { "[\($0)]" } ?? "") = \(binding.value.written)"
  }

  /// A pass and what stands in it, one line each.
  static func lines(of item: Item) -> [String] {
    switch item {
    case .propagate(let pass): ["propagate\(roles(pass.roles))"] + lines(of: pass).map { "  " + $0 }
    case .interact(let pass):
      ["interact \(text(pass.pairing))\(pass.images.map { ", images: \($0)" } ?? "")"] + lines(of: pass).map { "  " + $0 }
    case .measure(let measure): ["measure"] + measure.totals.map { "  " + binding($0) }
    case .forces(let forces): ["forces" + (forces.at.map { " at \($0.written)" } ?? "") + (forces.only.map { " of \($0)" } ?? "")]
    case .slot(let name): ["slot \(name)"]
    case .repeat(let loop): [head(of: loop)] + loop.passes.flatMap { lines(of: $0) }.map { "  " + $0 }
    case .use(let law, let bindings, _): ["use \(law)" + bindings.map { " \($0.0): \($0.1)" }.joined(separator: ",")]
    case .require(let condition): ["require \(condition.written)"]
    case .part(let name): ["part \(name)"]
    }
  }

  private static func roles(_ names: [String]) -> String {
    let named = names.filter { !$0.isEmpty }
    return named.isEmpty ? "" : " " + named.joined(separator: ", ")
  }

  private static func head(of loop: Repeat) -> String {
    let words = [
      loop.times.map { "\($0.written) times" }, loop.until.map { "until \($0.written)" },
      loop.limit.map { "at most \($0.written) times" }, loop.dt.map { "with dt \($0.written)" },
    ]
    return "repeat " + words.compactMap { $0 }.joined(separator: ", ")
  }

  private static func text(_ pairing: Pairing) -> String {
    switch pairing {
    case .within(let range): "within \(range.written)"
    case .linked(let name), .weight(let name), .cell(let name): "\(pairing.keyword) \(name)"
    case .neighbours(let offsets): "neighbours \(offsets.written)"
    case .everywhere(let accuracy): "everywhere \(accuracy.written)"
    }
  }

  private static func entry(_ key: String, _ value: Expression?) -> [String] { value.map { ["\(key): \($0.written)"] } ?? [] }

  private static func lines(of pass: Propagate) -> [String] {
    entry("where", pass.condition) + pass.lets.map { "let \(binding($0))" } + pass.assignments.map(binding)
      + pass.rates.map { "rate of \(binding($0))" } + entry("energy", pass.energy) + entry("force", pass.force)
      + entry("torque", pass.torque) + entry("remove", pass.remove) + pass.create.map { "create \($0.species)" }
      + entry("require", pass.require)
  }

  private static func lines(of pass: Interact) -> [String] {
    let sums = [
      ("sum", pass.sum), ("add", pass.add), ("min", pass.min), ("max", pass.max), ("rate of", pass.rate), ("memory", pass.memory),
    ]
    return entry("where", pass.condition) + pass.lets.map { "let \(binding($0))" } + entry("energy", pass.energy)
      + entry("force", pass.force) + entry("torque", pass.torque)
      + sums.flatMap { key, bindings in bindings.map { "\(key) \(binding($0))" } } + pass.link.map { "link \($0.links)" }
      + entry("unlink", pass.unlink) + entry("remove", pass.remove) + entry("require", pass.require)
  }
}
