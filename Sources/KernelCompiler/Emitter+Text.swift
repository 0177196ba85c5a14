import Expressions

// The C spelling of numbers and functions in each dialect.
extension Emitter {
  /// Whether a node costs tens of instructions, unlike sums and products.
  mutating func takesLong(_ node: NodeID) -> Bool {
    guard rate(of: node) == .varying else { return false }
    return switch graph[node] {
    case .noise, .call, .matrix: true
    case .product(let factors): factors.contains { $0.exponent.denominator > 2 && rate(of: $0.base) == .varying }
    case .function(let function, _): ![.abs, .sign, .floor, .ceil].contains(function)
    case .pairwise(let function, _, _): function == .power || function == .atan2
    default: false
    }
  }

  func operand(_ text: String) -> String { text.contains(" ") ? "(\(text))" : text }
  func cast(_ text: String) -> String { dialect == .lanes ? "(V)\(operand(text))" : text }

  func literal(_ value: Double) -> String {
    if value.isInfinite { return "\(dialect == .lanes ? "(mote_real)" : "")(\(value < 0 ? "-" : "")INFINITY)" }
    let text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value)).0" : "\(value)"
    let signed = value < 0 ? "(\(text))" : text
    return dialect == .lanes ? "(mote_real)\(signed)" : signed
  }

  func call(_ function: Graph.Function, _ argument: String) -> String {
    switch (function, dialect) {
    case (.sign, .lanes): "mote_sign((V)\(operand(argument)))"
    case (.sign, .scalar): "((\(argument) > 0) - (\(argument) < 0))"
    case (_, .lanes): "mote_\(function.rawValue)((V)\(operand(argument)))"
    case (.abs, .scalar): "fabs(\(argument))"
    case (.gamma, .scalar): "tgamma(\(argument))"
    case (.digamma, .scalar): "mote_digamma(\(argument))"
    case (_, .scalar): "\(function.rawValue)(\(argument))"
    }
  }

  func call(_ function: Graph.Pairwise, _ a: String, _ b: String) -> String {
    switch (function, dialect) {
    case (.power, .lanes): "mote_pow(\(a), \(b))"
    case (.power, .scalar): "pow(\(a), \(b))"
    case (.atan2, .lanes): "mote_atan2(\(a), \(b))"
    case (.atan2, .scalar): "atan2(\(a), \(b))"
    case (.minimum, .lanes): "__builtin_elementwise_min(\(a), \(b))"
    case (.minimum, .scalar): "(\(a) < \(b) ? \(a) : \(b))"
    case (.maximum, .lanes): "__builtin_elementwise_max(\(a), \(b))"
    case (.maximum, .scalar): "(\(a) > \(b) ? \(a) : \(b))"
    case (.modulo, .lanes): "mote_mod(\(a), \(b))"
    case (.modulo, .scalar): "(\(a) - \(b)*floor(\(a)/\(b)))"
    }
  }
}
