import Diagnostics
import SourceText
import Syntax
import TensorTypes

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

extension Machine {
  /// `-x`, `not x` on tensors, tracers, trees and records.
  func tensorUnary(_ operation: UnaryOperator, _ value: Value, at site: Site) throws(Diagnostic) -> Value { .none }

  /// An operator of which at least one side is a tensor, tracer, tree or (for arithmetic) record. Never `and`, `or`,
  /// ranges or `>>`.
  func tensorBinary(_ operation: BinaryOperator, _ left: Value, _ right: Value, at site: Site) throws(Diagnostic)
    -> Value
  { .none }

  /// `x[items]` of a tensor or tracer.
  func tensorIndex(_ value: Value, _ items: [IndexArgument], at site: Site) throws(Diagnostic) -> Value { .none }

  /// The tensor after `x[items] = newValue`.
  func tensorAssign(_ value: Value, _ items: [IndexArgument], _ newValue: Value, at site: Site) throws(Diagnostic)
    -> Value
  { .none }

  /// A bracket whose elements are all numbers, truth values or tensors made by inner brackets of one shape.
  func tensorLiteral(_ elements: [Value], at site: Site) throws(Diagnostic) -> Value { .none }

  /// The truth value that `if`, `while`, `and`, `not`, `assert` see in a tensor or tracer.
  func truth(ofTensor value: Value, at site: Site) throws(Diagnostic) -> Bool { false }

  /// The host integer (or number) in a rank-0 tensor or tracer, where the program needs it: an index, a size, a bound.
  func hostInteger(_ value: Value, at site: Site) throws(Diagnostic) -> Int { 0 }
  func hostFloat(_ value: Value, at site: Site) throws(Diagnostic) -> Double { 0 }

  /// The shape of a tensor or tracer; nil for anything else.
  func shape(of value: Value) -> Shape? { nil }

  /// What a text shows for a tensor, with an optional format specification.
  func tensorText(_ value: Value, format: String?, at site: Site) throws(Diagnostic) -> String { "" }

  /// Calls a model (ModelValue) with evaluated arguments; ends in `invoke` of the layer's `call`.
  func callModel(_ model: ModelValue, _ arguments: [Value], named: [(name: String, value: Value)], at site: Site)
    throws(Diagnostic) -> Value
  { .none }

  /// Runs a `param` or `state` statement: makes the parameter when first reached, checks its sizes later, gives its value.
  func parameterValue(
    of model: ModelValue, slot: Int, sizes: [Int], initializer: Value, at site: Site
  ) throws(Diagnostic) -> Value { .none }

  /// Reads a slot that was reached before in this call; assigns to a `state`.
  func readSlot(of model: ModelValue, slot: Int, at site: Site) throws(Diagnostic) -> Value { .none }
  func writeState(of model: ModelValue, slot: Int, _ value: Value, at site: Site) throws(Diagnostic) {}

  /// The name `training` inside a layer.
  func isTraining(_ model: ModelValue) -> Bool { false }

  /// Calls `grad(f)`, `vmap(f)` and their like.
  func callTransformed(
    _ function: TransformedValue, _ arguments: [Value], named: [(name: String, value: Value)], at site: Site
  ) throws(Diagnostic) -> Value { .none }
}

extension Machine {
  /// The value of a global inside a trace: tensors and numbers in it become inputs of the trace.
  func traced(global value: Value, slot: Int) -> Value { value }

  /// Whether a value holds tracers, so that printing it waits until the program has run.
  func holdsTracers(_ value: Value) -> Bool { false }
  /// Prints at every run of the program, in the order of the program's prints.
  func tracedPrint(_ values: [Value], at site: Site) throws(Diagnostic) {}
}

/// `grad(f)`, `vmap(f, chunk: 64)`, ...: a function made from a function.
public final class TransformedValue: HeapObject {
  public enum Transform { case grad, valueAndGrad, vmap(chunk: Int?), jacobian, compiled }
  public let transform: Transform
  public let function: Value
  init(_ transform: Transform, of function: Value) {
    self.transform = transform
    self.function = function
    super.init(.transformed)
  }
}
