/// Cutting texts into words, characters and n-grams.
public enum Words {
  /// The words of a text: runs of letters, marks, digits and `_`; an apostrophe between letters and a point or comma
  /// between digits stay inside (a part of the rules of Unicode's UAX #29). A Chinese character or a hiragana sign is a
  /// word by itself. Punctuation and symbols are left out, or each is a word of its own.
  public static func split(_ text: String, punctuation: Bool = false) -> [String] {
    var text = text
    return text.withUTF8 { bytes in
      var cutter = Cutter(bytes: bytes, punctuation: punctuation)
      if bytes.allSatisfy({ $0 < 0x80 }) {
        for (place, byte) in bytes.enumerated() { cutter.take(Sign(ascii: byte), place..<place + 1) }
      } else {
        var place = 0
        for character in String(decoding: bytes, as: UTF8.self) {
          let end = place + character.utf8.count
          cutter.take(Sign(character), place..<end)
          place = end
        }
      }
      cutter.finish()
      return cutter.words
    }
  }

  /// Puts signs together to words. Places count bytes.
  private struct Cutter {
    let bytes: UnsafeBufferPointer<UInt8>
    let punctuation: Bool
    var words: [String] = []
    private var word: Range<Int>?
    /// The kind of the word's last sign.
    private var last = Sign.space
    /// An apostrophe, point or comma that may turn out to be inside the word.
    private var held: Range<Int>?

    init(bytes: UnsafeBufferPointer<UInt8>, punctuation: Bool) {
      self.bytes = bytes
      self.punctuation = punctuation
    }

    mutating func take(_ sign: Sign, _ place: Range<Int>) {
      switch sign {
      case .letter, .digit:
        if let held {
          // U+2019 begins with 0xe2.
          let isApostrophe = bytes[held.lowerBound] == 0x27 || bytes[held.lowerBound] == 0xe2
          if sign == last, isApostrophe == (sign == .letter) { self.held = nil } else { finish() }
        }
        word = (word?.lowerBound ?? place.lowerBound)..<place.upperBound
        last = sign
      case .alone:
        finish()
        add(place)
      case .inner where held == nil && word != nil: held = place
      case .inner, .other:
        finish()
        if punctuation { add(place) }
      case .space: finish()
      }
    }

    mutating func finish() {
      if let word { add(word) }
      word = nil
      if let held, punctuation { add(held) }
      held = nil
    }

    private mutating func add(_ place: Range<Int>) {
      words.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[place]), as: UTF8.self))
    }
  }

  public static func characters(_ text: String) -> [String] { text.map { String($0) } }

  /// All runs of `least` to `most` neighbours, joined by `separator`: the shorter ones first.
  public static func grams(_ tokens: [String], least: Int, most: Int, separator: String) -> [String] {
    var result: [String] = []
    guard least <= min(most, tokens.count) else { return [] }
    for size in least...min(most, tokens.count) {
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

    init(ascii byte: UInt8) {
      switch byte {
      case 0x30...0x39: self = .digit
      case 0x41...0x5a, 0x61...0x7a, 0x5f: self = .letter
      case 0x27, 0x2c, 0x2e: self = .inner
      case 0...0x20, 0x7f: self = .space
      default: self = .other
      }
    }

    init(_ character: Character) {
      if let ascii = character.asciiValue {
        self.init(ascii: ascii)
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
