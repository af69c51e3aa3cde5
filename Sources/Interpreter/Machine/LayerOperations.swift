import Diagnostics
import SourceText
import Syntax

/// The code of a layer: for making a model, for calling it, and the functions inside.
final class LayerCode {
  let signature: CallSignature
  let initializer: FunctionValue
  let call: FunctionValue?
  let functions: [(name: String, function: FunctionValue)]

  init(
    signature: CallSignature, initializer: FunctionValue, call: FunctionValue?,
    functions: [(name: String, function: FunctionValue)]
  ) {
    self.signature = signature
    self.initializer = initializer
    self.call = call
    self.functions = functions
  }
}

extension Machine {
  @inline(never)
  func makeLayer(_ index: Int, _ target: Slot, _ base: Slot) {
    let shape = prototype.layers[index]
    let version = layerVersions[shape.name, default: 0] + 1
    layerVersions[shape.name] = version
    let layer = LayerValue(
      name: shape.name, version: version, fieldNames: shape.fieldNames,
      hyperparameterCount: shape.hyperparameterCount, parameterNames: shape.parameterNames, isState: shape.isState,
      span: shape.span)
    layer.code = LayerCode(
      signature: shape.initializer.signature, initializer: closure(shape.initializer, base),
      call: shape.call.map { closure($0, base) }, functions: shape.functions.map { ($0.name, closure($0.prototype, base)) })
    target.pointee = .object(layer)
  }

  /// Calls a layer: hyperparameters and members become the fields of a new model.
  func makeModel(_ layer: LayerValue, _ arguments: [Value], named: [(name: String, value: Value)], at site: Site)
    throws(Diagnostic) -> Value
  {
    guard let code = layer.code else { throw .notCallable(found: "layer", at: site.span) }
    var current = frame
    while current > frames {
      if current.pointee.code.pointee.prototype._withUnsafeGuaranteedRef({ $0.kind.hasModel }) {
        throw .layerMadeInCall(layer.name, at: callSpan(at: site))
      }
      current -= 1
    }
    if tensors.isTracing { throw .layerMadeInTrace(layer.name, at: callSpan(at: site)) }
    let made = try call(.object(code.initializer), arguments, named: named, at: site)
    guard case .object(let fields as TupleValue) = made else { return .none }
    return .object(ModelValue(definition: layer, fields: fields.elements))
  }

  /// Runs the `call` of a model's definition.
  func invokeCall(
    of model: ModelValue, arguments: [Value], named: [(name: String, value: Value)], at site: Site
  ) throws(Diagnostic) -> Value {
    guard let call = model.definition.code?.call else { throw .notCallable(found: "model", at: site.span) }
    return try self.call(.object(bound(call, to: model)), arguments, named: named, at: site)
  }

  private func bound(_ function: FunctionValue, to model: ModelValue) -> FunctionValue {
    FunctionValue(prototype: function.prototype, captures: function.captures, receiver: .object(model))
  }

  /// `net.head`, `net.weight`, `net.encode`
  func field(_ name: String, of model: ModelValue, _ site: Site) throws(Diagnostic) -> Value {
    let definition = model.definition
    if let position = definition.fieldNames.firstIndex(of: name) { return model.fields[position] }
    if let slot = definition.parameterNames.firstIndex(of: name) { return try readSlot(of: model, slot: slot, at: site) }
    if let function = definition.code?.functions.first(where: { $0.name == name }) {
      return .object(bound(function.function, to: model))
    }
    throw unknownField(name, of: "`\(definition.name)`", definition.memberNames, site)
  }

  @inline(never)
  func modelField(_ slot: Slot, _ index: Int) -> Value {
    guard case .object(let object) = slot.pointee, let model = object as? ModelValue, index < model.fields.count else {
      return .none
    }
    return model.fields[index]
  }

  /// `param` and `state` lines: sizes and the initializer stand behind the target.
  @inline(never)
  func reachParameter(
    _ target: Slot, _ modelSlot: Slot, _ slot: Int, _ sizeCount: Int, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    frame.pointee.next = pc
    let model = try model(modelSlot, pc)
    let site = site(pc)
    var sizes: [Int] = []
    for index in 0..<sizeCount {
      guard case .int(let size) = target[1 + index] else { continue }
      guard size >= 0 else { throw .negativeSize(size, at: site.operand(1 + index)) }
      sizes.append(size)
    }
    let initializer = target[1 + sizeCount]
    (target + 1).clear(sizeCount + 1)
    target.pointee = try parameterValue(of: model, slot: slot, sizes: sizes, initializer: initializer, at: site)
  }

  @inline(never)
  func getSlot(_ target: Slot, _ modelSlot: Slot, _ slot: Int, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    target.pointee = try readSlot(of: try model(modelSlot, pc), slot: slot, at: site(pc))
  }

  @inline(never)
  func setSlot(
    _ source: Slot, _ modelSlot: Slot, _ slot: Int, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    frame.pointee.next = pc
    try writeState(of: try model(modelSlot, pc), slot: slot, source.pointee, at: site(pc))
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
  }

  @inline(never)
  func training(_ target: Slot, _ modelSlot: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    target.set(isTraining(try model(modelSlot, pc)))
  }
}
