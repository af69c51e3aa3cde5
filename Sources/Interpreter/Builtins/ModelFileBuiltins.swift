import Diagnostics
import ModelFiles

/// Models and runs in files.
enum ModelFileBuiltins {
  static let builtins: [Builtin] = [
    Builtin(
      "save",
      [.init("model"), .init("file"), .init("data", default: Value.none), .init("bits", default: .int(32))],
      """
      Writes a model as one safetensors file: parameters, layers with their source, and how raw rows are prepared. After
      your own training loop, pass the dataset: `save(net, file, data: digits)`. With `bits: 8` weights of two or more
      dimensions take one byte each: whole multiples of a step, which each unit has for itself.
      """
    ) { (call) throws(Diagnostic) in
      try call.machine.requireModel(call.arguments[0], at: call.site)
      if !call.isNone(2) { try call.machine.attachData(call.arguments[2], to: call.arguments[0], output: nil, at: call.site) }
      let bits = try call.integer(3)
      guard bits == 32 || bits == 8 else {
        throw .invalidArgument("bits", found: "\(bits)", expected: "32 or 8", at: call.site.operand(3))
      }
      let attachment = call.machine.attachment(of: call.arguments[0])
      guard !call.machine.tensors.isDryRun else { return .none }
      try ModelArchive.write(
        call.arguments[0], attachment: attachment, inBytes: bits == 8, to: try call.textArgument(1), call.machine, at: call.site)
      return .none
    },
    Builtin("load", [.init("file")], "The model in a file written by `save`: code, parameters and preparation together.") {
      (call) throws(Diagnostic) in try ModelArchive.read(try call.textArgument(0), call.machine, at: call.site)
    },
    Builtin(
      "tensors", [.init("file")],
      "The tensors in a safetensors file of any program, a dict by name. I8, U8 and I32 become i64, F16 and BF16 f32."
    ) { (call) throws(Diagnostic) in
      let path = try call.textArgument(0)
      let file = try call.machine.located(call.site) { () throws(Diagnostic) in try SafeTensors.read(path) }
      let dict = DictValue()
      for (name, tensor) in file.tensors {
        dict.set(.text(name), .object(TensorValue(tensor, origin: call.site.span)))
      }
      return .object(dict)
    },
    Builtin(
      "save_run", [.init("file"), .init("run")],
      "Writes the state of a training run: a record of models, optimizers and plain values."
    ) { (call) throws(Diagnostic) in
      guard !call.machine.tensors.isDryRun else { return .none }
      try RunArchive.write(call.arguments[1], to: try call.textArgument(0), call.machine, at: call.site)
      return .none
    },
    Builtin(
      "load_run", [.init("file"), .init("run")],
      "The record that `save_run` wrote; models and optimizers of `run` are filled in place."
    ) { (call) throws(Diagnostic) in
      try RunArchive.read(try call.textArgument(0), into: call.arguments[1], call.machine, at: call.site)
    },
  ]
}
