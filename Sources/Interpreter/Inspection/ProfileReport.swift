import Execution
import SourceText
import TensorGraph

// What a profile comes to, in words.

extension Machine {
  /// Where the time of the last measured run went; nil when there was none. `isShort`: the sentences alone, and none for
  /// a run that was over at once.
  public func profileReport(isShort: Bool) -> Report? {
    guard let profile = tensors.lastProfile else { return nil }
    if isShort, profile.total < 20_000_000 { return Report() }
    return ProfileReport(profile, self).report(isShort: isShort)
  }

  /// `layers.mdl:12`, or `prompt 3`.
  func text(of place: SourceLine) -> String {
    guard let file = sources.file(place.file) else { return "no line" }
    let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
    return name.hasPrefix("prompt ") && file.lineCount == 1 ? name : "\(name):\(place.line)"
  }

  func place(of span: Span) -> SourceLine {
    guard let file = sources.file(span.file) else { return .none }
    return SourceLine(file: span.file, line: file.line(at: Int(span.start)))
  }

  /// The beginning of a piece of source, on one line.
  func snippet(_ span: Span, limit: Int = 40) -> String {
    let line = sources.text(of: span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > limit ? line.prefix(limit - 3) + "..." : line
  }
}

private struct ProfileReport {
  let profile: Profile
  let machine: Machine
  let works: [ProfiledWork]
  let starting: Double
  let total: Double

  init(_ profile: Profile, _ machine: Machine) {
    self.profile = profile
    self.machine = machine
    let times = ProfileTimes(profile, place: machine.place)
    works = times.works.values.sorted { $0.nanoseconds > $1.nanoseconds }
    starting = times.starting
    total = Double(max(1, profile.total))
  }

  func report(isShort: Bool) -> Report {
    var report = Report()
    for sentence in sentences(isShort ? 3 : 6) { report.add(sentence) }
    if isShort { return report }
    report.add(heading: "by kind of work, of \(Quantity.seconds(total * 1e-9)) in all", table: kinds, words: [0])
    report.add(heading: "by layer", table: layers, words: [0])
    report.add(heading: "by line", table: lines, words: [0, 3])
    return report
  }

  private func time(_ activity: Profile.Activity) -> Double { Double(profile.nanoseconds[activity.rawValue]) }

  private func share(_ nanoseconds: Double) -> String { Quantity.percent(nanoseconds / total) }

  // MARK: Sentences

  /// What took longest, first.
  private func sentences(_ limit: Int) -> [String] {
    var found: [(time: Double, text: String)] = []
    let large = works(joiningLayersOf: .optimizer).filter { $0.nanoseconds >= 0.05 * total }
    let needsLimits = large.contains { $0.nanoseconds > 1e6 && ($0.multiplyAdds > 0 || $0.bytes > 0) }
    let limits = needsLimits ? MachineLimits.measure() : nil
    for work in large { found.append((work.nanoseconds, sentence(work, limits))) }
    for activity in Profile.Activity.allCases where time(activity) >= 0.05 * total {
      if let text = sentence(activity) { found.append((time(activity), text)) }
    }
    var result = found.sorted { $0.time > $1.time }.prefix(limit).map(\.text)
    for history in machine.tensors.histories.repeated where history.shapeCount >= 8 {
      result.append(
        "The call at \(machine.text(of: machine.place(of: history.span))) was compiled \(history.count) times, because what it "
          + "is given came in \(history.shapeCount) shapes: rows padded to one length would be compiled once.")
    }
    return result
  }

  /// The works, those of a phase without regard to the layer.
  private func works(joiningLayersOf phase: Phase) -> [ProfiledWork] {
    var joined: [ProfiledWork.Key: ProfiledWork] = [:]
    for var work in works {
      if work.key.phase == phase { work.key.layerPath = "" }
      joined[work.key, default: ProfiledWork(key: work.key, span: work.span)].add(work)
    }
    return Array(joined.values)
  }

