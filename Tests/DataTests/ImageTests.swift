import Datasets
import Diagnostics
import Files
import Foundation
import TensorRuntime
import TensorTypes
import Testing

@Suite struct ImageFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func bytes(_ name: String) throws -> [UInt8] {
    let image = try #require(ReferenceImage.all.first { $0.name == name })
    return Array(try #require(Data(base64Encoded: image.file)))
  }

  @Test(arguments: ReferenceImage.all) func readsWhatPillowReads(_ image: ReferenceImage) throws {
    let path = try folder.write("image", bytes(image.name))
    let picture = try ImageFile.read(path)
    #expect([picture.channels, picture.height, picture.width] == image.shape)
    for (found, expected) in zip(picture.planes, image.planes) { #expect(abs(Int(found) - Int(expected)) <= 1) }
    #expect(picture.planes.count == image.planes.count)
  }

  @Test func channelsAsAsked() throws {
    let clear = try folder.write("a", bytes("RGB and alpha"))
    let whole = try ImageFile.read(clear, channels: 4)
    let onWhite = try ImageFile.read(clear, channels: 3)
    #expect(whole.channels == 4)
    for pixel in 0..<12 {
      let alpha = Double(whole.pixels[pixel * 4 + 3]) / 255
      for channel in 0..<3 {
        let expected = Double(whole.pixels[pixel * 4 + channel]) * alpha + 255 * (1 - alpha)
        #expect(abs(Double(onWhite.pixels[pixel * 3 + channel]) - expected) <= 0.51)
      }
    }
    let colour = try folder.write("c", bytes("RGB"))
    let (rgb, grey) = (try ImageFile.read(colour), try ImageFile.read(colour, channels: 1))
    for pixel in 0..<12 {
      let parts = (0..<3).map { Double(rgb.pixels[pixel * 3 + $0]) }
      #expect(abs(Double(grey.pixels[pixel]) - (0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2])) <= 0.51)
    }
    #expect(try ImageFile.read(colour, channels: 4).pixels[3] == 255)
    let plain = try folder.write("g", bytes("grey"))
    let three = try ImageFile.read(plain, channels: 3)
    #expect(three.planes == Array(repeating: try ImageFile.read(plain).pixels, count: 3).flatMap(\.self))
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    for channels in [1, 3, 4] {
      let pixels = (0..<7 * 5 * channels).map { UInt8($0 * 37 % 256) }
      let picture = Picture(width: 7, height: 5, channels: channels, pixels: pixels)
      try ImageFile.writePNG(folder.path + "/p.png", picture)
      #expect(try ImageFile.read(folder.path + "/p.png", channels: channels) == picture)
    }
    #expect(folder.names == ["p.png"])
    let none = Picture(width: 0, height: 3, channels: 1, pixels: [])
    #expect(
      diagnostic { try ImageFile.writePNG(folder.path + "/n.png", none) }?.message.contains("0 x 3 pixels") == true)
    let one = Picture(width: 1, height: 1, channels: 1, pixels: [1])
    let nowhere = diagnostic { try ImageFile.writePNG(folder.path + "/no/n.png", one) }
    #expect(nowhere?.message.contains("there is no folder") == true)
  }

