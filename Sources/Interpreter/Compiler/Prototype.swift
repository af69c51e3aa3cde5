import SourceText
import Syntax

/// The code of one function. Its identity is the function's: closures of one place share it.
public final class Prototype {
  enum Kind {
    case main, function, lambda, layerInitializer, layerCall, layerFunction
    /// The model is in the first register.
    var hasModel: Bool { self == .layerCall || self == .layerFunction }
  }

  /// What calls of the function look like; also known to the compiler.
  let signature: CallSignature
  let kind: Kind
  /// Where the definition stands.
  let span: Span
  /// What the hot loop needs, in raw memory.
  let code: UnsafeMutablePointer<CodeBlock>
  /// A function of the library that has not run yet: what its code is made of.
  private(set) var deferred: Deferred?
  private var constantCount = 0

  let captures: [CaptureSource]
  @exclusivity(unchecked) private(set) var prototypes: [Prototype] = []
  @exclusivity(unchecked) private(set) var names: [String] = []
  @exclusivity(unchecked) private(set) var recordShapes: [[String]] = []
  @exclusivity(unchecked) private(set) var callShapes: [CallShape] = []
  @exclusivity(unchecked) private(set) var indexShapes: [[IndexItemShape]] = []
  @exclusivity(unchecked) private(set) var places: [PlaceShape] = []
  @exclusivity(unchecked) private(set) var shapeChecks: [ShapeCheck] = []
  @exclusivity(unchecked) private(set) var layers: [LayerShape] = []
  @exclusivity(unchecked) private(set) var modules: [Module] = []
  @exclusivity(unchecked) private var siteOfInstruction: [Int32] = []
  @exclusivity(unchecked) private var sites: [Site] = []

  var name: String { signature.name }

  struct Deferred {
    let declaration: FunctionDeclaration
    let module: Module
  }

  init(_ builder: FunctionBuilder, signature: CallSignature, kind: Kind, span: Span, captures: [CaptureSource]) {
    self.signature = signature
    self.kind = kind
    self.span = span
    self.captures = captures
    code = .allocate(capacity: 1)
    fill(builder)
  }

  /// A function whose code is made when it is first called: until then it is one instruction, which does that.
  init(deferred: Deferred, signature: CallSignature, span: Span) {
    self.signature = signature
    self.deferred = deferred
    self.span = span
    kind = .function
    captures = []
    code = .allocate(capacity: 1)
    let builder = FunctionBuilder()
    _ = builder.reserve(signature.parameters.count + 1)
    builder.emit(.complete)
    fill(builder)
  }

  /// Puts the code of the same function, made meanwhile, in the place of the one instruction.
  func complete(as made: FunctionBuilder) {
    deferred = nil
    release()
    fill(made)
  }

  private func fill(_ builder: FunctionBuilder) {
    prototypes = builder.prototypes
    names = builder.names
    recordShapes = builder.recordShapes
    callShapes = builder.callShapes
    indexShapes = builder.indexShapes
    places = builder.places
    shapeChecks = builder.shapeChecks
    layers = builder.layers
    modules = builder.modules
    siteOfInstruction = builder.siteOfInstruction
    sites = builder.sites
    constantCount = builder.constants.count
    let instructions = UnsafeMutablePointer<Instruction>.allocate(capacity: max(1, builder.instructions.count))
    instructions.initialize(from: builder.instructions, count: builder.instructions.count)
    for index in 0..<builder.instructions.count {
      let old = instructions[index]
      guard old.opcode == .returnValue || old.opcode == .returnNone else { continue }
      let isKnown = builder.isTidy && kind != .main && old.ib != FunctionBuilder.allRegisters
      instructions[index] = Instruction(old.opcode, old.ia, isKnown ? old.ib : builder.registerCount)
    }
    let constants = UnsafeMutablePointer<Value>.allocate(capacity: max(1, builder.constants.count))
    constants.initialize(from: builder.constants, count: builder.constants.count)
    code.initialize(
      to: CodeBlock(
        instructions: UnsafePointer(instructions), constants: constants, registerCount: builder.registerCount,
        parameterCount: signature.parameters.count + (kind.hasModel ? 1 : 0),
        needsCallee: !captures.isEmpty || builder.usesCurrentFunction, fields: FieldCache.allocate(names.count),
        prototype: Unmanaged.passUnretained(self)))
  }

  private func release() {
    code.pointee.constants.deinitialize(count: constantCount)
    code.pointee.constants.deallocate()
    UnsafeMutablePointer(mutating: code.pointee.instructions).deallocate()
    FieldCache.free(code.pointee.fields, names.count)
  }

  deinit {
    release()
    code.deallocate()
  }

  /// The place of the instruction before `next`.
  func site(before next: UnsafePointer<Instruction>) -> Site {
    let index = next - code.pointee.instructions - 1
    guard siteOfInstruction.indices.contains(index) else { return .none }
    let site = Int(siteOfInstruction[index])
    return sites.indices.contains(site) ? sites[site] : Site(span: span)
  }
}

