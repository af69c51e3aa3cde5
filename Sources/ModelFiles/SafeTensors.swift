import Diagnostics
import Files
import TensorRuntime
import TensorTypes

/// The file format of model weights (github.com/huggingface/safetensors): the header's length as u64, the header as
/// JSON, then the elements, little-endian, row by row, without gaps.
public enum SafeTensors {
  /// The format's own limit for the header.
  static let headerLimit = 100_000_000

  /// Writes the whole file or leaves the old one. Tensors are laid out widest type first, so that each starts at a
  /// multiple of its element size; names must differ. The i64 tensors named in `bytes` hold -128 to 127 and are written
  /// as I8.
  public static func write(
    _ path: String, tensors: [(name: String, tensor: Tensor)], metadata: [(name: String, text: String)] = [],
    bytes: Set<String> = []
  ) throws(Diagnostic) {
    let ordered = try checked(tensors, metadata, bytes)
    var members: [JSON.Member] = []
    if !metadata.isEmpty {
      members.append(.init("__metadata__", .object(metadata.map { .init($0.name, .text($0.text)) })))
    }
    var offset = 0
    for (name, tensor, stored) in ordered {
      let end = offset + tensor.count * stored.size
      members.append(
        .init(
          name,
          [
            "dtype": .text(stored.rawValue), "shape": .list(tensor.shape.sizes.map(JSON.int)),
            "data_offsets": [.int(offset), .int(end)],
          ]))
      offset = end
    }
    var header = Array(JSON.object(members).encoded().utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    guard header.count <= headerLimit else {
      throw .safetensorsHeaderSize(path, announced: String(header.count), limit: headerLimit)
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    try AtomicFile.write(path) { file throws(Diagnostic) in
      try file.append(length + header)
      for (_, tensor, stored) in ordered {
        if stored == .i8 {
          try file.append(tensor.elements(as: Int.self).map { UInt8(truncatingIfNeeded: $0) })
        } else {
          try file.append(UnsafeRawBufferPointer(start: tensor.address, count: tensor.type.byteCount))
        }
      }
    }
  }

  private static func checked(
    _ tensors: [(name: String, tensor: Tensor)], _ metadata: [(name: String, text: String)], _ bytes: Set<String>
  ) throws(Diagnostic) -> [(name: String, tensor: Tensor, stored: StoredType)] {
    var names: Set<String> = []
    for (name, _) in tensors {
      if name == "__metadata__" { throw .safetensorsName(name, "is kept for the file itself") }
      if !names.insert(name).inserted { throw .safetensorsName(name, "is there twice") }
    }
    names = []
    for (name, _) in metadata where !names.insert(name).inserted { throw .safetensorsName(name, "is there twice") }
    let typed = tensors.map { (name, tensor) in
      (name, tensor, bytes.contains(name) && tensor.dtype == .i64 ? StoredType.i8 : StoredType(tensor.dtype))
    }
    return [8, 4, 1].flatMap { size in typed.filter { $0.2.size == size } }
  }

  /// Everything in the file, tensors in the order of their data. F16 and BF16 become f32; I32, I8 and U8 become i64.
  public static func read(
    _ path: String
  ) throws(Diagnostic) -> (tensors: [(name: String, tensor: Tensor)], metadata: [(name: String, text: String)]) {
    let file = try FileReader.open(path)
    let (header, start, size) = try readHeader(file)
    var metadata: [(name: String, text: String)] = []
    var entries: [Entry] = []
    for member in header {
      if member.name == "__metadata__" {
        metadata = try texts(member.value, path)
      } else {
        entries.append(try Entry(member, path: path))
      }
    }
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var position = 0
    for entry in entries {
      guard entry.begin == position else {
        throw .safetensorsEntry(
          path, tensor: entry.name, found: "data from byte \(entry.begin) of the data on",
          expected: "\(position), where the one before ends (\(entry.begin < position ? "they overlap" : "a gap"))")
      }
      position = entry.end
    }
    guard position == size - start else {
      if position > size - start {
        throw .fileTruncated(
          path, offset: size, expected: "\(position) bytes of data, until byte \(start + position),", found: "the end")
      }
      throw .safetensorsHeader(
        path, offset: start + position, problem: "\(size - start - position) bytes behind the last tensor")
    }
    var tensors: [(name: String, tensor: Tensor)] = []
    for entry in entries { tensors.append((entry.name, try entry.read(from: file, dataStart: start))) }
    return (tensors, metadata)
  }

  /// Only the metadata, without reading the tensors.
  public static func readMetadata(_ path: String) throws(Diagnostic) -> [(name: String, text: String)] {
    let (header, _, _) = try readHeader(try FileReader.open(path))
    guard let value = header.first(where: { $0.name == "__metadata__" })?.value else { return [] }
    return try texts(value, path)
  }

  /// The header's members, where the data starts, and the size of the file.
  private static func readHeader(_ file: FileReader) throws(Diagnostic) -> ([JSON.Member], Int, Int) {
    let path = file.path
    guard let size = file.size else { throw .fileIsDevice(path) }
    if size == 0 { throw .fileEmpty(path, expected: "a safetensors file") }
    guard size >= 8 else { throw .fileTruncated(path, offset: 0, expected: "8 bytes", found: "\(size)") }
    let prefix = try bytes(of: file, count: 8, at: 0)
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(headerLimit) else {
      throw .safetensorsHeaderSize(path, announced: String(length), limit: headerLimit)
    }
    guard size - 8 >= Int(length) else {
      throw .fileTruncated(path, offset: 8, expected: "a header of \(length) bytes", found: "\(size - 8)")
    }
    do {
      let json = try JSON.parse(try bytes(of: file, count: Int(length), at: 8), depth: 8)
      guard let members = json.members else {
        throw Diagnostic.safetensorsHeader(path, offset: 8, problem: "expected an object")
      }
      return (members, 8 + Int(length), size)
    } catch let problem as JSONProblem {
      throw .safetensorsHeader(path, offset: 8 + problem.offset, problem: problem.message)
    } catch let problem as Diagnostic {
      throw problem
    } catch {
      throw .safetensorsHeader(path, offset: 8, problem: "unreadable")
    }
  }

  private static func bytes(of file: FileReader, count: Int, at offset: Int) throws(Diagnostic) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: Diagnostic?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(Diagnostic) { try file.read(into: buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  private static func texts(_ value: JSON, _ path: String) throws(Diagnostic) -> [(name: String, text: String)] {
    guard let members = value.members else {
      throw .safetensorsHeader(path, offset: 8, problem: "`__metadata__` is no object")
    }
    var result: [(name: String, text: String)] = []
    for member in members {
      guard let text = member.value.text else {
        throw .safetensorsHeader(path, offset: 8, problem: "the metadata `\(member.name)` is no text")
      }
      result.append((member.name, text))
    }
    return result
  }
}
