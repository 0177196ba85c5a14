import Expressions

/// The unit of a dimension as a label writes it, such as `nm/ps` or `u nm^2/ps^2`; empty for pure numbers and reduced units.
func unitLabel(of dimension: Dimension, in units: UnitSystem) -> String {
  guard !units.isReduced, !dimension.isOne else { return "" }
  if units == .molecular {
    // Nanometre, dalton and picosecond make kJ/mol, the unit in which everybody thinks of it.
    let energy = Dimension(length: 2, mass: 1, time: -2)
    if dimension == energy { return "kJ/mol" }
    if dimension == energy / Dimension(length: 1) { return "kJ/mol/nm" }
    if dimension == Dimension(time: 1, current: 1) { return "e" }
  }
  if units == .si {
    let newton = Dimension(length: 1, mass: 1, time: -2)
    if dimension == newton { return "N" }
    if dimension == newton * Dimension(length: 1) { return "J" }
    if dimension == newton / Dimension(length: 2) { return "Pa" }
  }
  var above: [String] = [], below: [String] = []
  for (exponent, symbol) in zip(dimension.exponents, units.symbols) where !exponent.isZero && symbol != "1" {
    let isAbove = exponent > Rational(0)
    let size = isAbove ? exponent : Rational(0) - exponent
    let power = size.denominator == 1 ? "\(size.numerator)" : "\(size.numerator)/\(size.denominator)"
    let factor = size == Rational(1) ? symbol : "\(symbol)^\(power)"
    if isAbove { above.append(factor) } else { below.append(factor) }
  }
  let top = above.isEmpty ? "1" : above.joined(separator: " ")
  return below.isEmpty ? (above.isEmpty ? "" : top) : top + "/" + below.joined(separator: "/")
}