  @Test func brokenFilesAreSaid() throws {
    func message(_ bytes: [UInt8]) throws -> String? {
      let path = try folder.write("i", bytes)
      return diagnostic { _ = try ImageFile.read(path) }?.message.replacing(folder.path + "/", with: "")
    }
    #expect(try message([]) == "`i` is empty, expected a PNG or JPEG image")
    #expect(
      try message(Array("hello".utf8)) == "`i` is no image: it starts with 68 65 6c 6c, expected a PNG or JPEG image")
    #expect(try message(Array("GIF89a".utf8))?.contains("`i` is a GIF image") == true)
    let png = try bytes("RGB")
    #expect(
      try message(Array(png.prefix(60))) == "the PNG image `i` is damaged or incomplete: the file ends too early")
    #expect(try message(Array(png.prefix(20)))?.contains("ends too early") == true)
    var wrong = png
    wrong[50] ^= 1
    #expect(try message(wrong) == "the PNG image `i` is damaged or incomplete: IDAT: incorrect data check")
    let jpeg = try bytes("JPEG")
    #expect(
      try message(Array(jpeg.dropLast(40)))
        == "the JPEG image `i` is damaged or incomplete: Premature end of JPEG file")
    #expect(try message(Array(jpeg.prefix(4)))?.contains("JPEG image `i` is damaged") == true)
    // Not a pixel is missing, and what follows the end is of no account.
    _ = try folder.write("i", jpeg + [1, 2, 3])
    #expect(try ImageFile.read(folder.path + "/i").width == 11)
  }

  /// Whatever is in a file, it is read or it is an error.
  @Test func anyDamageIsAnError() throws {
    var state: UInt32 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 8) % bound
    }
    for image in ReferenceImage.all {
      let whole = try bytes(image.name)
      for trial in 0..<60 {
        var bytes = trial % 2 == 0 ? Array(whole.prefix(next(whole.count))) : whole
        if trial % 2 == 1 { for _ in 0...next(3) { bytes[next(bytes.count)] = UInt8(next(256)) } }
        let path = try folder.write("i", bytes)
        do { _ = try ImageFile.read(path) } catch { #expect(error.message.contains("/i`")) }
      }
    }
  }

  @Test func anImageTooLargeForTheMemory() throws {
    var png = try bytes("RGB")
    // 900,000 x 900,000 pixels, with the checksum of that header.
    png.replaceSubrange(16..<24, with: [0, 0x0d, 0xbb, 0xa0, 0, 0x0d, 0xbb, 0xa0])
    png.replaceSubrange(29..<33, with: checksum(Array(png[12..<29])))
    let path = try folder.write("i", png)
    #expect(diagnostic { _ = try ImageFile.read(path) }?.message.contains("does not fit in memory") == true)
  }

  /// CRC-32 as PNG has it, big-endian.
  private func checksum(_ bytes: [UInt8]) -> [UInt8] {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    let result = ~crc
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: result >> $0) }
  }
}

@Suite struct ImageFolderTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func add(_ name: String, width: Int = 4, height: Int = 3, channels: Int = 1, value: UInt8 = 0) throws {
    let path = folder.path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let pixels = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0) &+ value }
    try ImageFile.writePNG(path, Picture(width: width, height: height, channels: channels, pixels: pixels))
  }

  func message(_ body: () throws -> Void) -> String? {
    diagnostic { try body() }?.message.replacing(folder.path, with: "F")
  }

  @Test func foldersAreClasses() throws {
    try add("dog/b.PNG", value: 50)
    try add("cat/2.png", value: 10)
    try add("cat/1.png", value: 20)
    _ = try folder.write("cat/notes.txt", "no image")
    _ = try folder.write("cat/.hidden.png", "no image")
    let table = try ImageFolder.read(folder.path)
    #expect(table.names == ["image", "label"])
    #expect((0..<3).map { table.row($0)["label"] } == [.text("cat"), .text("cat"), .text("dog")])
    let data = try Dataset(table).withTarget("label")
    #expect(try data.x().type == TensorType(.f32, [3, 1, 3, 4]))
    #expect(floats(try data.x()).prefix(2) == [20, 21])
    #expect(floats(try data.x())[24] == 50)
    #expect(data.classes == [.text("cat"), .text("dog")])
  }

  @Test func imagesAloneHaveNoTarget() throws {
    try add("b.png", channels: 3)
    try add("a.png", channels: 3)
    let table = try ImageFolder.read(folder.path + "/")
    #expect(table.names == ["image"])
    #expect(try Dataset(table).x().shape == [2, 3, 3, 4])
    #expect(try Dataset(try ImageFolder.read(folder.path, channels: 1)).x().shape == [2, 1, 3, 4])
  }

  @Test func otherSizesAreBroughtToOne() throws {
    try add("a.png")
    try add("b.png", width: 8, height: 6)
    let different = message { _ = try ImageFolder.read(folder.path) }
    #expect(different == "`F/b.png` has 6 x 8 pixels and `F/a.png` 3 x 4; a dataset holds images of one size")
    let size = try #require(ImageSize(height: 2, width: 3))
    let x = try Dataset(try ImageFolder.read(folder.path, size: size)).x()
    #expect(x.shape == [2, 1, 2, 3])
    // PyTorch: 1.8, 3, 4.2, 6.8, 8, 9.2 of the rows 0 to 3, 4 to 7, 8 to 11.
    #expect(floats(x).prefix(6) == [2, 3, 4, 7, 8, 9])
  }

  @Test func sidesHaveALimit() throws {
    try add("a.png", width: 70_000, height: 1)
    #expect(
      message { _ = try ImageFolder.read(folder.path) }
        == "`F/a.png` has 1 x 70000 pixels, more than 65,536 on one side")
  }

  @Test func whatIsWrongIsSaid() throws {
    #expect(message { _ = try ImageFolder.read(folder.path + "/none") } == "there is no folder `F/none`")
    #expect(
      message { _ = try ImageFolder.read(folder.path) } == "the folder `F` holds no images (.png, .jpg, .jpeg)")
    try add("cat/1.png")
    #expect(
      message { _ = try ImageFolder.read(folder.path + "/cat/1.png") }
        == "`F/cat/1.png` is a file, expected a folder of images")
    try FileManager.default.createDirectory(atPath: folder.path + "/dog", withIntermediateDirectories: true)
    #expect(
      message { _ = try ImageFolder.read(folder.path) }
        == "the folder `F/dog` of the class `dog` holds no images (.png, .jpg, .jpeg)")
    try FileManager.default.createDirectory(atPath: folder.path + "/dog/big", withIntermediateDirectories: true)
    #expect(diagnostic { _ = try ImageFolder.read(folder.path) }?.help?.contains("image_folder(") == true)
    #expect(diagnostic { _ = try ImageFolder.read(folder.path + "/cat", isStopped: { true }) }?.code == .interrupted)
    try add("dog/1.png", channels: 3)
    #expect(
      message { _ = try ImageFolder.read(folder.path) }
        == "`F/dog/1.png` is in colour and `F/cat/1.png` is grey; a dataset holds images of one kind")
    _ = try folder.write("dog/1.png", "hello")
    #expect(message { _ = try ImageFolder.read(folder.path) }?.contains("`F/dog/1.png` is no image") == true)
    try add("1.png")
    #expect(
      message { _ = try ImageFolder.read(folder.path) }
        == "the folder `F` holds images (`1.png`) beside folders (`cat`)")
  }
}

