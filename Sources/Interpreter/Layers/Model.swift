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

  /// What can be read from a model of this layer.
  var memberNames: [String] { fieldNames + parameterNames + (code?.functions.map(\.name) ?? []) }
}

/// An instance of a layer: an object, shared by all who hold it.
public final class ModelValue: HeapObject {
  public let definition: LayerValue
  /// By `definition.fieldNames`; sub-models are fields.
  public var fields: [Value]
  /// By `definition.parameterNames`; nil until first reached.
  public var parameters: [Parameter?]
  public var isFrozen = false
  /// What all parts of one whole model share, set when the whole is first called.
  public internal(set) var root: ModelRoot?
  /// The way from the whole to this part: `body[0]`, `head`; empty for the whole.
  public internal(set) var path = ""
  /// What training handed to this model, when it is a whole one.
  var attachment: Attachment?

  init(definition: LayerValue, fields: [Value]) {
    self.definition = definition
    self.fields = fields
    parameters = Array(repeating: nil, count: definition.parameterNames.count)
    super.init(.model)
  }
}

/// The address of a whole model: its parameters and draws depend on it and on the path inside.
public final class ModelRoot {
  /// The model's number in the session, by first use.
  public let number: Int
  /// How often it was called in training mode.
  public var trainingStep = 0

  init(number: Int) { self.number = number }
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
  public internal(set) var root: ModelRoot?
  public internal(set) var path = ""
  var attachment: Attachment?
  /// The chain that this one stands for while its functions are being traced.
  var original: CompositionValue?

  init(parts: [Value]) {
    self.parts = parts
    super.init(.composition)
  }
}

/// A value for each of some parameters: gradients, or anything computed from them leaf by leaf.
public final class TreeValue: HeapObject {
  public let parameters: [Parameter]
  /// `body[0].weight`, for people.
  public let paths: [String]
  public let values: [Value]

  init(parameters: [Parameter], paths: [String], values: [Value]) {
    self.parameters = parameters
    self.paths = paths
    self.values = values
    super.init(.tree)
  }

  func with(values: [Value]) -> TreeValue { TreeValue(parameters: parameters, paths: paths, values: values) }
}
