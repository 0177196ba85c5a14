import Diagnostics
import Expressions
import Laws

/// Functions that a scene gives: a formula, points, or a table file.
extension ParameterResolver {
  mutating func functions(_ parameter: ParameterForm, _ given: Tree) -> [Function]? {
    let isPerEach =
      parameter.per != nil && given.pairs != nil && given["formula"] == nil && given["table"] == nil && given["points"] == nil
    guard isPerEach else {
      guard let one = function(parameter, given) else { return nil }
      return Array(
        repeating: one,
        count: parameter.per == nil ? 1 : parameter.per == .species ? species.count : species.count * species.count)
    }
    guard let trees = distributed(parameter, given) else { return nil }
    let missing = trees.firstIndex { $0 == nil }
    if let missing {
      let i = missing / species.count, j = missing % species.count
      let who = parameter.per == .pair ? "pair (\(species[i]), \(species[j])) and no mix" : species[missing]
      reader.report.error("\(parameter.name): no value for \(who)", at: given.location)
      return nil
    }
    let all = trees.compactMap { $0 }.compactMap { function(parameter, $0) }
    let formulas = all.filter { if case .formula = $0 { true } else { false } }
    if !formulas.isEmpty, formulas.count < all.count {
      reader.report.error("\(parameter.name): formulas for some species and tables for others", hint: "give all alike", at: given)
      return nil
    }
    return all.count == trees.count ? all : nil
  }

  private mutating func function(_ parameter: ParameterForm, _ given: Tree) -> Function? {
    if let points = given["points"] ?? (given.list == nil ? nil : given) { return self.points(parameter, points) }
    if let table = given["table"] { return self.table(parameter, given, path: table) }
    guard let formula = reader.formula(given, arguments: parameter.argumentNames, key: parameter.name) else { return nil }
    checkDimension(of: formula, parameter, at: given["formula"] ?? given)
    return .formula(formula)
  }

  private mutating func checkDimension(of formula: Formula, _ parameter: ParameterForm, at given: Tree) {
    let space = reader.space, isReduced = reader.units.isReduced
    var names = formula.constants.mapValues { CompiledFormula.Name(.scalar, $0.dimension, space: space, numbers: $0.numbers) }
    names["time"] = CompiledFormula.Name(.scalar, Dimension(time: 1), space: space)
    for (name, argument) in zip(formula.arguments, parameter.arguments) {
      names[name] = CompiledFormula.Name(argument.shape, reader.dimension(argument.dimensionText), space: space)
    }
    do {
      let compiled = try CompiledFormula(formula.expression, knowing: names, space: space, isReduced: isReduced)
      let wanted = parameter.shape.components(space: space)
      guard compiled.count == wanted else {
        return reader.report.error(
          "\(parameter.name): gives \(compiled.count == 1 ? "a number" : "a vector"), \(wanted == 1 ? "a number" : "a vector") is wanted",
          at: given)
      }
      if !isReduced, let wanted = dimension(of: parameter), let found = compiled.dimension, found != wanted {
        reader.report.error(
          "\(parameter.name): expected \(parameter.wanted), found \(found.described(space: space))",
          hint: "name quantities beside the formula: {formula: k*r^2, k: 1.5 kJ/mol/nm^2}", at: given)
      }
    } catch {
      reader.report.add(error)
    }
  }

  private mutating func points(_ parameter: ParameterForm, _ given: Tree) -> Function? {
    let argument = parameter.arguments[0]
    let ofArgument = ParameterForm(name: parameter.name, dimensionText: argument.dimensionText)
    let ofValue = ParameterForm(name: parameter.name, dimensionText: parameter.dimensionText)
    var points = [[Double]]()
    for item in given.list ?? [] {
      guard let pair = item.list, pair.count == 2 else {
        reader.report.error("\(parameter.name): a point is a list of two numbers, found \(item.kindName)", at: item)
        return nil
      }
      guard let x = value(of: ofArgument, pair[0]), let y = value(of: ofValue, pair[1]) else { return nil }
      points.append([x, y])
    }
    return ordered(points, parameter, at: given)
  }

  mutating func value(of parameter: ParameterForm, _ tree: Tree) -> Double? {
    guard let dimension = dimension(of: parameter) else { return reader.value(tree, key: parameter.name)?.number }
    return reader.quantity(
      tree, [dimension], wanted: parameter.wanted, example: dimension.example(in: reader.space), key: parameter.name)?.number
  }

  /// Points must be in order, and enough for a cubic spline.
  mutating func ordered(_ points: [[Double]], _ parameter: ParameterForm, at given: Tree) -> Function? {
    guard parameter.arguments.count == 1, parameter.arguments[0].shape == .scalar else {
      reader.report.error("\(parameter.name): only functions of one number can be points", hint: "give a formula", at: given)
      return nil
    }
    guard points.count >= 4, zip(points, points.dropFirst()).allSatisfy({ $0[0] < $1[0] }) else {
      reader.report.error("\(parameter.name): wants at least 4 points, in increasing order", at: given)
      return nil
    }
    return .points(points)
  }
}
