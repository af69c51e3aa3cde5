import Diagnostics
import Files
import Foundation
import ModelFiles
import TensorRuntime
import TensorTypes
import Testing

@Suite struct SafeTensorsTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/m.safetensors"
  }

  func file(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> String {
    let text = Array(header.utf8)
    let count = length ?? UInt64(text.count)
    return try folder.write(
      "m.safetensors",
      (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * UInt64($0))) } + text + [UInt8](repeating: 0, count: data))
  }

  func sample() throws -> [(name: String, tensor: Tensor)] {
    [
      ("flags", try Tensor.from([true, false, true], dtype: .bool, shape: [3])),
      ("w", try Tensor.from([1, -2.5, .infinity, .nan] as [Float], dtype: .f32, shape: [2, 2])),
      ("ids", try Tensor.from([1, -5], dtype: .i64, shape: [2])),
      ("scalar", try Tensor.from([0.1] as [Double], dtype: .f64, shape: [])),
      ("none", try Tensor.from([] as [Float], dtype: .f32, shape: [0, 3])),
    ]
  }

  @Test func roundTrip() throws {
    let metadata = [("code", "layer \"ä\"\n\u{1}\t\\"), ("seed", "7")]
    try SafeTensors.write(path, tensors: sample(), metadata: metadata)
    let back = try SafeTensors.read(path)
    #expect(back.metadata.map(\.name) == ["code", "seed"] && back.metadata[0].text == metadata[0].1)
    #expect(Set(back.tensors.map(\.name)) == ["flags", "w", "ids", "scalar", "none"])
    for (name, tensor) in try sample() {
      let other = try #require(back.tensors.first { $0.name == name }).tensor
      #expect(other.type == tensor.type)
      #expect(memcmp(other.address, tensor.address, tensor.type.byteCount) == 0)
    }
    #expect(try SafeTensors.readMetadata(path).map(\.text) == metadata.map(\.1))
    let bytes = try folder.bytes("m.safetensors")
    #expect((8 + Int(bytes[0]) + Int(bytes[1]) << 8) % 8 == 0)
    #expect(folder.names == ["m.safetensors"])
  }

  @Test func wholeNumbersInBytes() throws {
    let numbers = [-128, -1, 0, 1, 127, 5]
    let tensors = [
      (name: "a", tensor: try Tensor.from(numbers, dtype: .i64, shape: [2, 3])),
      (name: "b", tensor: try Tensor.from([0.5] as [Float], dtype: .f32, shape: [1])),
    ]
    try SafeTensors.write(path, tensors: tensors, bytes: ["a"])
    let text = String(decoding: try folder.bytes("m.safetensors"), as: UTF8.self)
    #expect(text.contains("\"dtype\":\"I8\",\"shape\":[2,3],\"data_offsets\":[4,10]"))
    let back = try SafeTensors.read(path).tensors
    #expect(back.map(\.name) == ["b", "a"])
    #expect(ints(back[1].tensor) == numbers && back[1].tensor.shape == [2, 3])
  }

  @Test func weightsInBytes() throws {
    let weights: [Float] = [1, 0, -0.25, 0, 0.5, 0, -1, 0, 1e-3, 0, Float(bitPattern: 71362), 0]
    let tensor = try Tensor.from(weights, dtype: .f32, shape: [3, 2, 2])
    let (multiples, steps) = try #require(try EightBit.rounded(tensor))
    #expect(ints(multiples) == [127, 0, -32, 0, 64, 0, -127, 0, 0, 0, 0, 0])
    let back = floats(try #require(try EightBit.restored(multiples, steps: steps)))
    #expect(zip(weights, back).allSatisfy { abs($0 - $1) <= 0.5 / 127 } && back[0] == 1 && back[6] == -1)
    #expect(try EightBit.rounded(try Tensor.from(weights, dtype: .f32, shape: [12])) == nil)
    #expect(try EightBit.rounded(try Tensor.from([1, .nan] as [Float], dtype: .f32, shape: [1, 2])) == nil)
    let tiny = try #require(try EightBit.rounded(try Tensor.from([Float.leastNonzeroMagnitude, -Float.leastNonzeroMagnitude], dtype: .f32, shape: [2, 1])))
    #expect(ints(tiny.multiples).allSatisfy { (-127...127).contains($0) })
    #expect(try EightBit.rounded(try Tensor.from([] as [Float], dtype: .f32, shape: [3, 0]))?.steps.count == 0)
    #expect(try EightBit.restored(multiples, steps: tensor) == nil)
  }

  @Test func malformedFiles() throws {
    func message(_ path: String) -> String? {
      diagnostic { _ = try SafeTensors.read(path) }?.message.replacing(folder.path + "/", with: "")
    }
    func entry(_ fields: String, data: Int = 0) throws -> String? {
      message(try file("{\"a\":{\(fields)}}", data: data))
    }
    #expect(message(try folder.write("m.safetensors", "")) == "`m.safetensors` is empty, expected a safetensors file")
    #expect(message(try folder.write("m.safetensors", "abc"))?.contains("ends too early") == true)
    #expect(message(folder.path + "/none")?.hasPrefix("there is no file") == true)
    #expect(message(folder.path)?.contains("folder") == true)
    #expect(message(try file("{}", length: .max))?.contains("announce a header of 18446744073709551615 bytes") == true)
    #expect(
      message(try file("{}", length: 50))
        == "`m.safetensors` ends too early: expected a header of 50 bytes at byte 8, found 2")
    #expect(message(try file("[]"))?.contains("expected an object") == true)
    #expect(message(try file("{\"a\":}"))?.contains("at byte 13: expected a value") == true)
    #expect(message(try file(String(repeating: "[", count: 5000)))?.contains("nested too deeply") == true)
    #expect(message(try file("{\"__metadata__\":{\"a\":1}}"))?.contains("the metadata `a` is no text") == true)
    let good = "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]"
    #expect(throws: Never.self) { _ = try SafeTensors.read(try file("{\"a\":{\(good)}}", data: 8)) }
    #expect(try entry(good.replacing("F32", with: "F8_E4M3"), data: 8)?.contains("`F8_E4M3` is not read") == true)
    #expect(try entry(good + ",\"x\":1", data: 8)?.contains("other fields") == true)
    #expect(try entry(good.replacing("[2]", with: "[-2]"), data: 8)?.contains("no list of sizes") == true)
    #expect(try entry(good.replacing("[2]", with: "[4611686018427387904,4]"), data: 8)?.contains("too large") == true)
    #expect(
      try entry(good.replacing("[0,8]", with: "[0,12]"), data: 12)?.contains(
        "found 12 bytes, expected 8 for F32 of shape [2]") == true)
    #expect(try entry(good.replacing("[0,8]", with: "[8,0]"), data: 8)?.contains("no range") == true)
    #expect(try entry(good.replacing("[0,8]", with: "[4,12]"), data: 12)?.contains("a gap") == true)
    #expect(try entry(good, data: 4)?.contains("ends too early") == true)
    #expect(try entry(good, data: 9)?.contains("1 bytes behind the last tensor") == true)
    #expect(message(try file("{\"a\":{\(good)},\"b\":{\(good)}}", data: 8))?.contains("they overlap") == true)
    #expect(message(try file("{\"a\":{\(good)},\"a\":{\(good)}}", data: 8))?.contains("\"a\" is there twice") == true)
    let truth = "\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[0,1]"
    var bytes = Array(try folder.bytes(URL(fileURLWithPath: try file("{\"a\":{\(truth)}}", data: 1)).lastPathComponent))
    bytes[bytes.count - 1] = 7
    #expect(message(try folder.write("m.safetensors", bytes))?.contains("found the byte 7") == true)
  }

  @Test func everyTruncationIsAnError() throws {
    try SafeTensors.write(path, tensors: sample(), metadata: [("a", "b")])
    let bytes = try folder.bytes("m.safetensors")
    for count in 0..<bytes.count {
      let cut = try folder.write("cut", Array(bytes.prefix(count)))
      #expect(throws: Diagnostic.self) { _ = try SafeTensors.read(cut) }
    }
  }

  @Test func namesMustDiffer() throws {
    let tensor = try Tensor.from([1], dtype: .i64, shape: [])
    #expect(
      diagnostic { try SafeTensors.write(path, tensors: [("a", tensor), ("a", tensor)]) }?.message
        == "the name `a` is there twice")
    #expect(diagnostic { try SafeTensors.write(path, tensors: [("__metadata__", tensor)]) }?.code == .value)
    #expect(folder.names.isEmpty)
  }

  /// A failed write leaves the old file, and no other.
  @Test func writingIsAtomic() throws {
    _ = try folder.write("m.safetensors", "old")
    let failed = diagnostic {
      try AtomicFile.write(path) { file throws(Diagnostic) in
        try file.append(Array("half".utf8))
        throw .fileNameInvalid("stop")
      }
    }
    #expect(failed?.code == .file)
    #expect(try folder.bytes("m.safetensors") == Array("old".utf8))
    // What a killed process left goes with the next write; a running one's does not.
    _ = try folder.write(".m.safetensors.4194304.mdl-part", "left")
    _ = try folder.write(".m.safetensors.1.mdl-part", "running")
    _ = try folder.write(".other.4194304.mdl-part", "not ours")
    try AtomicFile.write(path, bytes: Array("new".utf8))
    #expect(folder.names == [".m.safetensors.1.mdl-part", ".other.4194304.mdl-part", "m.safetensors"])
    #expect(try folder.bytes("m.safetensors") == Array("new".utf8))
    #expect(
      diagnostic { try AtomicFile.write(folder.path + "/no/m", bytes: []) }?.message.contains("there is no folder")
        == true)
    #expect(diagnostic { try AtomicFile.write(folder.path, bytes: []) }?.message.contains("is a folder") == true)
    #expect(diagnostic { try AtomicFile.write("", bytes: []) }?.code == .file)
  }

  @Test func linksAndPermissionsStay() throws {
    let file = try folder.write("real", "old")
    chmod(file, 0o640)
    symlink("real", folder.path + "/link")
    try AtomicFile.write(folder.path + "/link", bytes: Array("new".utf8))
    #expect(try folder.bytes("real") == Array("new".utf8))
    var status = stat()
    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(folder.names == ["link", "real"])
  }

  @Test func pythonReadsOursAndWeReadPythons() throws {
    guard let python = python(with: "numpy, safetensors.numpy") else { return }
    try SafeTensors.write(path, tensors: sample(), metadata: [("seed", "7")])
    let result = try runPython(
      python,
      """
      import numpy as np
      from safetensors import safe_open
      from safetensors.numpy import save_file
      with safe_open('\(path)', 'np') as f:
          assert f.metadata() == {'seed': '7'}
          assert f.get_tensor('w').tolist()[0] == [1, -2.5] and f.get_tensor('w').dtype == np.float32
          assert f.get_tensor('ids').tolist() == [1, -5] and f.get_tensor('flags').tolist() == [True, False, True]
          assert f.get_tensor('scalar').item() == 0.1 and f.get_tensor('none').shape == (0, 3)
      save_file({'h': np.array([1.5, -0.0, 6e-8, np.inf, 65504], dtype=np.float16), 'i': np.array([-7], dtype=np.int32),
                 'u': np.array([200], dtype=np.uint8), 'd': np.eye(3)},
                '\(folder.path)/p.safetensors', metadata={'a': 'ü'})
      """)
    #expect(result.status == 0, "\(result.output)")
    let back = try SafeTensors.read(folder.path + "/p.safetensors")
    func tensor(_ name: String) throws -> Tensor { try #require(back.tensors.first { $0.name == name }).tensor }
    #expect(floats(try tensor("h")) == [1.5, -0.0, Float(0x1p-24), .infinity, 65504])
    #expect(ints(try tensor("i")) == [-7])
    #expect(ints(try tensor("u")) == [200])
    #expect(try tensor("d").elements(as: Double.self) == [1, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(back.metadata[0].text == "ü")
  }

  @Test func bf16IsWidened() throws {
    let path = try file("{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}}", data: 2)
    var bytes = try folder.bytes("m.safetensors")
    bytes[bytes.count - 2] = 0x20
    bytes[bytes.count - 1] = 0xc0
    _ = try folder.write("m.safetensors", bytes)
    #expect(floats(try SafeTensors.read(path).tensors[0].tensor) == [-2.5])
  }
}

