import Terminal
import Testing

struct TerminalTests {
  func colour(_ terminal: Bool, _ choice: ColourChoice = .auto, _ variables: [String: String] = ["TERM": "xterm"]) -> Bool {
    Capabilities(isTerminal: terminal, colour: choice) { variables[$0] }.hasColour
  }

  @Test func colourFollowsTheStreamUnlessToldOtherwise() {
    #expect(colour(true))
    #expect(!colour(false))
    #expect(!colour(true, .auto, ["TERM": "dumb"]))
    #expect(!colour(true, .auto, [:]))
    #expect(colour(false, .always))
    #expect(!colour(true, .never))
  }

  @Test func environmentDecidesAboutColour() {
    #expect(!colour(true, .auto, ["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(colour(true, .auto, ["TERM": "xterm", "NO_COLOR": ""]))
    #expect(colour(false, .auto, ["CLICOLOR_FORCE": "1"]))
    #expect(!colour(false, .auto, ["CLICOLOR_FORCE": "0"]))
    #expect(!colour(false, .auto, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
    #expect(colour(true, .always, ["NO_COLOR": "1"]))
  }

  @Test func dumbTerminalsAreNotRedrawn() {
    #expect(!Capabilities(isTerminal: true, colour: .always) { _ in "dumb" }.canRedraw)
    #expect(!Capabilities(isTerminal: false, colour: .always) { _ in "xterm" }.canRedraw)
  }

  @Test func tablesAlignByDisplayWidth() {
    var table = Table([.left, .right])
    table.add(["name", "n"])
    table.add(["日本", "10"])
    table.add(["é", ""])
    #expect(table.lines() == ["name   n", "日本  10", "é"])
    #expect(table.lines(width: 5) == ["name", "日本", "é"])
  }

  @Test func textIsCutByDisplayWidth() {
    #expect(cut("a日本b", toWidth: 4) == "a日")
    #expect(cut("abc", toWidth: 10) == "abc")
    #expect(cut("", toWidth: 0) == "")
  }

  @Test func liveLineSaysHowFarTheRunIs() {
    let state = ProgressState(epoch: 3, epochs: 10, step: 5, steps: 100, values: [("loss", 0.21338), ("accuracy", 0.934)])
    #expect(state.liveLine(rate: nil) == "epoch  3/10  step   5/100  loss 0.2134  accuracy 0.9340")
    #expect(state.liveLine(rate: 50).hasSuffix("accuracy 0.9340  50 steps/s  16 s left"))
    #expect(state.liveLine(rate: 0.5).hasSuffix("0.5 steps/s  26 min 30 s left"))
    #expect(state.epochLine(seconds: 1.24) == "epoch  3/10  loss 0.2134  accuracy 0.9340  1.2 s")
  }

  @Test func measuresAndDurationsAreShort() {
    #expect(measureText(0) == "0.0000")
    #expect(measureText(0.00001234) == "1.234e-05")
    #expect(measureText(123.456) == "123.46")
    #expect(measureText(.nan) == "nan")
    #expect(measureText(-.infinity) == "-inf")
    #expect(durationText(0.0042) == "4.2 ms")
    #expect(durationText(0.042) == "42 ms")
    #expect(durationText(0.42) == "0.4 s")
    #expect(durationText(61) == "1 min 01 s")
    #expect(durationText(7260) == "2 h 01 min")
    #expect(durationText(.infinity) == "?")
  }
}
