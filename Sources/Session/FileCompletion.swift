import Glibc

/// The paths that begin with `typed`; directories end in `/`.
func paths(beginningWith typed: String) -> [String] {
  let slash = typed.lastIndex(of: "/")
  let directory = slash.map { String(typed[...$0]) } ?? ""
  let start = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
  guard let stream = opendir(directory.isEmpty ? "." : directory) else { return [] }
  defer { closedir(stream) }
  var found: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    guard name.hasPrefix(start), name != ".", name != "..", !name.hasPrefix(".") || start.hasPrefix(".") else { continue }
    var status = stat()
    let isDirectory = stat(directory + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    found.append(directory + name + (isDirectory ? "/" : ""))
  }
  return found.sorted()
}
