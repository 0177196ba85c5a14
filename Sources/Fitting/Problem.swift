import Diagnostics

/// What is to be learned, and the data as equations: all that a fit method sees.
public struct Problem: Sendable {
  /// One unknown.
  public struct Unknown: Sendable {
    /// The name, for messages.
    public var name: String
    /// A number, or a function with its domain.
    public var kind: Kind

    /// What an unknown is.
    public enum Kind: Sendable {
      /// A number near `start`, give or take a factor.
      case number(start: Double)
      case function(Domain)
    }

    /// An unknown of this name.
    public init(_ name: String, _ kind: Kind) {
      (self.name, self.kind) = (name, kind)
    }
  }

  /// Where a function is known from data.
  public struct Domain: Sendable {
    /// Places at which the data ask for the function: a sample, in increasing order.
    public var places: [Double]
    /// The largest place that a run can ask for.
    public var end: Double
    /// Whether only derivatives count, so that the function is chosen to be 0 at the end.
    public var isPotential: Bool

    /// A domain.
    public init(places: [Double], end: Double, isPotential: Bool) {
      (self.places, self.end, self.isPotential) = (places, end, isPotential)
    }
  }

  /// What is to be learned.
  public var unknowns: [Unknown]
  /// Unknowns in all of which together the model is linear, whatever the others are.
  public var linear: [Int]
  /// Whether the model is linear in all coefficients together.
  public var isLinear: Bool { linear.count == unknowns.count }
  /// For fillings of all unknowns: the normal equations of the data.
  public var equations: @Sendable ([Filling]) -> GroupedEquations
  /// The same for some of the data: enough to compare starting points.
  public var firstEquations: @Sendable ([Filling]) -> GroupedEquations

  /// A problem; without `firstEquations` starting points are compared on all data.
  public init(
    unknowns: [Unknown], linear: [Int], equations: @escaping @Sendable ([Filling]) -> GroupedEquations,
    firstEquations: (@Sendable ([Filling]) -> GroupedEquations)? = nil
  ) {
    (self.unknowns, self.linear, self.equations) = (unknowns, linear, equations)
    self.firstEquations = firstEquations ?? equations
  }
}

/// How much work a fit may do.
public struct Budget: Sendable {
  /// Evaluations of the normal equations.
  public var evaluations: Int
  /// Starting points of a search that can end in the wrong valley; none: what the problem says is near enough.
  public var starts: Int
  /// Numbers of knots that are tried for a function.
  public var knots: [Int]
  /// A search ends with a step smaller than this share of the numbers.
  public var tolerance: Double

  /// A budget; the default serves a few unknowns.
  public init(evaluations: Int = 60, starts: Int = 12, knots: [Int] = [12, 24, 40], tolerance: Double = 1e-10) {
    (self.evaluations, self.starts, self.knots, self.tolerance) = (evaluations, starts, knots, tolerance)
  }
}

/// Fillings of all unknowns, with what is known of their quality.
public struct Fit: Sendable {
  /// One for each unknown.
  public var fillings: [Filling]
  /// Standard errors in the same form: of a function, at its knots.
  public var errors: [Filling]
  /// Coefficients that were free: what the law's size is.
  public var size: Int
  /// Mean square of the residuals that is to be expected on new data.
  public var expectedSquare: Double
}

/// The best fit for each size, the smallest first.
public struct Front: Sendable {
  /// By increasing size.
  public var fits: [Fit]

  /// The fit that should do best on new data; of those that are as good to 1 %, the smallest.
  public var best: Fit? {
    let least = fits.map(\.expectedSquare).min() ?? 0
    return fits.first { $0.expectedSquare <= 1.01 * least }
  }
}

/// Whether a method can fill the holes of a problem.
public enum Acceptance: Sendable, Equatable {
  case yes
  case no(because: String)
}

/// A way to fill holes; it sees a problem, never a file.
public protocol FitMethod: Sendable {
  /// The name in reports.
  static var name: String { get }
  /// Whether the method is meant for such a problem; the first that accepts is used.
  func accepts(_ problem: Problem) -> Acceptance
  /// Fills the holes; throws `Failure` if the data do not determine them.
  func fill(_ problem: Problem, within budget: Budget, random: inout SeededRandom) throws(Failure) -> Front
}

/// The methods that are tried, in order.
public enum FitMethods {
  /// All that come with Mote.
  public static let builtins: [any FitMethod] = [LeastSquaresSpline(), LevenbergMarquardt()]

  /// The first that accepts; throws why none does.
  static func method(for problem: Problem) throws(Failure) -> any FitMethod {
    var reasons: [String] = []
    for method in builtins {
      switch method.accepts(problem) {
      case .yes: return method
      case .no(let reason): reasons.append("\(type(of: method).name): \(reason)")
      }
    }
    throw Failure(.failed, "no method fills these holes", hint: reasons.joined(separator: "; "))
  }
}

/// Reproducible random numbers: splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Numbers that depend on the seed alone.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
