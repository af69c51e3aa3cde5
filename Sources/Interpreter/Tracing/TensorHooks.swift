// What the machine asks of the tensor side. The machine handles host numbers, text and containers itself and comes here
// with everything else.
//
// While `machine.tensors.isTracing`, the machine also
// - gives every global it loads (user, imported or library; functions too) through `traced(global:slot:)`, so that what
//   a traced function reads becomes an input of its program instead of being frozen into it,
// - refuses to store a global and to set a cell whose `isSealed` is set (outer variables can be read, not set),
// - hands `print` of values that hold tracers to `tracedPrint`.
// A traced function must be able to be copied with other captures: FunctionValue has `prototype` (a class, its identity is
// the code's), `captures: [Value]` and `init(prototype:captures:)`. Draw addresses inside a trace are relative:
// `machine.withDrawBase(_:body:)` runs `body` with the given base address as that of the current frame.
// `machine.invokeCall(of:arguments:named:at:)` runs the `call` of a model's definition, without coming here again.

/// One evaluated item between `[` and `]`.
public enum IndexArgument {
  case ellipsis
  /// `none`: a new dimension of size 1.
  case newAxis
  case slice(lower: Int?, upper: Int?, step: Int?)
  case value(Value)
}

/// `grad(f)`, `vmap(f, chunk: 64)`, ...: a function made from a function.
public final class TransformedValue: HeapObject {
  public enum Transform { case grad, valueAndGrad(extra: Bool), vmap(chunk: Int?), jacobian, compiled }
  public let transform: Transform
  public let function: Value
  init(_ transform: Transform, of function: Value) {
    self.transform = transform
    self.function = function
    super.init(.transformed)
  }
}
