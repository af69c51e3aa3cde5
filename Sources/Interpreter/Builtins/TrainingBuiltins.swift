import Diagnostics

/// What the training loop of the library needs beside tensors: progress, and stopping between two steps.
enum TrainingBuiltins {
  static let builtins: [Builtin] = [
    Builtin(
      "report", [.init("event")],
      """
      Shows the progress of a training run: {epoch, epochs, step, steps, values, done}. A run that begins with
      {started: true, epoch, epochs, step, steps} has its times counted from there.
      """
    ) { (call) throws(Diagnostic) in
      guard case .object(let object) = call.arguments[0], let event = object as? RecordValue else {
        throw .wrongKind(found: call.arguments[0].kindName, expected: "a record", at: call.site.operand(0))
      }
      func number(_ name: String) throws(Diagnostic) -> Int {
        guard let value = event.value(of: name) else { return 0 }
        return try call.machine.hostInteger(value, at: call.site)
      }
      var measures: [ProgressEvent.Measure] = []
      if case .object(let object)? = event.value(of: "values"), let values = object as? RecordValue {
        for (name, value) in zip(values.names, values.values) {
          guard value.tensorType?.shape.rank == 0 else { continue }
          measures.append(.init(name, try call.machine.hostFloat(value, at: call.site)))
        }
      }
      var moment = ProgressEvent.Moment.step
      if case .bool(true)? = event.value(of: "done") { moment = .epoch }
      if case .bool(true)? = event.value(of: "started") { moment = .started }
      call.machine.progress(
        ProgressEvent(
          moment: moment, epoch: try number("epoch"), epochs: try number("epochs"),
          step: try number("step"), steps: try number("steps"), values: measures))
      return .none
    },
    Builtin(
      "hold_interrupts", [.init("f")],
      "Calls f() while a first Ctrl-C waits for `stop_here`; a second one stops at once."
    ) { (call) throws(Diagnostic) in
      call.machine.interrupt.hold()
      defer { call.machine.interrupt.release() }
      return try call.machine.call(call.arguments[0], [], at: call.site)
    },
    Builtin(
      "stop_here", [.init("run")],
      "Ends the program here when Ctrl-C was pressed, keeping `run` for `resume()`."
    ) { (call) throws(Diagnostic) in
      guard call.machine.interrupt.isPressed else { return .none }
      call.machine.suspendedRun = call.arguments[0]
      throw .stopped(at: call.machine.callSpan(at: call.site))
    },
    Builtin("suspended", [], "The run that `stop_here` kept last, or none; it is handed out once.") { (call) in
      defer { call.machine.suspendedRun = .none }
      return call.machine.suspendedRun
    },
    Builtin(
      "attach", [.init("model"), .init("data"), .init("output", default: Value.none)],
      "Hands the preparation of a dataset, and what turns results into predictions, to a model."
    ) { (call) throws(Diagnostic) in
      try call.machine.requireModel(call.arguments[0], at: call.site)
      let output = call.isNone(2) ? nil : try call.textArgument(2)
      try call.machine.attachData(call.arguments[1], to: call.arguments[0], output: output, at: call.site)
      return .none
    },
    Builtin("output_of", [.init("model")], "What `predict` applies to a model's result: a name, or none.") { (call) in
      call.machine.attachment(of: call.arguments[0])?.output.map { .object(TextValue($0)) } ?? .none
    },
  ]
}
