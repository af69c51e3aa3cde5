import SourceText

// Tensor code: tracing, transforms, models, optimizers, memory.

extension Diagnostic {
  public static func wrongKind(found: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(.type, "expected \(expected), found \(found)", at: span, label: found)
  }

  public static func tensorForList(at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "expected a list, found tensor", at: span, label: "tensor",
      help: "brackets of numbers make a tensor; `list([1, 2])` makes a list of it")
  }

  public static func notForATensor(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "expected numbers in a tensor, found \(found)", at: span, label: found,
      help: "a tensor takes numbers, truth values, and lists of them that are equally long")
  }

  public static func invalidArgument(_ name: String, found: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "`\(name)` cannot be \(found)", at: span, label: "expected \(expected)",
      help: "pass \(expected) as `\(name)`")
  }

  public static func tensorCondition(shape: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "a condition takes one truth value, this is a tensor of shape \(shape)", at: span,
      label: "many truth values", help: "use `all(...)` or `any(...)`; `where(c, a, b)` chooses element by element")
  }

  public static func perElementRead(_ purpose: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "this value differs between examples or steps", at: span, label: "needed here as \(purpose)",
      notes: ["inside `vmap` and `scan` one computation serves all examples or steps"],
      help: "`where(condition, a, b)` chooses for each of them")
  }

  public static func escapedTracer(at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "a value of a finished `grad`, `vmap` or `scan` was kept", at: span, label: "it has no value here",
      help: "return what you need from the function")
  }

  public static func tracedClosure(at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "a compiled function cannot give a function that holds tensors", at: span,
      label: "the function would keep values that exist only while it runs", help: "return the tensors instead")
  }

  public static func unstableTrace(at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "this function changes what it computes from call to call", at: span,
      label: "its code could not be recorded",
      help: "keep file access and clocks out of functions under `grad` and `compiled`")
  }

  public static func notTraceable(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(.trace, text, at: span)
  }

  public static func gradWithoutArgument(at span: Span) -> Diagnostic {
    Diagnostic(
      .arguments, "nothing to differentiate by", at: span, label: "called without an argument",
      help: "`grad(f)(x)` differentiates f with respect to x")
  }

  public static func gradArgument(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "cannot differentiate with respect to \(found)", at: span, label: "the first argument",
      help: "give a number, a tensor, a record of them, or a model first")
  }

  public static func gradNeedsScalar(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "a gradient needs one number to differentiate", at: span, label: "the function gave \(found)",
      help: "end the function with `sum(...)` or `mean(...)`; `jacobian` differentiates every element")
  }

  public static func extraResult(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "with `extra: true` the function gives a pair", at: span, label: "found \(found)",
      help: "end the function with `(value, anything)`")
  }

  public static func everythingFrozen(at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "every part of this model is frozen", at: span, label: "nothing to differentiate",
      help: "`unfreeze(net.part)` lets a part learn again")
  }

  public static func vmapSizes(first: Int, second: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the arguments have different numbers of rows", at: span, label: "\(first) and \(second)",
      help: "every tensor needs the same size along the axis that is run over")
  }

  public static func vmapWithoutTensor(at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "nothing to run over", at: span, label: "no argument is a tensor with rows",
      help: "give at least one tensor whose first axis counts the examples")
  }

  public static func stateUnderVmap(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "the state `\(name)` cannot be set for each example", at: span, label: "under `vmap`",
      help: "call the model on the whole batch instead")
  }

  public static func scanOverScalar(at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "nothing to scan over", at: span, label: "has no dimensions",
      help: "give a tensor, or a record of tensors, with the steps along one axis")
  }

  public static func scanCarry(before: String, after: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the carry of a scan keeps its shape and type", at: span,
      label: "before a step \(before), after it \(after)", help: "start with a value of the shape that the step gives")
  }

  public static func scanResult(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "the step of a scan gives a pair", at: span, label: "found \(found)",
      help: "end the step with `(carry, result)`")
  }

  public static func updateInsideTransform(at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "a model cannot be updated inside `grad`, `vmap` or `scan`", at: span, label: "update",
      help: "take the gradient first, then update")
  }

  public static func updatedTwice(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "`\(path)` is updated twice by one optimizer in one compiled step", at: span,
      label: "the second update", help: "add the gradients, then update once")
  }

  public static func optimizerResult(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "the step of an optimizer gives a pair", at: span, label: "found \(found)",
      help: "end the step with `(new parameter, new state)`")
  }

  public static func optimizerShape(_ name: String, expected: String, found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the optimizer changed the shape of `\(name)`", at: span, label: "expected \(expected), found \(found)",
      help: "the new parameter must have the shape of the old one")
  }

  public static func parameterNotReached(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(name)` has not been made yet", at: span, label: "its sizes are not known",
      help: "call the model once; then its parameters can be read")
  }

  public static func outOfMemory(requested: Int?, available: Int, at span: Span) -> Diagnostic {
    let wanted = requested.map { "\(amount($0)) asked for" } ?? "more than 64 bits can count"
    return Diagnostic(
      .limit, "not enough memory", at: span, label: "\(wanted), \(amount(available)) left",
      help: "use smaller sizes or a smaller batch")
  }

  private static func amount(_ bytes: Int) -> String {
    bytes >= 10 << 30 ? "\(bytes >> 30) GB" : bytes >= 10 << 20 ? "\(bytes >> 20) MB" : "\(bytes) bytes"
  }

  public static func loopStride(_ found: Int, at span: Span) -> Diagnostic {
    Diagnostic(.value, "a loop comes back every 1 or more steps", at: span, label: "found \(found)")
  }

  public static func checkFailed(_ message: String, help: String?, at span: Span) -> Diagnostic {
    Diagnostic(.value, message, at: span, help: help)
  }

  public static func positionOutOfRange(_ found: Int, element: Int, count: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "position \(found) is outside an axis of \(count)", at: span,
      label: "element \(element) of the positions is \(found)",
      help: count == 0
        ? "there is nothing to take from" : "positions go from 0 to \(count - 1), as class ids and token ids do")
  }

  public static func tensorDivisionByZero(element: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .arithmetic, "whole numbers divided by zero", at: span, label: "element \(element) is the first",
      help: "divide `f32(x)` if infinity is what you want there")
  }

  public static func tensorOverflow(element: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .arithmetic, "a whole number became too large for 64 bits", at: span, label: "element \(element) is the first",
      help: "compute with `f64(x)` where such sizes are meant")
  }

  public static func singularMatrix(row: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .arithmetic, "the matrix cannot be divided by", at: span, label: "row \(row) has a zero on the diagonal",
      help: "its rows depend on each other; add a small number to the diagonal")
  }

  public static func gradientOfWhile(at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "`grad` cannot go back through a loop of unknown length", at: span, label: "this loop",
      help: "use `scan`, which keeps what the way back needs")
  }

  public static func drawInWhile(at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "random numbers under `vmap` need a loop of known length", at: span, label: "drawn in this loop",
      help: "use `scan`")
  }

  public static func stopped(at span: Span) -> Diagnostic {
    Diagnostic(.interrupted, "stopped", at: span, help: "`resume()` goes on with an interrupted training run")
  }

  /// `mayWantArguments`: an index is out of range, and the program names `args`, which is empty.
  public static func checkEndsHere(at span: Span, mayWantArguments: Bool) -> Diagnostic {
    Diagnostic(
      .value, "checked up to here", at: span, label: "what follows depends on values that only a real run has",
      help: mayWantArguments
        ? "`-- ARGS` behind the files gives the program its list `args`" : "run the program to see the rest",
      severity: .warning)
  }

  public static func notAModel(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "expected a model, found \(found)", at: span, label: found,
      help: "pass a layer such as `Dense(10)` or a chain of layers")
  }
}

extension Diagnostic {
  public static func modelsDiffer(at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "these two models have different parameters", at: span, label: "paths, sizes or types differ",
      help: "use a model made by `copy`, or by the same layer with the same hyperparameters")
  }
}

extension Diagnostic {
  public static func noPreparation(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "this model does not know how to prepare \(found)", at: span, label: "raw rows",
      help: "train it on a dataset, or save it with `save(net, file, data: d)`; tensors are taken as they are")
  }
}