@Suite struct ImageStepTests {
  /// Two images [channels, 4, 6] of bytes, and the same as numbers.
  func images(channels: Int = 1) throws -> Dataset {
    let bytes = (0..<2 * channels * 24).map { Float($0 * 5 % 256) }
    return try Dataset.from(x: try Tensor.from(bytes, dtype: .f32, shape: [2, channels, 4, 6]))
  }

  func size(_ height: Int, _ width: Int) throws -> ImageSize { try #require(ImageSize(height: height, width: width)) }

  @Test func resizeCropAndChannels() throws {
    let data = try images()
    #expect(try data.adding(Step(.image(.resize(size(8, 3))))).x().shape == [2, 1, 8, 3])
    let middle = try data.adding(Step(.image(.centreCrop(size(2, 3))))).x()
    #expect(middle.shape == [2, 1, 2, 3])
    #expect(floats(middle).prefix(6) == [35, 40, 45, 65, 70, 75])
    #expect(floats(try data.adding(Step(.image(.channels(3)))).x()).count == 144)
    let grey = try images(channels: 3).adding(Step(.image(.channels(1)))).x()
    #expect(grey.shape == [2, 1, 4, 6])
    // Channels 0, 120 and 240 apart: 0.587 * 120 + 0.114 * 240.
    #expect(abs(floats(grey)[0] - 97.8) < 1e-4)
  }

  @Test func theyTravelWithTheModel() throws {
    let data = try images().adding(Step(.image(.resize(size(2, 2))))).adding(Step(.image(.channels(3))))
      .adding(Step(.normalize))
    let stored = try Preparation(json: try JSON.parse(data.preparation().json().encoded()))
    #expect(try stored == data.preparation())
    #expect(floats(try stored.features(of: data.table)) == floats(try data.x()))
    var json = try data.preparation().json().encoded()
    json = json.replacing("[2,2]", with: "[2,0]")
    #expect(diagnostic { _ = try Preparation(json: try JSON.parse(json)) }?.message.contains("resize") == true)
  }

  @Test func whatIsNoImageIsSaid() throws {
    let table = try dataset("a\n1\n2\n")
    #expect(
      diagnostic { _ = try table.adding(Step(.image(.channels(3)))).x() }?.message
        == "`to_rgb` changes images, and this dataset has none")
    #expect(
      diagnostic { _ = try images().adding(Step(.image(.centreCrop(size(5, 5))))).x() }?.message
        == "a crop of 5 x 5 pixels does not fit in images of 4 x 6")
  }
}
