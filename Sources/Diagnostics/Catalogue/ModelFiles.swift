import SourceText

// Saving and loading models and runs.

extension Diagnostic {
  public static func notSavable(_ kind: String, path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "`\(path)` cannot be saved: \(kind)", at: span, label: "holds \(kind)",
      help: "a model file holds numbers, texts, tensors, functions, layers, and lists, tuples and records of these")
  }

  public static func closureNotSavable(at span: Span, written: Span) -> Diagnostic {
    Diagnostic(
      .value, "this function cannot be saved: it uses local values", at: span, label: "saved here",
      more: [Label(written, "uses names from around it")],
      help: "make it a function at the top level of the file, with what it needs as hyperparameters of the layer")
  }

  public static func damagedModel(_ path: String, found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` is not a model that mdl wrote", at: span, label: "it has \(found)",
      help: "save the model again with `save(net, file)`")
  }

  public static func notAModelFile(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` holds tensors, but no model of mdl", at: span, label: "a safetensors file of another program",
      help: "`tensors(file)` reads the tensors by name")
  }

  public static func layerChanged(_ layer: String, field: String, path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .file, "the layer `\(layer)` in `\(path)` has another form than the one here", at: span,
      label: "`\(field)` does not fit", help: "the file was written by another version of the library: train and save again")
  }

  public static func noDefinition(_ name: String, path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` needs `\(name)`, which is not defined", at: span, label: "neither in the file nor in the library",
      help: "the file may have been changed: save the model again")
  }
}
