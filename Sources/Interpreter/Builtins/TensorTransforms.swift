import Diagnostics

/// `grad` and its like, `scan`, `compiled`.
enum TensorTransforms {
  static let builtins: [Builtin] = [
    transform(
      "grad", .grad,
      """
      The derivative of a function that gives one number, as a function: `grad(x -> x ^ 3)(2.0)` is 12.
      With respect to the first argument: a number, a tensor, a record of them, or a model.
      """),
    Builtin(
      "value_and_grad", [.init("f"), .init("extra", default: .bool(false))],
      """
      Like `grad`, giving the pair (value, gradient). With `extra: true` the function gives (value, anything), and the
      result is ((value, anything), gradient).
      """
    ) { (call) throws(Diagnostic) in
      .object(TransformedValue(.valueAndGrad(extra: try call.flag(1)), of: call.arguments[0]))
    },
    transform("jacobian", .jacobian, "All derivatives of a tensor-valued function: the result's shape, then the argument's."),
    transform(
      "compiled", .compiled,
      "The same function as one program: tensor code inside, updates of models included, is planned and run together."),
    Builtin(
      "vmap", [.init("f"), .init("chunk", default: Value.none)],
      "A function for one example, run on every row of its arguments. `chunk` bounds how many run together."
    ) { (call) throws(Diagnostic) in
      let chunk = call.isNone(1) ? nil : try call.integer(1)
      return .object(TransformedValue(.vmap(chunk: chunk), of: call.arguments[0]))
    },
    Builtin(
      "scan",
      [
        .init("xs"), .init("axis", default: .int(0)), .init("start"), .init("step"),
        .init("reverse", default: .bool(false)),
      ],
      """
      A loop over the slices of xs along an axis: `step: (carry, x) -> (carry, y)`. Gives (last carry, all y stacked
      along the same axis). Differentiable; runs as a loop inside the program.
      """
    ) { (call) throws(Diagnostic) in
      let axis = try call.integer(1)
      let isReversed = try call.flag(4)
      let machine = call.machine
      let site = call.site
      return try machine.compiledCall(
        call.arguments[3], [call.arguments[0], call.arguments[2]], name: "scan \(axis) \(isReversed)", at: site
      ) { (step, arguments, _) throws(Diagnostic) in
        try machine.scanned(
          arguments[0], axis: axis, start: arguments[1], isReversed: isReversed, at: site
        ) { (carry, slice) throws(Diagnostic) in try machine.call(step, [carry, slice], at: site) }
      }
    },
    Builtin(
      "compiled_loop", [.init("xs"), .init("start"), .init("step"), .init("every", default: .some(.none))],
      """
      A loop as one program: `step: (carry, x) -> (carry, y)` for each of `batches(...)`, or each slice of tensors along
      their first axis; steps may update models. To be looped over: it gives (carry, ys of the steps since, steps done)
      several times a second and at the end, `for (carry, ys, done) in compiled_loop(batches(data, 32), 0.0, step) {}`.
      With `every: n` also after each n steps. When a step fails or is stopped, the steps before it stand.
      """
    ) { (call) throws(Diagnostic) in
      let stride = call.isNone(3) ? nil : try call.wholeNumber(3)
      if let stride, stride < 1 { throw .loopStride(stride, at: call.site.operand(3)) }
      return .object(
        CompiledLoopValue(
          over: call.arguments[0], start: call.arguments[1], step: call.arguments[2], every: stride))
    },
  ]

  private static func transform(_ name: String, _ kind: TransformedValue.Transform, _ documentation: String) -> Builtin {
    Builtin(name, [.init("f")], documentation) { (call) throws(Diagnostic) in
      .object(TransformedValue(kind, of: call.arguments[0]))
    }
  }
}
