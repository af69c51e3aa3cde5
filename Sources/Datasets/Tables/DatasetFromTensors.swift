import Diagnostics
import TensorRuntime

extension Dataset {
  /// Two tensors whose first dimension counts the examples. `x` and `y` come back as they were given; truth values in
  /// `y` become the classes false and true.
  public static func from(x: Tensor, y: Tensor? = nil) throws(Diagnostic) -> Dataset {
    guard x.shape.rank > 0 else { throw .datasetScalar("x") }
    var columns = [Column("x", .tensors(try TensorRows(x)))]
    guard let y else { return Dataset(Table(columns, rowCount: x.shape[0])) }
    guard y.shape.rank > 0 else { throw .datasetScalar("y") }
    guard x.shape[0] == y.shape[0] else { throw .datasetRows(x: x.shape[0], y: y.shape[0]) }
    if y.dtype == .bool, y.shape.rank == 1 {
      columns.append(Column("y", .truths(y.elements(as: Bool.self))))
    } else {
      columns.append(Column("y", .tensors(try TensorRows(y))))
    }
    return try Dataset(Table(columns, rowCount: x.shape[0])).withTarget("y")
  }
}

extension Column {
  /// A column from a tensor whose first dimension counts the rows: single numbers for rank 1, else row tensors.
  public static func from(_ name: String, _ tensor: Tensor) throws(Diagnostic) -> Column {
    guard tensor.shape.rank > 0 else { throw .datasetScalar("column `\(name)`") }
    guard tensor.shape.rank == 1 else { return Column(name, .tensors(try TensorRows(tensor))) }
    switch tensor.dtype {
    case .f32: return Column(name, .floats(tensor.elements(as: Float.self).map(Double.init)))
    case .f64: return Column(name, .floats(tensor.elements(as: Double.self)))
    case .i64: return Column(name, .integers(tensor.elements(as: Int.self)))
    case .bool: return Column(name, .truths(tensor.elements(as: Bool.self)))
    }
  }
}
