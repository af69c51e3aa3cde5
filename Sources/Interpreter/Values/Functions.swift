import SourceText

/// A function of the language: code and what it captured. Captured `var`s are cells.
public final class FunctionValue: HeapObject {
  public let prototype: Prototype
  @exclusivity(unchecked) public var captures: [Value] { didSet { findFirst() } }
  /// The first of the captures, for as long as they stay.
  @exclusivity(unchecked) private(set) var firstCapture: UnsafePointer<Value>?
  /// `net.encode`: the model that goes before the arguments.
  let receiver: Value?
  /// The prototype's code, read without counting references.
  let code: UnsafeMutablePointer<CodeBlock>
  /// The number of arguments with which a call may skip everything; -1: none.
  let plainCount: Int
  /// The same when the function itself need not be there either.
  let directCount: Int

  public init(prototype: Prototype, captures: [Value], receiver: Value? = nil) {
    self.prototype = prototype
    self.captures = captures
    self.receiver = receiver
    code = prototype.code
    plainCount = receiver == nil ? code.pointee.parameterCount : -1
    directCount = code.pointee.needsCallee ? -1 : plainCount
    super.init(.function)
    findFirst()
  }

  private func findFirst() { firstCapture = captures.withUnsafeBufferPointer { $0.baseAddress } }

  deinit { if !captures.isEmpty { Reclaiming.free(&captures) } }
}

/// A builtin as a value.
public final class BuiltinValue: HeapObject {
  public let builtin: Builtin
  init(_ builtin: Builtin) {
    self.builtin = builtin
    super.init(.builtin)
  }
}

/// `import "file" as name`: the names of a file.
public final class ModuleValue: HeapObject {
  let module: Module
  init(_ module: Module) {
    self.module = module
    super.init(.module)
  }
}
