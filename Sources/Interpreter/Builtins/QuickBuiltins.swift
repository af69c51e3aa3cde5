import KernelTypes
import TensorRuntime

/// What a call of a builtin with numbers, a list or a dict comes to: done without binding arguments, since loops are
/// full of them. Anything else goes the common way, which gives the same results.
enum QuickBuiltin {
  case none
  case length, get, has
  case minimum, maximum, absolute
  case squareRoot
  case floor, ceiling, round, truncate
  /// A function of one number, computed by the kernels.
  case function(TileOpcode)

  init(_ name: String) {
    self =
      switch name {
      case "length": .length
      case "get": .get
      case "has": .has
      case "minimum": .minimum
      case "maximum": .maximum
      case "abs": .absolute
      case "sqrt": .squareRoot
      case "floor": .floor
      case "ceil": .ceiling
      case "round": .round
      case "truncate": .truncate
      case "exp": .function(.exp)
      case "log": .function(.log)
      case "sin": .function(.sin)
      case "cos": .function(.cos)
      case "tanh": .function(.tanh)
      default: .none
      }
  }

  /// The result for the arguments from `first` on; nil when the builtin has to be called.
  @inline(__always)
  func result(_ first: Slot, _ count: Int) -> Value? {
    switch self {
    case .none: return nil
    case .length:
      guard count == 1 else { return nil }
      return first.elementCount.map { .int($0) }
    case .get:
      guard count == 2 || count == 3, let found = first.value(ofKey: first + 1) else { return nil }
      return found?.pointee ?? (count == 3 ? first[2] : Value.none)
    case .has:
      guard count == 2, let found = first.value(ofKey: first + 1) else { return nil }
      return .bool(found != nil)
    case .minimum, .maximum:
      guard count == 2, first.isNumber, first.tag == (first + 1).tag else { return nil }
      var isLess = false
      if case .minimum = self { isLess = true }
      if first.tag == Tag.int {
        let (a, b) = (first.integer, (first + 1).integer)
        return .int((a < b) == isLess ? a : b)
      }
      // NaN and zeros of two signs are the kernels' matter.
      let (a, b) = (first.double, (first + 1).double)
      guard a.isPlain, b.isPlain, a < b || a > b else { return nil }
      return .float((a < b) == isLess ? a : b)
    case .absolute:
      guard count == 1 else { return nil }
      if first.tag == Tag.int, first.integer != Int.min { return .int(abs(first.integer)) }
      return first.tag == Tag.float && first.double.isPlain ? .float(abs(first.double)) : nil
    case .squareRoot:
      guard count == 1, first.isNumber, first.number.isPlain, first.number >= 0 else { return nil }
      return .float(first.number.squareRoot())
    case .floor: return rounded(first, count, .down)
    case .ceiling: return rounded(first, count, .up)
    case .round: return rounded(first, count, .toNearestOrEven)
    case .truncate: return rounded(first, count, .towardZero)
    case .function(let opcode):
      guard count == 1, first.isNumber else { return nil }
      return .float(HostMath.value(opcode, first.number))
    }
  }
}

/// Of a number that is rounded here.
private func rounded(_ first: Slot, _ count: Int, _ rule: FloatingPointRoundingRule) -> Value? {
  guard count == 1 else { return nil }
  if first.tag == Tag.int { return .int(first.integer) }
  return first.tag == Tag.float && first.double.isPlain ? .float(first.double.rounded(rule)) : nil
}

extension Double {
  /// Neither NaN nor denormal, which the kernels count as zero.
  fileprivate var isPlain: Bool { isNormal || isZero || isInfinite }
}
