import Diagnostics

/// The header of an npy file: a Python dictionary literal with exactly these three keys.
struct NPYHeader {
  var descr: String
  var fortranOrder: Bool
  var shape: [Int]

  static func parse(_ bytes: ArraySlice<UInt8>, path: String) throws(Diagnostic) -> NPYHeader {
    var parser = NPYHeaderParser(bytes: bytes, path: path)
    return try parser.header()
  }
}

private struct NPYHeaderParser {
  var rest: ArraySlice<UInt8>
  let path: String

  init(bytes: ArraySlice<UInt8>, path: String) {
    rest = bytes
    self.path = path
  }

  func problem(expected: String) -> Diagnostic {
    let found = String(decoding: rest.prefix(20), as: UTF8.self)
    return .npyHeader(path, expected: expected, found: found.isEmpty ? "nothing more" : "`\(found)`")
  }

  mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x0a || $0 == 0x09 } }

  /// Takes `text` when it comes next.
  mutating func take(_ text: String) -> Bool {
    skipSpace()
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func expect(_ text: String) throws(Diagnostic) {
    guard take(text) else { throw problem(expected: "`\(text)`") }
  }

  mutating func header() throws(Diagnostic) -> NPYHeader {
    var descr: String?
    var order: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descr == nil: descr = try string()
      case "fortran_order" where order == nil: order = try truth()
      case "shape" where shape == nil: shape = try sizes()
      default:
        throw .npyHeader(path, expected: "`descr`, `fortran_order` and `shape`, each once", found: "the key `\(key)`")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    guard let descr, let order, let shape else {
      throw .npyHeader(path, expected: "`descr`, `fortran_order` and `shape`", found: "not all three keys")
    }
    return NPYHeader(descr: descr, fortranOrder: order, shape: shape)
  }

  mutating func string() throws(Diagnostic) -> String {
    let quote = take("'") ? UInt8(ascii: "'") : UInt8(ascii: "\"")
    if quote == UInt8(ascii: "\"") {
      // A list here describes records of several fields.
      guard take("\"") else { throw problem(expected: "a text in quotes (arrays of records are not read)") }
    }
    guard let end = rest.firstIndex(of: quote) else { throw problem(expected: "a closing quote") }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  mutating func truth() throws(Diagnostic) -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw problem(expected: "`True` or `False`")
  }

  mutating func sizes() throws(Diagnostic) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
      guard let size = Int(String(decoding: digits, as: UTF8.self)) else { throw problem(expected: "a size") }
      guard sizes.count < 32 else { throw problem(expected: "at most 32 dimensions") }
      rest = rest.dropFirst(digits.count)
      sizes.append(size)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }
}
