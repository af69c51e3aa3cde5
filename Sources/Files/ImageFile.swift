import CImageCodecs
import Diagnostics
import Glibc

/// The pixels of an image: rows from the top, the channels of a pixel side by side, 0 to 255.
public struct Picture: Sendable, Equatable {
  public var width: Int
  public var height: Int
  /// 1 grey, 3 RGB, 4 RGB and alpha; 2, grey and alpha, only between reading and `with(channels:)`.
  public var channels: Int
  public var pixels: [UInt8]

  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }
}

/// PNG and JPEG files, told apart by their first bytes.
public enum ImageFile {
  private static let pngMagic: [UInt8] = [0x89, 0x50, 0x4e, 0x47]
  private static let jpegMagic: [UInt8] = [0xff, 0xd8, 0xff]

  /// Whether a file with this name is taken for an image.
  public static func isNamed(_ name: String) -> Bool {
    let lower = name.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { lower.hasSuffix($0) }
  }

  /// 1 channel of a grey image and 3 of any other, unless `channels` (1, 3 or 4) says otherwise. 16 bits are rounded
  /// to 8; what is transparent lies on white where alpha is not asked for.
  public static func read(_ path: String, channels: Int? = nil) throws(Diagnostic) -> Picture {
    let bytes = try FileReader.bytes(of: path)
    if bytes.isEmpty { throw .fileEmpty(path, expected: "a PNG or JPEG image") }
    let picture: Picture
    if bytes.starts(with: pngMagic) {
      picture = try decoded(bytes, path, format: "PNG", image_read_png)
    } else if bytes.starts(with: jpegMagic) {
      picture = try decoded(bytes, path, format: "JPEG", image_read_jpeg)
    } else {
      throw .notAnImage(path, found: Array(bytes.prefix(4)))
    }
    return picture.with(channels: channels ?? (picture.channels < 3 ? 1 : 3))
  }

  private typealias Decoder = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<ImageFacts>?, UnsafeMutablePointer<UInt8>?
  ) -> Int32

  private static func decoded(
    _ bytes: [UInt8], _ path: String, format: String, _ decode: Decoder
  ) throws(Diagnostic) -> Picture {
    var facts = ImageFacts()
    func failure() -> Diagnostic { .imageDamaged(path, format: format, reason: reason(of: facts)) }
    guard decode(bytes, bytes.count, &facts, nil) == 1 else { throw failure() }
    // Neither format goes beyond a million a side. Four channels are the most that come later.
    let area = Int(facts.width) * Int(facts.height)
    try FileReader.checkMemory(area * 8, path: path)
    var pixels = [UInt8](repeating: 0, count: area * Int(facts.channels))
    guard pixels.withUnsafeMutableBufferPointer({ decode(bytes, bytes.count, &facts, $0.baseAddress) }) == 1 else {
      throw failure()
    }
    return Picture(
      width: Int(facts.width), height: Int(facts.height), channels: Int(facts.channels), pixels: pixels)
  }

  private static func reason(of facts: ImageFacts) -> String {
    withUnsafeBytes(of: facts.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Writes a PNG file.
  public static func writePNG(_ path: String, _ picture: Picture) throws(Diagnostic) {
    var facts = ImageFacts()
    facts.width = UInt32(clamping: picture.width)
    facts.height = UInt32(clamping: picture.height)
    facts.channels = UInt32(clamping: picture.channels)
    var count = 0
    guard (1...4).contains(picture.channels),
      picture.pixels.count == picture.width * picture.height * picture.channels,
      let bytes = image_write_png(picture.pixels, &facts, &count)
    else { throw .imageNotWritten(path, width: picture.width, height: picture.height, reason: reason(of: facts)) }
    defer { free(bytes) }
    try AtomicFile.write(path) { (file) throws(Diagnostic) in
      try file.append(UnsafeRawBufferPointer(start: bytes, count: count))
    }
  }
}

extension Picture {
  /// The same with 1, 3 or 4 channels.
  func with(channels wanted: Int) -> Picture {
    if wanted == channels { return self }
    var result = [UInt8](repeating: 255, count: width * height * wanted)
    let (green, blue) = channels < 3 ? (0, 0) : (1, 2)
    for pixel in 0..<width * height {
      let source = pixel * channels
      var (r, g, b) = (Int(pixels[source]), Int(pixels[source + green]), Int(pixels[source + blue]))
      if channels == 2 || channels == 4 {
        let alpha = Int(pixels[source + channels - 1])
        if wanted == 4 {
          result[pixel * 4 + 3] = UInt8(alpha)
        } else if alpha < 255 {
          (r, g, b) = (Self.onWhite(r, alpha), Self.onWhite(g, alpha), Self.onWhite(b, alpha))
        }
      }
      if wanted == 1 {
        result[pixel] = UInt8(Self.grey(r, g, b))
      } else {
        result[pixel * wanted] = UInt8(r)
        result[pixel * wanted + 1] = UInt8(g)
        result[pixel * wanted + 2] = UInt8(b)
      }
    }
    return Picture(width: width, height: height, channels: wanted, pixels: result)
  }

  private static func onWhite(_ value: Int, _ alpha: Int) -> Int { (value * alpha + 255 * (255 - alpha) + 127) / 255 }

  /// ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue, as Pillow rounds it.
  private static func grey(_ red: Int, _ green: Int, _ blue: Int) -> Int {
    (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
  }

  /// The channels one after another, as tensors hold them.
  public var planes: [UInt8] {
    if channels == 1 { return pixels }
    var result = [UInt8](repeating: 0, count: pixels.count)
    let area = width * height
    for channel in 0..<channels {
      for pixel in 0..<area { result[channel * area + pixel] = pixels[pixel * channels + channel] }
    }
    return result
  }
}
