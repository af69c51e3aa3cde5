import Foundation
import Testing

/// Programs that read, write and show images.
struct ImageProgramTests {
  /// Folders of drawn images: dark and bright ones of two sizes, written by the program itself.
  private func drawn() throws -> Scratch {
    let scratch = try Scratch()
    for part in ["train", "test"] {
      for name in ["dark", "bright"] {
        try FileManager.default.createDirectory(
          at: scratch.path("photos/\(part)/\(name)"), withIntermediateDirectories: true)
      }
    }
    try scratch.write(
      """
      seed(1)
      for part in list(("train", "test")) {
        for i in 0..<10 {
          save_png(uniform(3, 8, 10) * 0.4, "photos/{part}/dark/{i}.png", range: (0, 1))
          save_png(1 - uniform(3, 12, 9) * 0.4, "photos/{part}/bright/{i}.png", range: (0, 1))
        }
      }
      """, to: "draw.mdl")
    let outcome = try BuiltProgram.run(["draw.mdl"], directory: scratch.directory)
    #expect(outcome.status == 0, "\(outcome.error)")
    return scratch
  }

  @Test func foldersOfImagesTrainANetwork() throws {
    let scratch = try drawn()
    try scratch.write(
      """
      let photos = dataset(
        train: image_folder("photos/train", resize: 8), test: image_folder("photos/test", resize: 8))
        |> normalize() |> augment(flip(), crop(8, pad: 1))
      print(photos.classes, shape(photos.train.x))
      let net = Conv(4, 3, relu) >> GlobalAveragePool() >> Dense(2)
      train(net, photos.train) { loss: cross_entropy, optimizer: adam(0.02), epochs: 15, batch: 5 }
      print(evaluate(net, photos.test, [accuracy]).accuracy)
      save(net, "net.safetensors")
      let p = predict(load("net.safetensors"), image_folder("photos/test/bright", resize: 8))
      print(shape(p), all(p[:, 0] > 0.5))
      """, to: "train.mdl")
    let outcome = try BuiltProgram.run(["train.mdl"], directory: scratch.directory)
    #expect(outcome.output == "[\"bright\", \"dark\"] [20, 3, 8, 8]\n1.0\n[10, 2] true\n", "\(outcome.error)")
  }

  @Test func whatIsWrongInAFolderIsSaid() throws {
    let scratch = try drawn()
    func message() throws -> String {
      let outcome = try BuiltProgram.run(["-e", "image_folder(\"photos/train\")"], directory: scratch.directory)
      #expect(outcome.status == 1)
      return outcome.error
    }
    let sizes = try message()
    #expect(sizes.contains("`photos/train/dark/0.png` has 8 x 10 pixels and `photos/train/bright/0.png` 12 x 9"))
    #expect(sizes.contains("resize: 64"))
    let code = """
      dataset(train: image_folder("photos/train", resize: 8), test: image_folder("photos/test", resize: (8, 9)))
      """
    let parts = try BuiltProgram.run(["-e", code], directory: scratch.directory).error
    #expect(parts.contains("column `image` holds tensors of [3, 8, 9] in the part `test` and of [3, 8, 8] in the"))
    let file = scratch.path("photos/train/bright/3.png")
    let bytes = try Data(contentsOf: file)
    try bytes.prefix(bytes.count / 2).write(to: file)
    let broken = try message()
    #expect(broken.contains("the PNG image `photos/train/bright/3.png` is damaged or incomplete"))
    #expect(broken.contains("1 | image_folder(\"photos/train\")"))
  }

  @Test func imagesAreShownInColourWhereThereIsColour() throws {
    let code = "show([[[1.0, 1], [0, 0], [1, 0]]]); show([[[255, 0.0]], [[0, 0]], [[0, 0]]])"
    let coloured = try BuiltProgram.run(["--color", "always", "-e", code])
    let (white, black, red) = ("231", "16", "196")
    #expect(coloured.output.hasPrefix("\u{1B}[0;38;5;\(white);48;5;\(black)m▀▀\u{1B}[0m\n"))
    #expect(coloured.output.contains("\u{1B}[0;38;5;\(white)m▀\u{1B}[0;38;5;\(black)m▀\u{1B}[0m\n"))
    #expect(coloured.output.contains("\u{1B}[0;38;5;\(red)m▀\u{1B}[0;38;5;\(black)m▀\u{1B}[0m\n"))
    let plain = try BuiltProgram.run(["--color", "never", "-e", code])
    #expect(plain.output == "==\n@\n:\n")
  }

  @Test func imagesStandSideBySideAsFarAsTheyFit() throws {
    let code = "show(ones(5, 1, 2, 30)); show(ones(1, 1, 200)); show(ones(30, 1, 2, 2))"
    let outcome = try BuiltProgram.run(["--color", "never", "-e", code], environment: ["COLUMNS": "70"])
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(\.count)
    #expect(lines == [61, 0, 61, 0, 30, 70, 68, 0, 2, 20, 0])
    #expect(outcome.output.hasSuffix("(the first 24 of 30)\n"))
  }

  @Test func heatMapsAndBatchesBecomePictures() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      let batch = reshape(f32(arange(12)), (3, 1, 2, 2))
      save_png(batch, "batch.png", range: (0, 255))
      let sheet = read_image("batch.png")
      print(shape(sheet), sheet[0, 0, 0..<6], sheet[0, 4, 0..<2])
      save_png([[0.0, 1], [2, 3]], "map.png")
      print(read_image("map.png")[:, :, 1])
      save_png([[-1.0, 1], [0, 0]], "signed.png")
      print(read_image("signed.png")[:, 0, :])
      """, to: "write.mdl")
    let outcome = try BuiltProgram.run(["write.mdl"], directory: scratch.directory)
    #expect(
      outcome.output == """
        [1, 6, 6] [0.0, 1.0, 255.0, 255.0, 4.0, 5.0] [8.0, 9.0]
        [[255.0, 255.0],
         [0.0, 255.0],
         [0.0, 255.0]]
        [[64.0, 255.0],
         [64.0, 64.0],
         [255.0, 64.0]]

        """, "\(outcome.error)")
  }
}
