import Diagnostics
import TensorRuntime

/// Rows that are made when a batch asks for them: those of a file that may be larger than memory, or windows over a
/// long row of tokens.
public protocol RowSource: Sendable {
  var rowCount: Int { get }
  /// What a split hands to its parts: blocks of rows, or single windows.
  var unitCount: Int { get }
  /// Only these units, in this order.
  func choosing(_ units: [Int]) -> any RowSource
  /// The first rows, raw.
  func head(_ count: Int) throws(Diagnostic) -> Table
  /// Raw rows from all over, which steps learn from.
  func sample() throws(Diagnostic) -> Table
  /// All rows once, in an order for `key`, or as they come.
  func pass(_ key: RandomKey?, _ preparation: Preparation) -> any ExamplePass
}

/// One pass over prepared rows. Any stretch of it can be asked for; going forward is what costs least.
public protocol ExamplePass: AnyObject {
  /// `positions` count the rows in the order of the pass.
  func examples(_ positions: Range<Int>) throws(Diagnostic) -> (x: Tensor, y: Tensor?)
}
