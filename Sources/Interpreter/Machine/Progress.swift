/// How far a training run is, as plain data: whoever runs the machine decides how to show it.
public struct ProgressEvent: Sendable, Equatable {
  public enum Moment: Sendable { case started, step, epoch }

  /// One measured value: `loss`, `accuracy`, `validation loss`, ...
  public struct Measure: Sendable, Equatable {
    public var name: String
    public var value: Double
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// What has just happened: the run began, or a step, an epoch or the run was finished.
  public var moment: Moment
  /// From 1.
  public var epoch: Int
  public var epochs: Int
  /// From 1, within the epoch.
  public var step: Int
  /// Steps in one epoch.
  public var steps: Int
  public var values: [Measure]

  public init(moment: Moment, epoch: Int, epochs: Int, step: Int, steps: Int, values: [Measure]) {
    self.moment = moment
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.values = values
  }
}
