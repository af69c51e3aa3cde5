import Diagnostics

extension Machine {
  /// Whether a value holds tracers, so that printing it waits until the program has run.
  func holdsTracers(_ value: Value) -> Bool { value.leaves().contains(where: \.isTracer) }

  /// Prints at every run of the program, in the order of the program's prints. Inside `vmap` and `scan`, where one print
  /// would stand for many values, it is an error.
  func tracedPrint(_ values: [Value], at site: Site) throws(Diagnostic) {
    guard let trace = tensors.current, let record = trace.root.record else { return }
    let root = trace.root
    var shown: [Value] = []
    for value in values {
      shown.append(
        try mapLeaves(of: value) { (leaf) throws(Diagnostic) in
          guard case .object(let tracer as TracerValue) = leaf else { return leaf }
          guard let id = trace.id(of: tracer) else { throw .escapedTracer(at: site.span) }
          guard let hoisted = try self.hoisted(id, in: trace) else { throw .perElementRead("a print", at: site.span) }
          return .object(
            TracerValue(
              trace: root, id: hoisted, type: tracer.type, mark: tracer.mark, isHostNumber: tracer.isHostNumber,
              origin: tracer.origin))
        })
    }
    record.prints.append((shown, site))
  }
}