  private func sentence(_ work: ProfiledWork, _ limits: MachineLimits?) -> String {
    let snippet = machine.snippet(work.span)
    var text = "\(share(work.nanoseconds)) of the time went into \(work.key.work.noun) at "
    text += machine.text(of: work.key.place) + (snippet.isEmpty ? "" : " (`\(snippet)`)")
    if !work.key.layerPath.isEmpty { text += ", layer \(name(ofLayer: work.key.layerPath))" }
    switch work.key.phase {
    case .forward: break
    case .backward: text += ", for the gradient"
    case .optimizer: text += ", in the optimizer"
    }
    // What is over in a moment has no speed worth knowing.
    guard let limits, work.nanoseconds > 1e6 else { return text + "." }
    if work.multiplyAdds > 0 {
      let reached = 2 * work.multiplyAdds / work.nanoseconds
      text += ": \(Quantity.digits(reached)) of about \(Quantity.digits(limits.gigaflops)) GFLOP/s"
      if work.key.work == .convolutions, reached > limits.gigaflops {
        text += ", counted as defined; Winograd's method does it with fewer multiply-adds"
      }
      // Less than a million multiply-adds are over before the machine is at speed.
      if reached < limits.gigaflops / 3, work.multiplyAdds < 1e6 * work.runs { text += "; larger batches would use it better" }
    } else if work.bytes > 0, work.key.work != .randomNumbers, work.key.work != .sorting {
      let isNear = work.bytes / max(1, work.runs) < 1e6
      let limit = isNear ? limits.cacheBandwidth : limits.memoryBandwidth
      text += ": \(Quantity.digits(work.bytes / work.nanoseconds)) of about \(Quantity.digits(limit)) GB/s"
      if isNear { text += " in the caches" }
    }
    return text + "."
  }

  private func sentence(_ activity: Profile.Activity) -> String? {
    let share = share(time(activity))
    let calls = profile.byCall[activity] ?? [:]
    let most = calls.max { $0.value < $1.value }?.key
    let place = most.map { ", most of it at " + machine.text(of: machine.place(of: $0)) + " (`\(machine.snippet($0))`)" } ?? ""
    switch activity {
    case .interpreter:
      let most = profile.samples.max { $0.value < $1.value }?.key
      return "\(share) of the time went into plain mdl code, which is interpreted"
        + (most.map { ", most of it at " + machine.text(of: machine.place(of: $0)) + " (`\(machine.snippet($0))`)" } ?? "") + "."
    case .compiling:
      let count = profile.times[activity.rawValue]
      return "\(share) of the time went into compiling, \(count == 1 ? "once" : "\(count) times")\(place)."
    case .reading: return "\(share) of the time went into reading and preparing data\(place)."
    case .batches: return "\(share) of the time went into gathering batches\(place)."
    case .programs: return nil
    }
  }

  // MARK: Tables

  private var kinds: [[String]] {
    var rows: [(name: String, time: Double, speed: String)] = []
    for kind in Work.allCases {
      let all = works.filter { $0.key.work == kind }
      let time = all.reduce(0) { $0 + $1.nanoseconds }
      let multiplyAdds = all.reduce(0) { $0 + $1.multiplyAdds }
      let bytes = all.reduce(0) { $0 + $1.bytes }
      let speed =
        time == 0 ? "" : multiplyAdds > 0
          ? Quantity.digits(2 * multiplyAdds / time) + " GFLOP/s"
          : bytes > 0 ? Quantity.digits(bytes / time) + " GB/s" : ""
      rows.append((kind.rawValue, time, speed))
    }
    rows.append(("starting programs", starting, ""))
    rows.append(("plain mdl code", time(.interpreter), ""))
    rows.append(("compiling", time(.compiling), ""))
    rows.append(("reading and preparing data", time(.reading), ""))
    rows.append(("gathering batches", time(.batches), ""))
    return [["kind", "time", "share", "speed"]]
      + rows.filter { $0.time >= 0.0005 * total }.sorted { $0.time > $1.time }
      .map { [$0.name, Quantity.seconds($0.time * 1e-9), share($0.time), $0.speed] }
  }

