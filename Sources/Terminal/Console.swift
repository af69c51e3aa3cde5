import Glibc

/// The two output streams of the command and the one live line that may stand on the terminal. Results go to standard
/// output, progress and diagnostics to standard error.
public final class Console {
  public let output: Capabilities
  public let error: Capabilities
  /// Set when standard output can't be written (a full disk); a closed pipe ends the process instead.
  public private(set) var outputProblem: String?

  private var buffer: [UInt8] = []
  private var hasLiveLine = false
  private var run: Run?

  /// The training run being shown.
  private struct Run {
    var startTime: Double
    /// Steps done before what `startTime` counts.
    var startSteps: Double
    var epochTime: Double
    var lastDraw: Double
    /// The last epoch's row while it has not been written.
    var pendingRow: String?
    /// How far the run is.
    var state: ProgressState?
  }

  public init(colour: ColourChoice = .auto) {
    output = Capabilities(descriptor: STDOUT_FILENO, colour: colour)
    error = Capabilities(descriptor: STDERR_FILENO, colour: colour)
  }

  public var width: Int { terminalWidth(output.isTerminal ? STDOUT_FILENO : STDERR_FILENO) }

  /// Results. Held back in blocks where nobody watches; `flush` writes what is left.
  public func write(_ text: String) {
    clearLiveLine()
    buffer.append(contentsOf: text.utf8)
    if output.isTerminal || buffer.count >= 1 << 16 { flush() }
  }

  /// Messages: diagnostics, warnings, progress. What was printed before comes first.
  public func writeError(_ text: String) {
    clearLiveLine()
    flush()
    writeAll(Array(text.utf8), to: STDERR_FILENO)
  }

  public func flush() {
    guard !buffer.isEmpty else { return }
    if let code = writeAll(buffer, to: STDOUT_FILENO), outputProblem == nil {
      outputProblem = String(cString: strerror(code))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// A run begins, or goes on: times count from here. A run that does not say so counts from its first step.
  public func beginProgress(_ state: ProgressState) {
    endProgress()
    let now = monotonicSeconds()
    run = Run(startTime: now, startSteps: state.stepsDone, epochTime: now, lastDraw: now, pendingRow: nil, state: nil)
  }

  /// A step is done: redraws the live line, at most ten times a second.
  public func showStep(_ state: ProgressState) {
    let now = monotonicSeconds()
    var current = run(for: state, at: now)
    current.state = state
    defer { run = current }
    guard error.canRedraw, now - current.lastDraw >= 0.1 else { return }
    current.lastDraw = now
    let elapsed = now - current.startTime
    let rate = elapsed > 0.2 ? (state.stepsDone - current.startSteps) / elapsed : nil
    flush()
    // The last column stays free: some terminals wrap when it is written.
    let line = cut(state.liveLine(rate: rate), toWidth: max(10, terminalWidth(STDERR_FILENO) - 1))
    writeAll(Array((Control.clearLine + line).utf8), to: STDERR_FILENO)
    hasLiveLine = true
  }

  /// An epoch is done: a row that stays. A terminal gets about twenty of a long run, a log gets all.
  public func showEpoch(_ state: ProgressState) {
    let now = monotonicSeconds()
    var current = run(for: state, at: now)
    let row = state.epochLine(seconds: now - current.epochTime) + "\n"
    current.epochTime = now
    let every = error.canRedraw && state.epochs > 30 ? state.epochs / 20 : 1
    if state.epoch % every == 0 || state.epoch == 1 || state.epoch == state.epochs {
      writeError(row)
      current.pendingRow = nil
    } else {
      current.pendingRow = row
    }
    current.state = nil
    run = current
  }

  /// The run is over or failed: nothing live stays on the screen. If it was stopped, how far it had come does.
  public func endProgress(stopped: Bool = false) {
    // The terminal has put ^C on the screen.
    if stopped, error.canRedraw { hasLiveLine = true }
    if stopped, let state = run?.state {
      writeError(state.liveLine(rate: nil) + "\n")
    } else if let row = run?.pendingRow {
      writeError(row)
    }
    clearLiveLine()
    run = nil
  }

  private func run(for state: ProgressState, at now: Double) -> Run {
    if let run, state.stepsDone >= run.startSteps { return run }
    return Run(startTime: now, startSteps: state.stepsDone, epochTime: now, lastDraw: 0, pendingRow: nil, state: nil)
  }

  private func clearLiveLine() {
    guard hasLiveLine else { return }
    writeAll(Array(Control.clearLine.utf8), to: STDERR_FILENO)
    hasLiveLine = false
  }
}

/// Writes all bytes, whatever interrupts; gives errno when that is impossible.
@discardableResult
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
  var start = 0
  while start < bytes.count {
    let written = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if written > 0 {
      start += written
    } else if written < 0 && errno == EAGAIN {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&ready, 1, 1000)
    } else if written < 0 && errno != EINTR {
      return errno
    }
  }
  return nil
}

/// Seconds of a clock that never goes back.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
