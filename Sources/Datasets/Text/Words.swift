/// Cutting texts into words, characters and n-grams.
public enum Words {
  /// The words of a text: runs of letters, marks, digits and `_`; an apostrophe between letters and a point or comma
  /// between digits stay inside (a part of the rules of Unicode's UAX #29). A Chinese character or a hiragana sign is a
  /// word by itself. Punctuation and symbols are left out, or each is a word of its own.
  public static func split(_ text: String, punctuation: Bool = false) -> [String] {
    var result: [String] = []
    var word = ""
    var last = Sign.space
    // An apostrophe, point or comma that may turn out to be inside a word.
    var held: Character?
    func finish() {
      if !word.isEmpty { result.append(word) }
      word = ""
      if let sign = held, punctuation { result.append(String(sign)) }
      held = nil
    }
    for character in text {
      let sign = Sign(character)
      switch sign {
      case .letter, .digit:
        if let inside = held {
          if sign == last, inside.isApostrophe == (sign == .letter) {
            word.append(inside)
            held = nil
          } else {
            finish()
          }
        }
        word.append(character)
        last = sign
      case .alone:
        finish()
        result.append(String(character))
      case .inner where held == nil && !word.isEmpty: held = character
      case .inner, .other:
        finish()
        if punctuation { result.append(String(character)) }
      case .space: finish()
      }
    }
    finish()
    return result
  }

  public static func characters(_ text: String) -> [String] { text.map { String($0) } }

  /// All runs of `least` to `most` neighbours, joined by `separator`: the shorter ones first.
  public static func grams(_ tokens: [String], least: Int, most: Int, separator: String) -> [String] {
    var result: [String] = []
    for size in least...max(least, most) where size <= tokens.count {
      if size == 1 {
        result.append(contentsOf: tokens)
      } else {
        for start in 0...(tokens.count - size) {
          result.append(tokens[start..<start + size].joined(separator: separator))
        }
      }
    }
    return result
  }

  private enum Sign {
    case letter, digit, alone, inner, space, other

    init(_ character: Character) {
      if let ascii = character.asciiValue {
        switch ascii {
        case 0x30...0x39: self = .digit
        case 0x41...0x5a, 0x61...0x7a, 0x5f: self = .letter
        case 0x27, 0x2c, 0x2e: self = .inner
        case 0...0x20, 0x7f: self = .space
        default: self = .other
        }
        return
      }
      guard let scalar = character.unicodeScalars.first else {
        self = .space
        return
      }
      switch scalar.value {
      case 0x2019: self = .inner
      // Hiragana, and the Han characters of all planes.
      case 0x3041...0x309f, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xf900...0xfaff, 0x20000...0x3fffd: self = .alone
      default:
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
          .spacingMark, .enclosingMark, .letterNumber:
          self = .letter
        case .decimalNumber, .otherNumber: self = .digit
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format: self = .space
        default: self = .other
        }
      }
    }
  }
}

extension Character {
  fileprivate var isApostrophe: Bool { self == "'" || self == "\u{2019}" }
}