  private var layers: [[String]] {
    var byLayer: [String: [Phase: Double]] = [:]
    for work in works { byLayer[work.key.layerPath, default: [:]][work.key.phase, default: 0] += work.nanoseconds }
    guard byLayer.keys.contains(where: { !$0.isEmpty }) || byLayer[""]?[.backward] != nil else { return [] }
    let sums = byLayer.mapValues { $0.values.reduce(0, +) }
    var rows = [["layer", "forward", "backward", "optimizer", "together", "share"]]
    let order = byLayer.keys.sorted { (sums[$0] ?? 0, $1) > (sums[$1] ?? 0, $0) }
    for path in order.prefix(30) {
      let phases = Phase.allCases.map { byLayer[path]?[$0].map { Quantity.seconds($0 * 1e-9) } ?? "" }
      let sum = sums[path] ?? 0
      rows.append([path.isEmpty ? "outside of layers" : name(ofLayer: path)] + phases + [Quantity.seconds(sum * 1e-9), share(sum)])
    }
    let phases = Phase.allCases.map { phase in byLayer.values.reduce(0) { $0 + ($1[phase] ?? 0) } }
    let all = phases.reduce(0, +)
    rows.append(
      ["all"] + phases.map { Quantity.seconds($0 * 1e-9) } + [Quantity.seconds(all * 1e-9), share(all)])
    return rows
  }

  /// `[0] Dense`; the path alone where models differ in what it leads to.
  private func name(ofLayer path: String) -> String {
    let names = Set(profile.entries.flatMap(\.layers).filter { $0.path == path }.map(\.name))
    return names.count == 1 ? "\(path) \(names.first ?? "")" : path
  }

  private var lines: [[String]] {
    struct Line {
      var time = 0.0
      var largest = 0.0
      var what = ""
      var span = Span.none
      mutating func add(_ time: Double, _ what: String, _ span: Span) {
        self.time += time
        guard time > largest else { return }
        (largest, self.what, self.span) = (time, what, span)
      }
    }
    var byLine: [SourceLine: Line] = [:]
    for work in works {
      byLine[work.key.place, default: Line()].add(work.nanoseconds, work.key.work.rawValue, work.span)
    }
    for (activity, name) in [(Profile.Activity.compiling, "compiling"), (.reading, "reading data"), (.batches, "batches")] {
      for (span, time) in profile.byCall[activity] ?? [:] {
        byLine[machine.place(of: span), default: Line()].add(Double(time), name, span)
      }
    }
    let samples = profile.samples.values.reduce(0, +)
    for (span, count) in profile.samples {
      let time = time(.interpreter) * Double(count) / Double(samples)
      byLine[machine.place(of: span), default: Line()].add(time, "plain mdl code", span)
    }
    let found = byLine.filter { $0.value.time >= 0.002 * total }
    let order = found.sorted { ($0.value.time, $1.key.line) > ($1.value.time, $0.key.line) }.prefix(20)
    return [["line", "time", "share", "most of it"]]
      + order.map { place, line in
        let snippet = machine.snippet(line.span)
        return [
          machine.text(of: place), Quantity.seconds(line.time * 1e-9), share(line.time),
          line.what + (snippet.isEmpty ? "" : ": `\(snippet)`"),
        ]
      }
  }
}

extension Work {
  /// `62% of the time went into ...`
  fileprivate var noun: String {
    switch self {
    case .products: "products"
    case .convolutions: "convolutions"
    case .pooling: "pooling"
    case .elementwise: "elementwise arithmetic"
    case .reductions: "sums and other reductions"
    case .gathering: "gathering rows"
    case .copying: "copying and rearranging"
    case .randomNumbers: "random numbers"
    case .sorting: "sorting"
    case .solving: "solving equations"
    case .control: "loops and checks"
    }
  }
}
