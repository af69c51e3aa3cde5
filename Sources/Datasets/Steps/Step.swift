import SourceText

/// A preparation step of a dataset, as the user wrote it: nothing is learned yet.
public struct Step: Sendable {
  public enum Kind: Sendable {
    /// (v - mean) / deviation. Columns: nil for all numbers but the target.
    case normalize
    /// (v - least) / (greatest - least).
    case minMax
    /// v * factor.
    case scale(Double)
    /// A text column becomes a truth value column `name=value` for each of its values.
    case oneHot(UnknownCategory)
    /// `indicators`: a column that has missing values where the step learns gets a truth value column `name=none`
    /// beside it.
    case fillMissing(Fill, indicators: Bool = false)
    /// A column of text becomes integers, the positions of its values in `order` or else in sorted order.
    case ordinal(order: [Cell]?)
    /// A column of dates becomes one of numbers for each part, `name.part`.
    case dates([CalendarDate.Part], DateFormat, since: CalendarDate?)
    /// Columns: nil for all images.
    case image(ImageChange)
    case text(TextStep)
  }

  /// What a value means that did not occur where the step learned.
  public enum UnknownCategory: String, Sendable {
    /// It is an error.
    case error
    /// No column of the group is set.
    case zeros
  }

  public enum Fill: Sendable {
    /// Numbers get this statistic, texts and truth values the most frequent value.
    case mean, median, mostFrequent
    /// Columns of the value's kind get it.
    case value(Cell)
  }

  public var kind: Kind
  /// Nil: every column that the step is meant for.
  public var columns: [String]?
  /// The call that asked for it, for messages.
  public var origin: Span

  public init(_ kind: Kind, columns: [String]? = nil, origin: Span = .none) {
    self.kind = kind
    self.columns = columns
    self.origin = origin
  }

  /// As users call it.
  public var name: String {
    switch kind {
    case .normalize: "normalize"
    case .minMax: "min_max"
    case .scale: "scale"
    case .oneHot: "one_hot"
    case .fillMissing: "fill_missing"
    case .ordinal: "ordinal"
    case .dates: "date_parts"
    case .image(let change): change.name
    case .text(let step): step.name
    }
  }
}
