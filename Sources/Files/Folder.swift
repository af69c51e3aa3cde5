import Diagnostics
import Glibc

/// What a folder holds.
public enum Folder {
  /// Names in order, hidden ones left out. `expected` says what the folder should be, as in "a folder of images".
  public static func entries(
    of path: String, expected: String
  ) throws(Diagnostic) -> (folders: [String], files: [String]) {
    guard let listing = opendir(path) else {
      switch errno {
      case ENOENT: throw .noFolder(path)
      case ENOTDIR: throw .notAFolder(path, expected: expected)
      case EACCES: throw .fileNotPermitted(path, writing: false)
      case let code: throw .fileFailed(path, writing: false, reason: String(cString: strerror(code)))
      }
    }
    defer { closedir(listing) }
    var folders: [String] = []
    var files: [String] = []
    while let entry = readdir(listing) {
      let name = entry.name
      var status = stat()
      if name.hasPrefix(".") || stat("\(path)/\(name)", &status) != 0 { continue }
      if status.st_mode & S_IFMT == S_IFDIR { folders.append(name) } else { files.append(name) }
    }
    return (folders.sorted(), files.sorted())
  }
}
