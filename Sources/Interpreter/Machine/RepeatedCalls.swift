import Diagnostics
import SourceText

/// A function that a builtin calls for one element after the other. What can be looked at beforehand is: a function of
/// the language then starts at once. Only for the builtin that made it, between whose calls nothing else runs.
struct RepeatedCall {
  private let machine: Machine
  private let function: Value
  private let site: Site
  /// The code that can start at once; nil: every call goes the common way.
  private let code: UnsafeMutablePointer<CodeBlock>?
  private let window: Slot

  fileprivate init(_ machine: Machine, _ function: Value, _ count: Int, _ site: Site) {
    self.machine = machine
    self.function = function
    self.site = site
    let frame = machine.frame
    window = frame.pointee.base + frame.pointee.code.pointee.registerCount
    if let code = function.function.flatMap({ $0.plainCount == count ? $0.code : nil }), machine.hasNativeRoom(),
      window + count + 1 + code.pointee.registerCount < machine.stackEnd, frame + 1 < machine.framesEnd
    {
      self.code = code
    } else {
      code = nil
    }
  }

  func callAsFunction(_ first: Value) throws(Diagnostic) -> Value {
    guard let code, !machine.interrupt.isRaised else { return try machine.call(function, [first], at: site) }
    window[1] = first
    return try run(code, 1)
  }

  func callAsFunction(_ first: Value, _ second: Value) throws(Diagnostic) -> Value {
    guard let code, !machine.interrupt.isRaised else { return try machine.call(function, [first, second], at: site) }
    window[1] = first
    window[2] = second
    return try run(code, 2)
  }

  /// Calls the function with the arguments that stand in the window.
  private func run(_ code: UnsafeMutablePointer<CodeBlock>, _ count: Int) throws(Diagnostic) -> Value {
    if code.pointee.needsCallee { window.pointee = function }
    let floor = machine.frame
    let next = floor.pointee.next
    machine.nativeDepth += 1
    defer {
      machine.nativeDepth -= 1
      floor.pointee.next = next
    }
    do throws(Diagnostic) {
      try machine.push(code, window, from: floor)
      try machine.execute(until: floor)
    } catch {
      window.clear(count + 1)
      throw error
    }
    return window.takeValue()
  }
}

extension BuiltinCall {
  /// The function given as argument `index`, to be called many times with `count` arguments.
  func repeatedCall(_ index: Int, _ count: Int) -> RepeatedCall {
    RepeatedCall(machine, arguments[index], count, placeSite(index))
  }
}
