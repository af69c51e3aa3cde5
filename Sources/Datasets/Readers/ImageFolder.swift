import Diagnostics
import Files
import TensorRuntime
import TensorTypes

/// Folders of PNG and JPEG files: one folder for each class, or images alone. Files are taken in the order of their
/// names; hidden ones and those that are no images by their name do not count.
public enum ImageFolder {
  /// Columns `image` [channels, height, width] and, where there are folders of classes, `label`. `channels` and `size`
  /// are those of the first image unless given; `size` shrinks or stretches every image to it. `isStopped` is asked
  /// before each file.
  public static func read(
    _ path: String, channels: Int? = nil, size: ImageSize? = nil, isStopped: () -> Bool = { false }
  ) throws(Diagnostic) -> Table {
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    var files: [String] = []
    var labels: [String] = []
    let (folders, images) = try entries(of: folder)
    if let first = folders.first {
      if let image = images.first { throw .imagesBesideClasses(folder, image: image, class: first) }
      for name in folders {
        let inside = try entries(of: "\(folder)/\(name)")
        if inside.images.isEmpty {
          throw .emptyClassFolder("\(folder)/\(name)", class: name, inside: inside.folders.first)
        }
        files += inside.images.map { "\(folder)/\(name)/\($0)" }
        labels += Array(repeating: name, count: inside.images.count)
      }
    } else {
      files = images.map { "\(folder)/\($0)" }
    }
    guard let first = files.first else { throw .noImages(folder) }
    let rows = try rows(of: files, first: first, channels: channels, size: size, isStopped)
    var columns = [Column("image", .tensors(rows))]
    if !labels.isEmpty { columns.append(Column("label", .texts(labels))) }
    return Table(columns, rowCount: files.count)
  }

  private static func rows(
    of files: [String], first: String, channels: Int?, size: ImageSize?, _ isStopped: () -> Bool
  ) throws(Diagnostic) -> TensorRows {
    var shape = Shape.scalar
    var bytes: [UInt8] = []
    var resizing: ImageResizing?
    for (index, file) in files.enumerated() {
      if isStopped() { throw .stopped(at: .none) }
      let picture = try ImageFile.read(file, channels: channels)
      guard let found = ImageSize(height: picture.height, width: picture.width) else {
        throw .imageTooLarge(file, "\(picture.height) x \(picture.width)")
      }
      let wanted = size ?? found
      if index == 0 {
        shape = [picture.channels, wanted.height, wanted.width]
        do { try MemoryLimit.check(files.count * shape.count) } catch {
          throw .dataTooLarge("\(files.count) images of \(shape)", bytes: error.requested, available: error.available)
        }
        bytes.reserveCapacity(files.count * shape.count)
      }
      guard picture.channels == shape[0] else {
        throw picture.channels == 3
          ? .imageColoursDiffer(file, first: first) : .imageColoursDiffer(first, first: file)
      }
      guard wanted.height == shape[1], wanted.width == shape[2] else {
        throw .imageSizesDiffer(file, found.description, first: first, "\(shape[1]) x \(shape[2])")
      }
      if found == wanted {
        bytes += picture.planes
        continue
      }
      if resizing?.old != found { resizing = ImageResizing(from: found, to: wanted) }
      for value in resizing?(picture.planes.map { Float($0) }) ?? [] {
        bytes.append(UInt8(max(0, min(255, value.rounded(.toNearestOrAwayFromZero)))))
      }
    }
    return TensorRows(count: files.count, rowShape: shape, bytes: bytes)
  }

  private static func entries(of folder: String) throws(Diagnostic) -> (folders: [String], images: [String]) {
    let (folders, files) = try Folder.entries(of: folder, expected: "a folder of images")
    return (folders, files.filter(ImageFile.isNamed))
  }
}
