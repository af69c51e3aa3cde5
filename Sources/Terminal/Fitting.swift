import Diagnostics

/// The longest beginning of `text` that fits `width` columns.
public func cut(_ text: String, toWidth width: Int) -> String {
  var used = 0
  var result = ""
  for character in text {
    used += DisplayWidth.of(character)
    if used > width { break }
    result.append(character)
  }
  return result
}

/// `text` and spaces up to `width` columns; longer text stays as it is.
public func padded(_ text: String, toWidth width: Int, right: Bool = false) -> String {
  let spaces = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
  return right ? spaces + text : text + spaces
}
