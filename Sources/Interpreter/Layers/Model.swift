import SourceText
import TensorRuntime
import TensorTypes

/// A `layer` definition: calling it makes a model.
public final class LayerValue: HeapObject {
  public let name: String
  /// Changes with each redefinition; models keep the definition that they were made with.
  public let version: Int
  /// Hyperparameters first, then the `let` members in order.
  public let fieldNames: [String]
  public let hyperparameterCount: Int
  /// `param` and `state` declarations in order of appearance: one slot each.
  public let parameterNames: [String]
  public let isState: [Bool]
  /// Source text of the declaration, for `:source` and model files.
  public let span: Span
  /// What its `layer` statement compiled to.
  var code: LayerCode?

  init(
    name: String, version: Int, fieldNames: [String], hyperparameterCount: Int, parameterNames: [String],
    isState: [Bool], span: Span
  ) {
    self.name = name
    self.version = version
    self.fieldNames = fieldNames
    self.hyperparameterCount = hyperparameterCount
    self.parameterNames = parameterNames
    self.isState = isState
    self.span = span
    super.init(.layer)
  }
}

/// An instance of a layer: an object, shared by all who hold it.
public final class ModelValue: HeapObject {
  public let definition: LayerValue
  /// By `definition.fieldNames`; sub-models are fields.
  public var fields: [Value]
  /// By `definition.parameterNames`; nil until first reached.
  public var parameters: [Parameter?]
  public var isFrozen = false

  init(definition: LayerValue, fields: [Value]) {
    self.definition = definition
    self.fields = fields
    parameters = Array(repeating: nil, count: definition.parameterNames.count)
    super.init(.model)
  }
}

/// One learned (`param`) or carried (`state`) tensor of a model.
public final class Parameter {
  public let name: String
  public let isState: Bool
  public var tensor: Tensor
  /// The call that fixed its sizes.
  public let madeAt: Span

  init(name: String, isState: Bool, tensor: Tensor, madeAt: Span) {
    self.name = name
    self.isState = isState
    self.tensor = tensor
    self.madeAt = madeAt
  }
}

/// `f >> g >> h`: functions and models applied one after the other. `net[0]` is the first.
public final class CompositionValue: HeapObject {
  public let parts: [Value]
  init(parts: [Value]) {
    self.parts = parts
    super.init(.composition)
  }
}
