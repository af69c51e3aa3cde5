/// The element type of a tensor.
public enum DType: UInt8, Hashable, Sendable, CaseIterable {
  case f32, f64, i64, bool

  /// Bytes per element.
  public var size: Int {
    switch self {
    case .f32: 4
    case .f64, .i64: 8
    case .bool: 1
    }
  }

  public var isFloating: Bool { self == .f32 || self == .f64 }

  /// As users read it: `f32`, `f64`, `i64`, `bool`.
  public var name: String {
    switch self {
    case .f32: "f32"
    case .f64: "f64"
    case .i64: "i64"
    case .bool: "bool"
    }
  }
}
