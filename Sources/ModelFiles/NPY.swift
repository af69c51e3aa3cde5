import Diagnostics
import Files
import TensorRuntime
import TensorTypes

/// NumPy's array files, versions 1 to 3 (numpy.lib.format).
public enum NPY {
  /// <f4 and <f8 keep their type, <i4 <i8 |u1 become i64, |b1 bool. Fortran order is turned into row-major order.
  public static func read(_ path: String) throws(Diagnostic) -> Tensor {
    let file = try FileContent.open(path)
    let (header, begin) = try header(of: file, path: path)
    guard let element = Element(rawValue: header.descr) else { throw .npyElementType(path, found: header.descr) }
    let shape = Shape(header.shape)
    guard let count = shape.checkedCount,
      case let (size, overflow) = count.multipliedReportingOverflow(by: element.size),
      !overflow
    else { throw .arrayTooLarge(path, shape: shape.description) }
    guard file.count - begin == size else {
      throw .npySize(path, shape: shape.description, expected: size, found: file.count - begin)
    }
    let tensor: Tensor
    do { tensor = try Tensor.allocate(TensorType(element.dtype, shape)) } catch {
      throw .fileTooLarge(path, bytes: error.requested, available: error.available)
    }
    let isInOrder = !header.fortranOrder || shape.rank < 2
    if isInOrder, element.isPlain {
      // No second copy of what may fill most of the memory.
      try file.read(into: UnsafeMutableRawBufferPointer(start: tensor.address, count: size), at: begin)
    } else {
      let data = try file.bytes(begin..<file.count)
      data.withUnsafeBytes { element.copy($0, to: tensor, count: count, fortran: header.fortranOrder) }
    }
    return tensor
  }

  /// The header, and where the elements begin.
  static func header(of file: FileContent, path: String) throws(Diagnostic) -> (NPYHeader, Int) {
    if file.count == 0 { throw .fileEmpty(path, expected: "an npy file") }
    let begin = try file.bytes(0..<min(12, file.count))
    guard begin.starts(with: magic) else { throw .npyMagic(path, found: Array(begin.prefix(6))) }
    guard begin.count >= 10 else {
      throw .fileTruncated(path, offset: 6, expected: "the version and header size", found: "\(begin.count - 6) bytes")
    }
    guard (1...3).contains(begin[6]) else { throw .npyVersion(path, found: begin[6]) }
    let sizeBytes = begin[6] == 1 ? 2 : 4
    let start = 8 + sizeBytes
    guard begin.count >= start else {
      throw .fileTruncated(path, offset: 8, expected: "the header size", found: "\(begin.count - 8) bytes")
    }
    let length = begin[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard file.count - start >= length else {
      throw .fileTruncated(
        path, offset: start, expected: "a header of \(length) bytes", found: "\(file.count - start)")
    }
    return (try NPYHeader.parse(try file.bytes(start..<start + length)[...], path: path), start + length)
  }

  /// Version 1 in row-major order: f32 as <f4, f64 as <f8, i64 as <i8, bool as |b1. The file is there as a whole or
  /// not.
  public static func write(_ path: String, _ tensor: Tensor) throws(Diagnostic) {
    let element: Element =
      switch tensor.dtype {
      case .f32: .f4
      case .f64: .f8
      case .i64: .i8
      case .bool: .b1
      }
    let sizes = tensor.shape.sizes
    let shape = sizes.count == 1 ? "(\(sizes[0]),)" : "(" + sizes.map(String.init).joined(separator: ", ") + ")"
    var header = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': \(shape), }"
    // The elements start at a multiple of 64.
    let unpadded = magic.count + 4 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = header.utf8.count
    let prefix = magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(header.utf8)
    try AtomicFile.write(path) { file throws(Diagnostic) in
      try file.append(prefix)
      try file.append(UnsafeRawBufferPointer(start: tensor.address, count: tensor.type.byteCount))
    }
  }

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private enum Element: String {
    case f4 = "<f4"
    case f8 = "<f8"
    case i4 = "<i4"
    case i8 = "<i8"
    case u1 = "|u1"
    case b1 = "|b1"

    var size: Int {
      switch self {
      case .f4, .i4: 4
      case .f8, .i8: 8
      case .u1, .b1: 1
      }
    }

    /// Whether the file holds what a tensor holds.
    var isPlain: Bool {
      switch self {
      case .f4, .f8, .i8: true
      case .i4, .u1, .b1: false
      }
    }

    var dtype: DType {
      switch self {
      case .f4: .f32
      case .f8: .f64
      case .i4, .i8, .u1: .i64
      case .b1: .bool
      }
    }

    func copy(_ data: UnsafeRawBufferPointer, to tensor: Tensor, count: Int, fortran: Bool) {
      switch self {
      case .f4: move(data, as: UInt32.self, to: tensor, count, fortran) { $0 }
      case .f8: move(data, as: UInt64.self, to: tensor, count, fortran) { $0 }
      case .i4: move(data, as: Int32.self, to: tensor, count, fortran) { Int($0) }
      case .i8: move(data, as: Int.self, to: tensor, count, fortran) { $0 }
      case .u1: move(data, as: UInt8.self, to: tensor, count, fortran) { Int($0) }
      case .b1: move(data, as: UInt8.self, to: tensor, count, fortran) { $0 == 0 ? UInt8(0) : 1 }
      }
    }

    private func move<Source: BitwiseCopyable, Target>(
      _ data: UnsafeRawBufferPointer, as _: Source.Type, to tensor: Tensor, _ count: Int, _ fortran: Bool,
      _ convert: (Source) -> Target
    ) {
      let target = tensor.address.assumingMemoryBound(to: Target.self)
      let size = MemoryLayout<Source>.size
      guard fortran, tensor.shape.rank > 1, count > 0 else {
        for index in 0..<count {
          target[index] = convert(data.loadUnaligned(fromByteOffset: index * size, as: Source.self))
        }
        return
      }
      // The file counts the first index fastest; walk it in that order and step through the result by its strides.
      let sizes = tensor.shape.sizes
      let strides = tensor.shape.strides
      var index = [Int](repeating: 0, count: sizes.count)
      var position = 0
      for source in 0..<count {
        target[position] = convert(data.loadUnaligned(fromByteOffset: source * size, as: Source.self))
        for axis in sizes.indices {
          index[axis] += 1
          position += strides[axis]
          if index[axis] < sizes[axis] { break }
          position -= sizes[axis] * strides[axis]
          index[axis] = 0
        }
      }
    }
  }
}
