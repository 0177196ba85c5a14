import Expressions
import KernelCompiler

/// What all periodic images give beyond the screened powers of the nearest ones: smooth functions of the separation, summed wave by
/// wave.
struct ImagesPass: Sendable {
  /// coefficient · (weight of the receiver) · (weight of the source) · a power of the separation.
  struct Term: Sendable {
    var form: PowerForm
    var coefficient: HostTape
    /// The species that the coefficient is computed for.
    var i: Int, j: Int
    /// Places among the weights.
    var receiver: Int, source: Int
  }

  /// The kernel of single members that computes the weights, and the field that holds them.
  var kernel: Int
  var field: String
  var weightCount: Int
  /// The first weights are those of sources.
  var sourceCount: Int
  /// The energy of a pair.
  var energy: [Term]
  /// What the receiver gets in each channel of the loop over pairs: force, then sums.
  var channels: [[Term]]
  /// How many of the channels are components of the force.
  var forceCount: Int
  /// The screening α times half the least side.
  var reach: Double
}