/// The part of a prototype that calls read: raw, so that nothing is counted.
struct CodeBlock {
  let instructions: UnsafePointer<Instruction>
  let constants: UnsafeMutablePointer<Value>
  let registerCount: Int
  let parameterCount: Int
  /// The function itself must be in the slot before the frame: it reads its captures or calls itself.
  let needsCallee: Bool
  /// By name: where the last record had that field.
  let fields: UnsafeMutablePointer<FieldCache>
  let prototype: Unmanaged<Prototype>
}

/// Where a field stands in records with certain names: those of one literal share the array of names.
struct FieldCache {
  /// Kept, so that no other array comes to lie where it lies.
  var names: [String] = []
  var address: UnsafeRawPointer?
  var position = 0

  static func allocate(_ count: Int) -> UnsafeMutablePointer<FieldCache> {
    let caches = UnsafeMutablePointer<FieldCache>.allocate(capacity: max(1, count))
    caches.initialize(repeating: FieldCache(), count: count)
    return caches
  }

  static func free(_ caches: UnsafeMutablePointer<FieldCache>, _ count: Int) {
    caches.deinitialize(count: count)
    caches.deallocate()
  }
}

/// Names and requirements of a function's parameters.
public struct CallSignature: Sendable {
  public struct Parameter: Sendable {
    public let name: String
    public let isRequired: Bool
    public let isVariadic: Bool
    public init(name: String, isRequired: Bool, isVariadic: Bool = false) {
      self.name = name
      self.isRequired = isRequired
      self.isVariadic = isVariadic
    }
  }
  /// Empty for a lambda.
  public let name: String
  public let parameters: [Parameter]

  public init(name: String, parameters: [Parameter]) {
    self.name = name
    self.parameters = parameters
  }

  public init(_ builtin: Builtin) {
    name = builtin.name
    parameters = builtin.parameters.map {
      Parameter(name: $0.name, isRequired: $0.defaultValue == nil && !$0.isVariadic, isVariadic: $0.isVariadic)
    }
  }
}

/// Where a closure finds a captured value when it is made.
enum CaptureSource {
  case register(Int)
  case capture(Int)
  case currentFunction
}

/// The arguments of a call as written: positional ones first in the window, then the named.
struct CallShape {
  let positionalCount: Int
  let names: [String]
  /// The builtin called, when it is known.
  let builtin: Int?
}

/// One item between brackets; its values stand in registers one after the other.
enum IndexItemShape {
  case ellipsis
  case slice(hasLower: Bool, hasUpper: Bool, hasStep: Bool)
  case value
}

/// The left side of an assignment. A class: read at every assignment.
final class PlaceShape {
  enum Root {
    case register(Int)
    case cell(Int)
    case captureCell(Int)
    case global(Int)
    case slot(model: Int, slot: Int)
  }
  enum Step {
    case field(String)
    case index([IndexItemShape])
  }
  let root: Root
  let name: String
  let steps: [Step]
  /// Whether every step is a field or one index.
  let isSimple: Bool
  /// By step: the name of a field.
  let fieldNames: [String?]
  let fields: UnsafeMutablePointer<FieldCache>
  let operandCount: Int

  init(root: Root, name: String, steps: [Step]) {
    self.root = root
    self.name = name
    self.steps = steps
    isSimple = steps.allSatisfy {
      guard case .index(let items) = $0 else { return true }
      if items.count == 1, case .value = items[0] { return true }
      return false
    }
    fieldNames = steps.map { (step) -> String? in
      if case .field(let name) = step { return name }
      return nil
    }
    fields = FieldCache.allocate(steps.count)
    operandCount = steps.reduce(0) { count, step in
      if case .index(let shape) = step { return count + shape.operandCount }
      return count
    }
  }

  deinit { FieldCache.free(fields, steps.count) }
}

/// Sizes that a value's shape must have. Registers of names bound by the check are filled by it.
struct ShapeCheck {
  enum Size {
    case ellipsis
    /// The first place of a name: its size goes into the register.
    case bind(register: Int, name: String)
    /// Must equal the number in the register.
    case equal(register: Int, text: String)
    /// Any size: a name that nothing else mentions.
    case any
  }
  struct Item {
    /// What messages call the value: a parameter's name, or `the result`.
    let name: String
    /// The value's register; results say it in the instruction.
    let register: Int
    let sizes: [Size]
    let span: Span
    let text: String
  }
  let items: [Item]
}

/// A `layer` statement: what is known of the layer before it runs.
struct LayerShape {
  let name: String
  let fieldNames: [String]
  let hyperparameterCount: Int
  let parameterNames: [String]
  let isState: [Bool]
  let span: Span
  let initializer: Prototype
  let call: Prototype?
  let functions: [(name: String, prototype: Prototype)]
}
