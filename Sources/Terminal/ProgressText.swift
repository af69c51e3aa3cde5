import Glibc

/// How far a training run is, for one line of text.
public struct ProgressState: Sendable {
  public var epoch: Int
  public var epochs: Int
  public var step: Int
  public var steps: Int
  public var values: [(name: String, value: Double)]

  /// `epoch` and `step` count from 1; `steps` are those of one epoch.
  public init(epoch: Int, epochs: Int, step: Int, steps: Int, values: [(name: String, value: Double)]) {
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.values = values
  }

  var stepsDone: Double { Double(epoch - 1) * Double(steps) + Double(step) }
  var stepsLeft: Double { max(0, Double(epochs) * Double(steps) - stepsDone) }

  /// `epoch 3/10  step 412/1875  loss 0.2134  512 steps/s  8 s left`; rate in steps a second, nil when not known yet.
  public func liveLine(rate: Double?) -> String {
    var parts = [
      "epoch \(padded("\(epoch)", toWidth: "\(epochs)".count, right: true))/\(epochs)",
      "step \(padded("\(step)", toWidth: "\(steps)".count, right: true))/\(steps)",
    ]
    parts += measures
    if let rate, rate > 0 {
      parts.append(rate >= 10 ? "\(Int(min(rate, 1e9))) steps/s" : "\(decimal(rate, places: 1)) steps/s")
      parts.append("\(durationText(stepsLeft / rate)) left")
    }
    return parts.joined(separator: "  ")
  }

  /// `epoch  3/10  loss 0.2134  accuracy 0.9340  1.2 s`; the time is that of this epoch.
  public func epochLine(seconds: Double) -> String {
    let head = "epoch \(padded("\(epoch)", toWidth: "\(epochs)".count, right: true))/\(epochs)"
    return ([head] + measures + [durationText(seconds)]).joined(separator: "  ")
  }

  private var measures: [String] { values.map { "\($0.name) \(measureText($0.value))" } }
}

/// A measured value in a fixed number of places, so that it does not jump while it changes.
public func measureText(_ value: Double) -> String {
  let size = abs(value)
  if !value.isFinite { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  if size != 0 && (size < 1e-3 || size >= 1e6) { return printf("%.3e", value) }
  return decimal(value, places: size >= 1000 ? 1 : size >= 100 ? 2 : 4)
}

/// `35 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h 05 min`.
public func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  if seconds < 0.0995 { return decimal(max(0, seconds * 1000), places: seconds < 0.00995 ? 1 : 0) + " ms" }
  if seconds < 9.95 { return decimal(seconds, places: 1) + " s" }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  let two = { (number: Int) in (number < 10 ? "0" : "") + "\(number)" }
  if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
  return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
}

private func decimal(_ value: Double, places: Int) -> String { printf("%.\(places)f", value) }

private func printf(_ format: String, _ value: Double) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
  return String(decoding: buffer.prefix(max(0, min(Int(length), 63))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
