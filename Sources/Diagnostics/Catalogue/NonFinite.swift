import SourceText

// A loss that is not finite: what made it, and what to do.

extension Diagnostic {
  /// The likely cause of a loss that is not finite.
  public enum NonFiniteCause: Sendable, Equatable {
    /// Weights have grown far beyond what training gives: the name and the largest number.
    case explodingWeights(String, size: String)
    /// A weight was not finite before this step, but had been.
    case lostWeight(String)
    /// A weight that was not finite from the start.
    case badWeight(String)
    /// A tensor that is used in the step holds such numbers.
    case badInput
    case largeData(size: String)
    case logarithm(least: String, isZero: Bool)
    case root(least: String)
    case division
    /// A derivative that is infinite.
    case slope
    /// Infinities that were meant, as those of a mask, meet.
    case infinities
    case overflow

    var text: String {
      switch self {
      case .explodingWeights(let name, let size):
        "the weights in `\(name)` have grown to \(size), step by step"
      case .lostWeight(let name):
        "`\(name)` stopped being finite in the step before: its gradient was not finite or the learning rate too large"
      case .badWeight(let name): "`\(name)` was not finite from the start"
      case .badInput: "a tensor that the step reads holds NaN or infinity"
      case .largeData(let size): "the data holds numbers as large as \(size)"
      case .logarithm(let least, let isZero):
        isZero ? "the logarithm of 0" : "the logarithm of a number below 0: \(least)"
      case .root(let least): "the square root of a number below 0: \(least)"
      case .division: "a division by 0"
      case .slope: "an infinite slope, as roots, logarithms and powers have it at 0"
      case .infinities: "infinities met: a row of only -infinity, as a mask that leaves nothing makes it"
      case .overflow: "numbers became larger than the precision holds"
      }
    }

    var help: String? {
      switch self {
      case .explodingWeights: "make the rate smaller, a tenth of it for a start (`find_rate` finds one), or give `clip: 1`"
      case .lostWeight: "`clip: 1` stops before such a gradient is used; roots, logarithms and powers have them near 0"
      case .badWeight, .badInput: "`all(is_finite(x))` finds such tensors"
      case .largeData: "bring the data to about -1 to 1: `normalize()` or `scale(factor)`"
      case .logarithm: "keep its argument above 0: `log(maximum(p, 1e-7))`; losses that take logits do without"
      case .root: "keep its argument at 0 or above: `sqrt(maximum(x, 0))`"
      case .slope: "keep the argument away from 0: `sqrt(maximum(x, 1e-12))`"
      case .division: "keep the divisor away from 0: `x / maximum(d, 1e-7)`"
      case .infinities: "let each row keep one place at least, or mask with a large number: -1e9"
      case .overflow: nil
      }
    }
  }

  /// `made`: the operation and its numbers; `help`: what to do where the cause says nothing.
  public static func notFinite(
    _ message: String, step: Int?, cause: NonFiniteCause, made: String?, help: String?, at span: Span
  ) -> Diagnostic {
    var headline = message
    if case .explodingWeights = cause { headline = "the learning rate is too large: " + message }
    return Diagnostic(
      .value, headline, at: span, label: step.map { "in step \($0)" } ?? "",
      notes: (made.map { ["first, " + $0] } ?? []) + ["likely cause: " + cause.text], help: cause.help ?? help)
  }
}
