import Expressions
import Laws

/// What a value in a law's entry must be: that of one of the law's parameters, or of an option such as `smooth`.
struct ParameterForm {
  var name: String
  /// As laws write it: `energy/length^2`, `any`.
  var dimensionText: String
  var shape = Shape.scalar
  var arguments: [FieldType] = []
  /// What a formula calls its arguments.
  var argumentNames: [String] = []
  var per: Parameter.Per?
  var mix: Parameter.Mixing?
  var choices: [String] = []

  var isFunction: Bool { !arguments.isEmpty }

  init(name: String, dimensionText: String, per: Parameter.Per? = nil) {
    self.name = name
    self.dimensionText = dimensionText
    self.per = per
  }

  init(_ parameter: Parameter) {
    name = parameter.name
    dimensionText = parameter.dimensionText
    shape = parameter.shape
    arguments = parameter.arguments
    argumentNames =
      parameter.argumentNames.isEmpty ? Array(["x", "y", "z"].prefix(parameter.arguments.count)) : parameter.argumentNames
    per = parameter.per
    mix = parameter.mix
    choices = parameter.choices
  }
}
