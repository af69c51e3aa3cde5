import SourceText

extension Diagnostic {
  /// With the place, when whoever made it knew none (readers of files, datasets).
  public func located(at span: Span) -> Diagnostic {
    guard self.span.isNone, !span.isNone else { return self }
    var result = self
    if result.labels.isEmpty { result.labels.append(Label(span)) } else { result.labels[0].span = span }
    return result
  }
}
