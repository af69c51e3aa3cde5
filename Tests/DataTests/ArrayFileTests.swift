import Datasets
import Diagnostics
import Foundation
import ModelFiles
import TensorRuntime
import TensorTypes
import Testing

@Suite struct IDXTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255]
  let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 7, 9]

  @Test func imagesAndLabels() throws {
    let table = try IDX.read(images: folder.write("i", images), labels: folder.write("l", labels))
    #expect(table.names == ["image", "label"])
    #expect(table.row(1)["image"] == .tensor(RowTensor(shape: [1, 1, 3], values: [4, 5, 255])))
    #expect(table.row(1)["label"] == .integer(9))
  }

  @Test func packedFiles() throws {
    _ = try folder.write("i", images)
    #expect(try IDX.read(images: gzip(folder, "i")).rowCount == 2)
  }

  @Test func malformed() throws {
    func message(_ bytes: [UInt8], labels: [UInt8]? = nil) throws -> String? {
      let i = try folder.write("i", bytes)
      let l = try labels.map { try folder.write("l", $0) }
      return diagnostic { _ = try IDX.read(images: i, labels: l) }?.message
        .replacing(folder.path + "/", with: "")
    }
    #expect(try message([]) == "`i` is empty, expected an idx file")
    #expect(
      try message([1, 2])
        == "`i` is not an idx file: it starts with 01 02, expected 00 00 08 and the number of dimensions")
    #expect(try message([0, 0, 0x0d, 1, 0, 0, 0, 1, 0])?.contains("type code 0x0d at byte 2") == true)
    #expect(try message(Array(images.prefix(10)))?.contains("ends too early: expected 3 sizes") == true)
    #expect(try message(images.dropLast()) == "`i`: the header announces [2, 1, 3], which takes 6 bytes, found 5")
    #expect(try message(images + [0])?.contains("takes 6 bytes, found 7") == true)
    let huge: [UInt8] = [0, 0, 8, 3] + [UInt8](repeating: 0xff, count: 12)
    #expect(try message(huge)?.contains("more than 64 bits can count") == true)
    #expect(try message([0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 1])?.contains("is empty") == true)
    #expect(try message(labels)?.contains("has 1 dimension, expected images") == true)
    #expect(try message(images, labels: images)?.contains("has 3 dimensions, expected labels") == true)
    #expect(
      try message(images, labels: [0, 0, 8, 1, 0, 0, 0, 1, 7])
        == "`i` holds 2 images and `l` 1 labels, expected as many of both")
  }
}

@Suite struct NPYTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func file(_ header: String, _ data: [UInt8], version: UInt8 = 1) throws -> String {
    let text = Array(header.utf8)
    let size: [UInt8] =
      version == 1
      ? [UInt8(text.count & 255), UInt8(text.count >> 8)] : [UInt8(text.count & 255), UInt8(text.count >> 8), 0, 0]
    return try folder.write("a.npy", [0x93] + Array("NUMPY".utf8) + [version, 0] + size + text + data)
  }

  @Test func roundTrips() throws {
    let path = folder.path + "/r.npy"
    for tensor in [
      try Tensor.from([1, -2.5, .nan, .infinity, 0, -0] as [Float], dtype: .f32, shape: [2, 3]),
      try Tensor.from([1, -2.5] as [Double], dtype: .f64, shape: [2]), try Tensor.from([7], dtype: .i64, shape: []),
      try Tensor.from([true, false, true], dtype: .bool, shape: [3, 1]),
      try Tensor.from([] as [Float], dtype: .f32, shape: [0, 4]),
    ] {
      try NPY.write(path, tensor)
      let back = try NPY.read(path)
      #expect(back.type == tensor.type)
      #expect(memcmp(back.address, tensor.address, tensor.type.byteCount) == 0)
    }
    #expect(folder.names == ["r.npy"])
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func versionsAndTypes(_ version: UInt8) throws {
    let path = try file(
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }\n", [1, 0, 0, 0, 254, 255, 255, 255], version: version)
    #expect(ints(try NPY.read(path)) == [1, -2])
    let bytes = try file(
      "{\"descr\": \"|u1\", 'fortran_order': True, 'shape': (2, 3)}", [1, 2, 3, 4, 5, 6], version: version)
    let tensor = try NPY.read(bytes)
    #expect(tensor.shape == [2, 3])
    #expect(ints(tensor) == [1, 3, 5, 2, 4, 6])
  }

  @Test func malformed() throws {
    func message(_ path: String) -> String? {
      diagnostic { _ = try NPY.read(path) }?.message.replacing(folder.path + "/", with: "")
    }
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    #expect(message(try file(good, [0, 0])) == "`a.npy`: the header announces [2], which takes 8 bytes, found 2")
    #expect(message(try folder.write("e", "")) == "`e` is empty, expected an npy file")
    #expect(message(try folder.write("m", "hello"))?.contains("starts with 68 65 6c 6c 6f") == true)
    #expect(
      message(try folder.write("t", [0x93] + Array("NUMPY".utf8) + [1, 0, 200, 0, 1]))?.contains("ends too early")
        == true)
    #expect(message(try folder.write("t", [0x93] + Array("NUMPY".utf8)))?.contains("ends too early") == true)
    #expect(message(try file(good, [], version: 9))?.contains("npy version 9") == true)
    #expect(message(try file(good.replacing("<f4", with: ">f4"), []))?.contains("`>f4`") == true)
    #expect(message(try file(good.replacing("<f4", with: "|O"), []))?.contains("`|O`") == true)
    #expect(
      message(try file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", []))?.contains(
        "arrays of records") == true)
    #expect(
      message(try file(good.replacing("(2,)", with: "(9999999999, 9999999999)"), []))?.contains("more than 64 bits")
        == true)
    #expect(message(try file(good.replacing("(2,)", with: "(-2,)"), []))?.contains("expected a size") == true)
    #expect(message(try file("{'shape': (2,)}", []))?.contains("not all three keys") == true)
    #expect(message(try file("{'shape': (2,", []))?.contains("expected a size") == true)
  }

  @Test func numpyReadsOursAndWeReadNumPys() throws {
    guard let python = python(with: "numpy") else { return }
    let tensor = try Tensor.from([1, 2, 3, 4, 5, 6] as [Float], dtype: .f32, shape: [2, 3])
    try NPY.write(folder.path + "/ours.npy", tensor)
    let result = try runPython(
      python,
      """
      import numpy as np
      a = np.load('\(folder.path)/ours.npy')
      assert a.dtype == np.float32 and a.tolist() == [[1, 2, 3], [4, 5, 6]]
      np.save('\(folder.path)/f.npy', np.asfortranarray(np.arange(24, dtype='<i8').reshape(2, 3, 4)))
      np.save('\(folder.path)/b.npy', np.array(True))
      """)
    #expect(result.status == 0, "\(result.output)")
    #expect(ints(try NPY.read(folder.path + "/f.npy")) == Array(0..<24))
    #expect(try NPY.read(folder.path + "/b.npy").elements(as: Bool.self) == [true])
  }
}
