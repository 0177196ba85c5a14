import Diagnostics
import Expressions

/// The elementary values; each says what is wrong with a text, with the key and what would be right.
extension SceneReader {
  /// A number in units of the run with its dimension, whatever that is.
  mutating func value(_ tree: Tree, key: String) -> (number: Double, dimension: Dimension)? {
    guard let parsed = parsedQuantity(tree, key: key, wanted: "a quantity", example: "0.34 nm") else { return nil }
    if units.isReduced, !parsed.dimension.isOne {
      report.error("\(key): the scene's units are reduced, so a pure number is wanted", at: tree)
      return nil
    }
    return (parsed.value / units.scale(of: parsed.dimension), parsed.dimension)
  }

  /// A number in units of the run that has one of these dimensions; with reduced units, a pure number.
  mutating func quantity(_ tree: Tree, _ kinds: [KeyDimension], _ sign: Sign, key: String) -> Double? {
    guard !kinds.contains(.any) else { return value(tree, key: key).flatMap { signed($0.number, sign, tree, key: key) } }
    let allowed = kinds.compactMap { $0.dimension(space: space) }
    let wanted = kinds.map { $0 == .one ? "number" : $0.rawValue }.joined(separator: " or ")
    return quantity(tree, allowed, wanted: wanted, example: kinds.first?.example ?? "", sign, key: key)?.number
  }

  /// As above, for dimensions that are no key's own (parameters of laws).
  mutating func quantity(
    _ tree: Tree, _ allowed: [Dimension], wanted: String, example: String, _ sign: Sign = .any, key: String
  ) -> (number: Double, dimension: Dimension)? {
    guard let parsed = parsedQuantity(tree, key: key, wanted: wanted, example: units.isReduced ? "1.5" : example) else {
      return nil
    }
    if units.isReduced {
      guard parsed.dimension.isOne else {
        report.error(
          "\(key): the scene's units are reduced, so a pure number is wanted", hint: "leave the unit out, or take away units",
          at: tree)
        return nil
      }
      return signed(parsed.value, sign, tree, key: key).map { ($0, allowed.first ?? .one) }
    }
    let dimension = parsed.value == 0 && parsed.dimension.isOne ? allowed.first ?? .one : parsed.dimension
    guard allowed.contains(dimension) else {
      reportDimension(tree, parsed, wanted: wanted, allowed, example: example, key: key)
      return nil
    }
    return signed(parsed.value / units.scale(of: dimension), sign, tree, key: key).map { ($0, dimension) }
  }

  private mutating func parsedQuantity(_ tree: Tree, key: String, wanted: String, example: String) -> Quantity? {
    guard tree.scalar != nil, !tree.isEmptyScalar else {
      report.error("\(key): expected \(wanted), found \(tree.kindName)", hint: "such as \(key): \(example)", at: tree)
      return nil
    }
    do {
      return try Units.parse(tree.sourceText)
    } catch {
      var error = error
      error.message = "\(key): \(error.message)"
      if error.hint.isEmpty { error.hint = "such as \(key): \(example)" }
      report.add(error)
      return nil
    }
  }

  private mutating func reportDimension(
    _ tree: Tree, _ found: Quantity, wanted: String, _ allowed: [Dimension], example: String, key: String
  ) {
    if found.dimension.isOne {
      report.error(
        "\(key): \(found.text) has no unit, expected \(wanted)",
        hint: "such as \(key): \(example); or say units: {system: reduced} for pure numbers", at: tree)
    } else {
      let energy = KeyDimension.energy.dimension(space: space), isTemperature = found.dimension == Dimension(temperature: 1)
      let hint =
        isTemperature && allowed.contains { $0 == energy }
        ? "kB times a temperature is an energy: \(found.text.replacing(" K", with: " kB K"))" : "such as \(key): \(example)"
      report.error("\(key): expected \(wanted), found \(found.dimension.described(space: space))", hint: hint, at: tree)
    }
  }

  private mutating func signed(_ number: Double, _ sign: Sign, _ tree: Tree, key: String) -> Double? {
    guard number.isFinite, sign == .any || number > 0 || (sign == .notNegative && number == 0) else {
      report.error("\(key): must be \(sign == .positive ? "greater than 0" : "0 or greater")", at: tree)
      return nil
    }
    return number
  }

  /// The items of a list, or of a list with one unit for all such as `[1, 2, 3] nm`.
  func items(_ tree: Tree) -> [Tree]? {
    if let list = tree.list { return list }
    guard let text = tree.scalar, text.first == "[", let close = text.firstIndex(of: "]") else { return nil }
    let unit = text[text.index(after: close)...]
    var column = tree.sourceText.start.column + 1
    return text[text.index(after: text.startIndex)..<close].split(separator: ",", omittingEmptySubsequences: false).map { part in
      var location = tree.location
      location.column = column + part.prefix { $0 == " " }.count
      column += part.count + 1
      return .scalar(String(part.drop { $0 == " " }) + unit, at: location)
    }
  }

  /// Numbers in units of the run, one for each dimension of the box.
  mutating func vector(_ tree: Tree, _ kinds: [KeyDimension], key: String) -> [Double]? {
    // What is no list of one to three is reported by the check against the table.
    guard let list = items(tree), (1...3).contains(list.count) else { return nil }
    guard list.count == space else {
      report.error("\(key): expected a list of \(space), one for each dimension of the box, found \(list.count)", at: tree)
      return nil
    }
    let numbers = list.compactMap { quantity($0, kinds, .any, key: key) }
    return numbers.count == space ? numbers : nil
  }

  mutating func integer(_ tree: Tree, _ range: ClosedRange<Int>, key: String) -> Int? {
    let text = tree.scalar ?? ""
    // 2e4 is how people write round numbers of steps.
    let number = Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    guard let number, range.contains(number) else {
      let bound =
        range.upperBound == Int.max ? "\(range.lowerBound) or greater" : "from \(range.lowerBound) to \(range.upperBound)"
      report.error("\(key): expected a whole number \(bound), found \(tree.kindName)", at: tree)
      return nil
    }
    return number
  }

  mutating func word(_ tree: Tree, _ words: [String], key: String) -> String? {
    guard let text = tree.scalar, words.contains(text) else {
      let near = tree.scalar.map { nearestNames(to: $0, among: words) } ?? []
      let hint = near.isEmpty ? "" : "did you mean \(near[0])?"
      report.error("\(key): expected \(words.joined(separator: ", ")), found \(tree.kindName)", hint: hint, at: tree)
      return nil
    }
    return text
  }

  mutating func flag(_ tree: Tree, key: String) -> Bool? {
    switch tree.scalar {
    case "true", "yes": return true
    case "false", "no": return false
    default:
      report.error("\(key): expected true or false, found \(tree.kindName)", at: tree)
      return nil
    }
  }

  mutating func expression(_ tree: Tree) -> Expression? {
    guard tree.scalar != nil, !tree.isEmptyScalar else {
      report.error("expected an expression, found \(tree.kindName)", at: tree)
      return nil
    }
    do {
      return try Expression.parse(tree.sourceText)
    } catch {
      report.add(error)
      return nil
    }
  }
}
