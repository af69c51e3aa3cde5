import SourceText

// Convolution and pooling.

extension Diagnostic {
  public static func imageRank(_ operation: String, found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "`\(operation)` takes images or sequences, not a tensor of shape \(found)", at: span,
      label: "expected [batch, channels, height, width] or [batch, time, features]",
      help: "`x[:, none]` gives images one channel, `x[none]` makes a batch of one example")
  }

  public static func filterRank(_ operation: String, found: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the weight of `\(operation)` has the shape \(found)", at: span, label: "expected \(expected)",
      help: "for images [height, width, channels, filters], for sequences [time, features, filters]")
  }

  public static func filterChannels(
    _ operation: String, found: Int, expected: Int, groups: Int, weight: Span, input: Span
  ) -> Diagnostic {
    let each = groups == 1 ? "" : " in each of \(groups) groups"
    return Diagnostic(
      .shape, "the weight of `\(operation)` is for \(found) channels, the input has \(expected)\(each)", at: weight,
      label: "for \(found) channels", more: [Label(input, "\(expected) channels\(each)")],
      help: "the last size but one of the weight is the number of channels of a group")
  }

  public static func groupsDoNotDivide(
    _ operation: String, groups: Int, channels: Int, filters: Int, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .shape, "\(channels) channels and \(filters) filters do not divide into \(groups) groups", at: span,
      label: "`groups` is \(groups) here",
      help: "choose `groups` so that it divides both numbers; 1 lets every filter see every channel")
  }

  public static func windowTooLarge(_ operation: String, window: String, image: String, padding: Bool, at span: Span)
    -> Diagnostic
  {
    Diagnostic(
      .shape, "the window of `\(operation)` is larger than what it walks over", at: span,
      label: "the window reaches over \(window), the input \(padding ? "with its padding " : "")has \(image)",
      help: "`padding: \"same\"` keeps the size, a smaller window or fewer layers of pooling leave more of the image")
  }

  public static func poolPadding(_ operation: String, padding: Int, window: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "padding of \(padding) for a window of \(window): some windows would see nothing of the image", at: span,
      help: "the padding of `\(operation)` must be smaller than its window")
  }
}