@Suite struct JSONTests {
  @Test func roundTrip() throws {
    let value: JSON = [
      "a": [1, .number(1), .number(-2.5e-300), .number(.leastNonzeroMagnitude), .bool(true), .null, .int(.min)],
      "ü\"\\\n\u{0}": ["": "text \u{1F600} é"],
    ]
    #expect(try JSON.parse(value.encoded()) == value)
    #expect(try JSON.parse(" {\"a\" : [ ] , \"b\":{ }} \n") == ["a": [], "b": [:]])
    #expect(try JSON.parse("\"\\u00e9\\ud83d\\ude00\\/\\b\"") == "é😀/\u{8}")
    #expect(try JSON.parse("[1e2, -0, 10000000000000000000000]") == [.number(100), 0, .number(1e22)])
    #expect(JSON.number(.nan).encoded() == "null")
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "\"a", "\"\n\"", "\"\\x\"",
    "\"\\ud800\"",
    "\"\\udc00\"", "[1] 2", "{\"a\":1,\"a\":2}", "'a'", "NaN", "1e999", "\"\\u12\"", "// x\n1",
  ])
  func notJSON(_ text: String) {
    #expect(throws: JSONProblem.self) { _ = try JSON.parse(text) }
  }

  @Test func badBytesAndDepth() {
    #expect(throws: JSONProblem.self) { _ = try JSON.parse([0x22, 0xff, 0x22]) }
    #expect(throws: JSONProblem.self) { _ = try JSON.parse(String(repeating: "[", count: 100_000)) }
    #expect(throws: Never.self) {
      _ = try JSON.parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
    }
  }
}
