import Diagnostics
import Files
import Glibc
import SourceText
import TensorRuntime

enum SystemBuiltins {
  static let all: [Builtin] = [
    Builtin("clock", [], "Seconds since some fixed moment; the difference of two calls is a duration.") {
      (_) throws(Diagnostic) in .float(Double(Clock.nanoseconds) * 1e-9)
    },
    Builtin("seed", [.init("n")], "Starts all random draws anew from this number.") { (call) throws(Diagnostic) in
      call.machine.setSeed(UInt64(bitPattern: Int64(try call.wholeNumber(0))))
      return .none
    },
    Builtin("read_text", [.init("path")], "The text of a file in UTF-8.") { (call) throws(Diagnostic) in
      .text(try HostFile.read(try call.textArgument(0), at: call.place(0)))
    },
    Builtin("write_text", [.init("path"), .init("text")], "Writes a text to a file, over what it held.") {
      (call) throws(Diagnostic) in
      try HostFile.write(try call.textArgument(1), to: try call.textArgument(0), at: call.place(0))
      return .none
    },
    Builtin("file_exists", [.init("path")], "Whether there is a file or folder of this name.") {
      (call) throws(Diagnostic) in
      .bool(access(try call.textArgument(0), F_OK) == 0)
    },
    Builtin("file_size", [.init("path")], "How many bytes a file has.") { (call) throws(Diagnostic) in
      let path = try call.textArgument(0)
      let size = try call.machine.located(call.site) { () throws(Diagnostic) in
        guard let size = try FileReader.open(path).size else { throw .fileIsDevice(path) }
        return size
      }
      return .int(size)
    },
  ]
}
