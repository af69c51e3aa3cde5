import SourceText

/// Image files and folders of them; what cannot be shown as an image.
extension Diagnostic {
  public static func notAnImage(_ path: String, found: [UInt8]) -> Diagnostic {
    let known: [([UInt8], String)] = [
      ([0x47, 0x49, 0x46], "GIF"), ([0x42, 0x4d], "BMP"), ([0x52, 0x49, 0x46, 0x46], "WebP"),
      ([0x49, 0x49, 0x2a, 0], "TIFF"), ([0x4d, 0x4d, 0, 0x2a], "TIFF"),
    ]
    let format = known.first { found.starts(with: $0.0) }?.1
    return Diagnostic(
      .file,
      "`\(path)` is \(format.map { "a \($0) image" } ?? "no image"): it starts with \(byteList(found)), expected a PNG "
        + "or JPEG image",
      at: .none,
      help: format == nil ? "check what the file is with `file \(path)`" : "convert it to PNG first")
  }

  public static func imageDamaged(_ path: String, format: String, reason: String) -> Diagnostic {
    Diagnostic(
      .file, "the \(format) image `\(path)` is damaged or incomplete: \(reason)", at: .none,
      help: "copy or download the file again, or delete it")
  }

  public static func imageNotWritten(_ path: String, width: Int, height: Int, reason: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` cannot hold an image of \(width) x \(height) pixels: \(reason)", at: .none,
      help: "a PNG file holds 1 to 1,000,000 pixels a side")
  }

  public static func imageSizesDiffer(
    _ path: String, _ size: String, first: String, _ firstSize: String
  ) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` has \(size) pixels and `\(first)` \(firstSize); a dataset holds images of one size", at: .none,
      help: "give the size that all shall have: `resize: 64`, or `resize: (height, width)`")
  }

  public static func imageTooLarge(_ path: String, _ size: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` has \(size) pixels, more than 65,536 on one side", at: .none,
      help: "cut it into pieces with another program")
  }

  public static func imageColoursDiffer(_ path: String, first: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` is in colour and `\(first)` is grey; a dataset holds images of one kind", at: .none,
      help: "say what all shall be: `channels: 3` for RGB, `channels: 1` for grey")
  }

  public static func noImages(_ folder: String) -> Diagnostic {
    Diagnostic(
      .file, "the folder `\(folder)` holds no images (.png, .jpg, .jpeg)", at: .none,
      help: "it shall hold one folder of images for each class, or images alone")
  }

  /// `inside`: a folder in it.
  public static func emptyClassFolder(_ folder: String, class name: String, inside: String?) -> Diagnostic {
    Diagnostic(
      .file, "the folder `\(folder)` of the class `\(name)` holds no images (.png, .jpg, .jpeg)", at: .none,
      help: inside == nil
        ? "put the images of the class straight into it, or delete the folder"
        : "if its folders are the classes, read it by itself: `image_folder(\"\(folder)\")`")
  }

  public static func imagesBesideClasses(_ folder: String, image: String, class name: String) -> Diagnostic {
    Diagnostic(
      .file, "the folder `\(folder)` holds images (`\(image)`) beside folders (`\(name)`)", at: .none,
      help: "put each image into the folder of its class")
  }

  public static func imageChannels(_ found: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "`channels` is \(found), expected 1 (grey), 3 (RGB) or 4 (RGB and alpha)", at: span,
      help: "leave it out to take the images as they are")
  }

  public static func imageSize(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "an image cannot have the size \(found)", at: span,
      help: "give one number for a square, or (height, width), each from 1 to 65,536")
  }

  public static func stepNeedsImages(_ step: String, column: String, shape: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` changes images, and column `\(column)` holds \(shape)", at: .none,
      help: "images are [channels, height, width] with 1 or 3 channels, as `idx` and `image_folder` read them")
  }

  public static func stepWithoutImages(_ step: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` changes images, and this dataset has none", at: .none,
      help: "images are a column of tensors [channels, height, width], as `idx` and `image_folder` read them")
  }

  public static func cropTooLarge(_ size: String, image: String) -> Diagnostic {
    Diagnostic(
      .data, "a crop of \(size) pixels does not fit in images of \(image)", at: .none,
      help: "choose a smaller one, or `resize` the images first")
  }

  public static func notShown(_ function: String, shape: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "`\(function)` takes an image, not a tensor of shape \(shape)", at: span,
      help: "[height, width], [channels, height, width] or [batch, channels, height, width], with 1 or 3 channels")
  }
}
