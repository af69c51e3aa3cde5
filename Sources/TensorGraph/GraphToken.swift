/// One token of graph text.
struct GraphToken {
  enum Kind: Hashable, CustomStringConvertible {
    /// A name or a number.
    case word(String)
    /// `%3`
    case value(Int)
    case text(String)
    case symbol(Character)
    case end

    var description: String {
      switch self {
      case .word(let text): "`\(text)`"
      case .value(let index): "%\(index)"
      case .text: "a text"
      case .symbol(let character): "`\(character)`"
      case .end: "the end"
      }
    }
  }
  var kind: Kind
  var line: Int

  /// The tokens of a text, the last one being `end`.
  static func split(_ text: String) throws(GraphReadProblem) -> [GraphToken] {
    var tokens: [GraphToken] = []
    var line = 1
    let scalars = Array(text.unicodeScalars)
    var position = 0

    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "+", "-", ".", "_": true
      default: false
      }
    }
    /// The run of word characters from `position`; `nan:` takes its bits with it.
    func takeWord() -> String {
      var word = ""
      while position < scalars.count, isWord(scalars[position]) || (scalars[position] == ":" && word == "nan") {
        word.unicodeScalars.append(scalars[position])
        position += 1
      }
      return word
    }

    while position < scalars.count {
      let scalar = scalars[position]
      switch scalar {
      case "\n":
        line += 1
        position += 1
      case " ", "\t", "\r": position += 1
      case "#": while position < scalars.count, scalars[position] != "\n" { position += 1 }
      case "(", ")", "[", "]", "{", "}", ",", ":", "=":
        tokens.append(GraphToken(kind: .symbol(Character(scalar)), line: line))
        position += 1
      case "%":
        position += 1
        guard let index = Int32(takeWord()), index >= 0 else {
          throw GraphReadProblem(line: line, message: "% needs a number")
        }
        tokens.append(GraphToken(kind: .value(Int(index)), line: line))
      case "\"":
        position += 1
        var content = ""
        while true {
          guard position < scalars.count else { throw GraphReadProblem(line: line, message: "a text does not end") }
          var next = scalars[position]
          position += 1
          if next == "\"" { break }
          if next == "\n" { line += 1 }
          if next == "\\" {
            guard position < scalars.count else { continue }
            switch scalars[position] {
            case "n": next = "\n"
            case "r": next = "\r"
            case "t": next = "\t"
            default: next = scalars[position]
            }
            position += 1
          }
          content.unicodeScalars.append(next)
        }
        tokens.append(GraphToken(kind: .text(content), line: line))
      default:
        guard isWord(scalar) else { throw GraphReadProblem(line: line, message: "unexpected character `\(scalar)`") }
        tokens.append(GraphToken(kind: .word(takeWord()), line: line))
      }
    }
    return tokens + [GraphToken(kind: .end, line: line)]
  }
}
