import Datasets
import Diagnostics
import Files
import TensorRuntime
import TensorTypes

/// Images from files, into files and onto the terminal.
enum ImageFileBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "read_image", [.init("file"), .init("channels", default: Value.none)],
      """
      The image in a PNG or JPEG file as [channels, height, width], values 0 to 255.
      One channel if it is grey, otherwise three (RGB); `channels: 1`, 3 or 4 (with alpha) decides otherwise. 16 bits
      are rounded to 8; what is transparent lies on white unless alpha is asked for.
      """
    ) { (call) throws(Diagnostic) in
      let path = try call.textArgument(0)
      let channels = try call.channels(1)
      let picture = try call.onData { () throws(Diagnostic) in try ImageFile.read(path, channels: channels) }
      do throws(MemoryProblem) {
        let tensor = try Tensor.from(
          picture.planes.map { Float($0) }, dtype: .f32, shape: [picture.channels, picture.height, picture.width])
        return .object(TensorValue(tensor, origin: call.site.span))
      } catch {
        throw .outOfMemory(requested: error.requested, available: error.available, at: call.site.span)
      }
    },
    Builtin(
      "image_folder",
      [.init("folder"), .init("channels", default: Value.none), .init("resize", default: Value.none)],
      """
      A dataset of the PNG and JPEG files in a folder: column `image` [channels, height, width] with values 0 to 255.
      Folders inside are classes, and their names the target `label`. The images have one size, or are brought to it
      by `resize: 64` or `resize: (height, width)`; `channels: 1` makes them grey, 3 RGB.
      """
    ) { (call) throws(Diagnostic) in
      let folder = try call.textArgument(0)
      let channels = try call.channels(1)
      let size = call.isNone(2) ? nil : try call.imageSize(2)
      return .object(
        DatasetValue(
          try call.onData { () throws(Diagnostic) in
            let data = Dataset(
              try ImageFolder.read(folder, channels: channels, size: size) { call.machine.interrupt.isRaised })
            return data.columnNames.contains("label") ? try data.withTarget("label") : data
          }))
    },
    Builtin(
      "image_step", [.init("data"), .init("name"), .init("size", default: Value.none)],
      "A dataset with a step that changes its images: `resize`, `centre_crop`, `to_grey` and `to_rgb` call it."
    ) { (call) throws(Diagnostic) in
      let change: ImageChange =
        switch try call.choice(1, [("resize", 0), ("centre_crop", 1), ("to_grey", 2), ("to_rgb", 3)]) {
        case 0: .resize(try call.imageSize(2))
        case 1: .centreCrop(try call.imageSize(2))
        case 2: .channels(1)
        default: .channels(3)
        }
      let step = Step(.image(change), origin: call.machine.callSpan(at: call.site))
      return try call.changed { (data) throws(Diagnostic) in try data.adding(step) }
    },
    Builtin(
      "save_png", [.init("x"), .init("file"), .init("range", default: Value.none)],
      """
      Writes an image [channels, height, width], a batch of images (in rows, like `show`) or a heat map [height, width]
      as a PNG file. `range: (0, 255)` says which numbers are black and white.
      """
    ) { (call) throws(Diagnostic) in
      let rendering = try call.rendering(hasColour: true, limit: .max)
      let path = try call.textArgument(1)
      try call.onData { () throws(Diagnostic) in try ImageFile.writePNG(path, rendering.sheet()) }
      return .none
    },
    Builtin(
      "show", [.init("x"), .init("range", default: Value.none)],
      """
      Draws an image [channels, height, width], a batch of images, the images of a dataset or a heat map [height, width]
      in the terminal: in colour where there is colour, else by characters from dark to bright.
      Black to white is 0 to 1 if all numbers lie there, else 0 to 255, else from the least to the greatest;
      `range: (0, 1)` decides otherwise. Heat maps go from the least number to the greatest; with numbers on both sides
      of 0, black is 0, red above and blue below.
      """
    ) { (call) throws(Diagnostic) in
      let screen = call.machine.screen()
      let limit = 24
      let rendering = try call.rendering(hasColour: screen.hasColour, limit: limit)
      var lines = rendering.lines(width: max(screen.width, 1), hasColour: screen.hasColour)
      if rendering.leftOut > 0 { lines.append("(the first \(limit) of \(limit + rendering.leftOut))") }
      if let legend = rendering.legend { lines.append(legend) }
      call.machine.output(lines.map { $0 + "\n" }.joined())
      return .none
    },
  ]
}

extension BuiltinCall {
  fileprivate func channels(_ index: Int) throws(Diagnostic) -> Int? {
    if isNone(index) { return nil }
    let count = try wholeNumber(index)
    guard [1, 3, 4].contains(count) else { throw .imageChannels(count, at: place(index)) }
    return count
  }

  /// One number for a square, or (height, width).
  fileprivate func imageSize(_ index: Int) throws(Diagnostic) -> ImageSize {
    let sizes = try integers(index)
    guard (1...2).contains(sizes.count), let size = ImageSize(height: sizes[0], width: sizes[sizes.count - 1]) else {
      throw .imageSize(sizes.map(String.init).joined(separator: " x "), at: place(index))
    }
    return size
  }

  /// The first argument as pictures; the last one is the range.
  fileprivate func rendering(hasColour: Bool, limit: Int) throws(Diagnostic) -> Rendering {
    let last = arguments.count - 1
    var range: (Double, Double)?
    if !isNone(last) {
      guard let (low, high) = arguments[last].pair else { throw wrongKind(last, "a pair of numbers (black, white)") }
      range = (
        try machine.hostFloat(low, at: placeSite(last)), try machine.hostFloat(high, at: placeSite(last))
      )
    }
    var tensor: Tensor
    var leftOut = 0
    if let data = arguments[0].object(as: DatasetValue.self)?.dataset {
      leftOut = data.isSplit ? 0 : max(0, data.rowCount - limit)
      tensor = try onData { () throws(Diagnostic) in try data.isSplit ? data.x() : data.head(limit).x() }
    } else {
      tensor = try dataTensor(0)
    }
    if tensor.shape.rank == 4, tensor.shape[0] > limit {
      leftOut = tensor.shape[0] - limit
      tensor = Tensor(
        storage: tensor.storage, byteOffset: tensor.byteOffset,
        type: TensorType(tensor.dtype, Shape([limit] + tensor.shape.sizes.dropFirst())))
    }
    guard let rendering = Rendering(tensor, range: range, hasColour: hasColour, leftOut: leftOut) else {
      throw .notShown(builtin.name, shape: tensor.shape.description, at: place(0))
    }
    return rendering
  }
}
