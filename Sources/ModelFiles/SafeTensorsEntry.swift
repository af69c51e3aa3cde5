import Diagnostics
import Files
import TensorRuntime
import TensorTypes

/// Element types of the file format that can be read.
enum StoredType: String {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i8 = "I8"
  case u8 = "U8"
  case bool = "BOOL"

  init(_ dtype: DType) {
    switch dtype {
    case .f32: self = .f32
    case .f64: self = .f64
    case .i64: self = .i64
    case .bool: self = .bool
    }
  }

  var size: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16: 2
    case .i8, .u8, .bool: 1
    }
  }

  /// What it is in memory.
  var dtype: DType {
    switch self {
    case .f64: .f64
    case .f32, .f16, .bf16: .f32
    case .i64, .i32, .i8, .u8: .i64
    case .bool: .bool
    }
  }
}

extension SafeTensors {
  /// One tensor of the header.
  struct Entry {
    let name: String
    let stored: StoredType
    let shape: Shape
    /// From the start of the data.
    let begin: Int
    let end: Int
    private let path: String

    init(_ member: JSON.Member, path: String) throws(Diagnostic) {
      name = member.name
      self.path = path
      func problem(_ found: String, _ expected: String) -> Diagnostic {
        .safetensorsEntry(path, tensor: member.name, found: found, expected: expected)
      }
      guard let fields = member.value.members, Set(fields.map(\.name)) == ["dtype", "shape", "data_offsets"] else {
        throw problem("other fields", "dtype, shape and data_offsets")
      }
      guard let word = member.value["dtype"]?.text else { throw problem("no text as dtype", "such as \"F32\"") }
      guard let stored = StoredType(rawValue: word) else {
        throw .safetensorsType(path, tensor: member.name, found: word)
      }
      self.stored = stored
      guard let sizes = member.value["shape"]?.list?.map(\.int), !sizes.contains(nil), sizes.count <= 32,
        case let shape = Shape(sizes.compactMap(\.self)), let count = shape.checkedCount,
        case let (bytes, overflow) = count.multipliedReportingOverflow(by: stored.size), !overflow
      else { throw problem("a shape that is no list of sizes, or too large", "such as [64, 10]") }
      self.shape = shape
      guard let offsets = member.value["data_offsets"]?.list?.map(\.int), offsets.count == 2, let begin = offsets[0],
        let end = offsets[1], begin >= 0, end >= begin
      else { throw problem("data_offsets that are no range", "two growing numbers") }
      guard end - begin == bytes else {
        throw problem("\(end - begin) bytes", "\(bytes) for \(word) of shape \(shape)")
      }
      self.begin = begin
      self.end = end
    }

    func read(from file: FileReader, dataStart: Int) throws(Diagnostic) -> Tensor {
      let tensor = try allocate(TensorType(stored.dtype, shape))
      guard stored.size != stored.dtype.size else {
        try file.read(
          into: UnsafeMutableRawBufferPointer(start: tensor.address, count: end - begin), at: dataStart + begin)
        if stored == .bool { try checkTruths(tensor) }
        return tensor
      }
      let raw = try allocate(TensorType(.bool, [end - begin]))
      let bytes = UnsafeMutableRawBufferPointer(start: raw.address, count: end - begin)
      try file.read(into: bytes, at: dataStart + begin)
      widen(UnsafeRawBufferPointer(bytes), into: tensor)
      return tensor
    }

    private func allocate(_ type: TensorType) throws(Diagnostic) -> Tensor {
      do { return try Tensor.allocate(type) } catch {
        throw .fileTooLarge(path, bytes: error.requested, available: error.available)
      }
    }

    private func checkTruths(_ tensor: Tensor) throws(Diagnostic) {
      let bytes = tensor.address.assumingMemoryBound(to: UInt8.self)
      for index in 0..<tensor.count where bytes[index] > 1 {
        throw .safetensorsEntry(path, tensor: name, found: "the byte \(bytes[index])", expected: "0 or 1 for BOOL")
      }
    }

    private func widen(_ bytes: UnsafeRawBufferPointer, into tensor: Tensor) {
      let floats = tensor.address.assumingMemoryBound(to: Float.self)
      let integers = tensor.address.assumingMemoryBound(to: Int.self)
      for index in 0..<tensor.count {
        switch stored {
        case .f16: floats[index] = Self.float(half: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
        case .bf16:
          let word = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
          floats[index] = Float(bitPattern: UInt32(word) << 16)
        case .i32: integers[index] = Int(bytes.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
        case .i8: integers[index] = Int(Int8(bitPattern: bytes[index]))
        case .u8: integers[index] = Int(bytes[index])
        case .f64, .f32, .i64, .bool: break
        }
      }
    }

    /// IEEE 754 binary16.
    private static func float(half: UInt16) -> Float {
      let sign: Float = half >> 15 == 0 ? 1 : -1
      let exponent = Int(half >> 10 & 0x1f)
      let fraction = Float(half & 0x3ff)
      switch exponent {
      case 0: return sign * fraction * 0x1p-24
      case 31: return half & 0x3ff == 0 ? sign * .infinity : .nan
      default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
      }
    }
  }
}
