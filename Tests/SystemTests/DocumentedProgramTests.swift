import Foundation
import Testing

/// Every program on the pages runs, after lines that make the data and names it speaks of.
struct DocumentedProgramTests {
  /// The fences of a page that hold whole programs, and what stands before a program with these first words.
  private static let pages: [(page: String, fence: String, before: [String: String])] = [
    (
      "language.md", "```mdl",
      [
        "## Digits with": #"""
          let pixels = map(0..<200, i -> map(0..<64, j -> "{(i * j + i % 10) % 17}"))
          let head = join(["digit"] + map(0..<64, j -> "p{j}"), ",")
          let lines = map(enumerate(pixels), ((i, row)) -> join(["{i % 10}"] + row, ","))
          write_text("digits.csv", join([head] + lines, "\n"))
          """#,
        "let loss = 0.03127": "",
        "let a = f(": """
          fn f(x, y, k) = x
          let (net, data, train) = (Dense(1), line(64), (net, data, epochs, batch) -> none)
          """,
        "let kind = match": "let v = (2, 1)",
        "fn attend(": "",
        "## A fully connected": "",
        "print(grad(": "let net = Dense(3)\nlet (x, y) = (normal(4, 2), [0, 1, 2, 0])\nnet(x)",
        "fn sgd(": "",
        "let step = (total": "let (net, opt, data) = (Dense(1), adam(), line(64))",
      ]
    ),
    (
      "library.md", "```",
      [
        "let history = train": """
          let digits = digits(200) |> split(train: 0.6, validation: 0.2, test: 0.2)
          let net = Flatten() >> Dense(10)
          """,
        "layer Two": "let (ids, f) = (integers(5, [40]), normal(40, 3))\nlet (k, s) = (integers(3, [40]), normal(40))",
        "let reader": "",
        "let eyes": "",
        "let counted": """
          let (names, held_out) = (["anna", "hannah", "nan"], ["hanna"])
          let letters = vocabulary(names, marks: true)
          """,
      ]
    ),
    (
      "data.md", "```",
      [
        "let people": #"""
          let sex = i -> if i % 2 == 0 { "f" } else { "m" }
          let lines = map(0..<50, i -> join([if i % 7 == 0 { "" } else { "{i}" }, sex(i), "{i}.5"], ","))
          write_text("people.csv", join(["age,sex,income"] + lines, "\n"))
          """#,
        "birds |>": """
          let birds = dataset({ species: ["a", "b", "a"], sex: ["f", "m", none], body_mass_g: [3.0, 4.0, 5.5] })
          """,
        "let photos": """
          for part in ["train", "test"] {
            for kind in ["cat", "dog"] {
              for i in 0..<4 { save_png(uniform(3, 70, 80), "photos/{part}/{kind}/{i}.png") }
            }
          }
          """,
        "let sms": #"""
          let texts = map(0..<60, i -> if i % 3 == 0 { "spam\tYou won a prize" } else { "ham\tSee you soon" })
          write_text("sms.tsv", join(texts, "\n"))
          """#,
        "let data = stream": #"""
          let lines = map(0..<2000, i -> "\{\"text\": \"good film {i}\", \"label\": {i % 2}\}")
          write_text("reviews.jsonl", join(lines, "\n"))
          """#,
        "let data = txt": #"write_text("plays.txt", repeat("To be, or not to be.\n", 400))"#,
        "for fold in data": "let data = blobs(60, classes: 3, noise: 0.3)",
        "let weather": #"""
          let lines = map(0..<200, i -> "2024-{1 + i // 28:02d}-{1 + i % 28:02d},{sin(0.1 * i)},{i % 5}")
          write_text("weather.csv", join(["day,temperature,wind"] + lines, "\n"))
          """#,
      ]
    ),
  ]

  @Test(arguments: pages.indices) func programsOfThePageRun(index: Int) throws {
    let (page, fence, before) = Self.pages[index]
    let programs = Self.programs(try Self.text("docs/\(page)"), fence: fence)
    #expect(programs.count == before.count)
    for program in programs {
      guard let lines = before.first(where: { program.hasPrefix($0.key) })?.value else {
        Issue.record("nothing is known to stand before\n\(program)")
        continue
      }
      let scratch = try Scratch()
      for folder in ["train/cat", "train/dog", "test/cat", "test/dog"] {
        try FileManager.default.createDirectory(
          at: scratch.path("photos/\(folder)"), withIntermediateDirectories: true)
      }
      let file = try scratch.write(lines + "\n" + program, to: "page.mdl")
      let outcome = try BuiltProgram.run([file.path], directory: scratch.directory)
      #expect(outcome.status == 0, "\(program)\n\(outcome.error)")
    }
  }

  /// What is typed at the prompt gives what stands below it; progress, which has times in it, goes elsewhere.
  @Test(arguments: ["README.md", "docs/prompt.md"]) func transcriptsHold(page: String) throws {
    let prompt = "mdl> "
    let transcripts = Self.programs(try Self.text(page), fence: "```").filter { $0.contains(prompt) }
    #expect(!transcripts.isEmpty)
    for transcript in transcripts {
      let lines = transcript.split(separator: "\n").drop { !$0.hasPrefix(prompt) }
      let typed = lines.filter { $0.hasPrefix(prompt) }.map { $0.dropFirst(prompt.count) }
      let shown = lines.filter { !$0.hasPrefix(prompt) && !($0.hasPrefix("epoch ") && $0.contains("/")) }
      let outcome = try BuiltProgram.run([], input: typed.joined(separator: "\n") + "\n")
      #expect(outcome.output == shown.joined(separator: "\n") + "\n", "\(outcome.error)")
    }
  }

  private static func text(_ page: String) throws -> String {
    try String(contentsOf: BuiltProgram.package.appendingPathComponent(page), encoding: .utf8)
  }

  /// What stands between a line `fence` and the next line of three backquotes.
  private static func programs(_ page: String, fence: String) -> [String] {
    var result: [String] = []
    var program: String?
    var isInside = false
    for line in page.components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        if let program { result.append(program) }
        program = !isInside && line == fence ? "" : nil
        isInside.toggle()
      } else {
        program? += line + "\n"
      }
    }
    return result
  }
}
