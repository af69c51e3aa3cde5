"""Writes Tests/DataTests/ReferenceImages.swift: small image files of all kinds, and the pixels that Pillow reads from
them. `python image_files.py` where Pillow and numpy are installed.
"""
import base64
import io
import pathlib
import struct
import zlib

import numpy as np
import PIL
from PIL import Image

generator = np.random.default_rng(7)
cases = []


def case(name, data, pixels):
    pixels = np.asarray(pixels)
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    planes = pixels.reshape(pixels.shape[0], pixels.shape[1], channels).transpose(2, 0, 1)
    numbers = ", ".join(str(v) for v in planes.ravel())
    lines = [f"    .init(\n      name: \"{name}\","]
    lines.append(f"      file: \"{base64.b64encode(data).decode()}\",")
    lines.append(f"      shape: {list(planes.shape)},")
    lines.append(f"      planes: [{numbers}]),")
    cases.append("\n".join(lines))


def saved(image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    return stream.getvalue()


def on_white(image):
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")


def numbers(*shape):
    return generator.integers(0, 256, shape).astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(width, height, depth, colour, rows, interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    lines = b"".join(b"\0" + row for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


grey = Image.fromarray(numbers(3, 5))
case("grey", saved(grey, format="PNG"), grey)
colour = Image.fromarray(numbers(3, 4, 3))
case("RGB", saved(colour, format="PNG"), colour)
clear = Image.fromarray(numbers(3, 4, 4))
case("RGB and alpha", saved(clear, format="PNG"), on_white(clear))
palette = colour.quantize(5)
case("palette", saved(palette, format="PNG"), palette.convert("RGB"))
bits = Image.fromarray(numbers(3, 11) > 127)
case("one bit", saved(bits, format="PNG"), bits.convert("L"))
deep = generator.integers(0, 65536, (2, 3))
rows = [struct.pack(">3H", *row) for row in deep]
case("16 bits", raw_png(3, 2, 16, 0, rows), np.round(deep * 255 / 65535).astype(int))
both = numbers(2, 3, 2)
case("grey and alpha", raw_png(3, 2, 8, 4, [row.tobytes() for row in both]),
     np.round((both[..., 0] * 1.0 * both[..., 1] + 255.0 * (255 - both[..., 1])) / 255).astype(int))
# Adam7 of one row of eight: five of the seven passes have pixels.
line = numbers(8)
case("interlaced", raw_png(8, 1, 8, 0, [line[i].tobytes() for i in ([0], [4], [2, 6], [1, 3, 5, 7])], 1), line[None])

smooth = Image.fromarray(
    np.stack([np.add.outer(np.arange(9) * 9, np.arange(11) * 12), np.add.outer(np.arange(9) * 20, np.arange(11)),
              np.full((9, 11), 90)], axis=2).astype(np.uint8))
for name, image, options in [
    ("JPEG", smooth, {}), ("grey JPEG", smooth.convert("L"), {}), ("progressive JPEG", smooth, {"progressive": True}),
    ("JPEG of inks", smooth.convert("CMYK"), {}),
]:
    data = saved(image, format="JPEG", quality=60, optimize=True, **options)
    read = Image.open(io.BytesIO(data))
    case(name, data, read.convert("RGB") if read.mode == "CMYK" else read)

text = f"""/// Image files of all kinds, and their pixels as Pillow {PIL.__version__} reads them, channel by channel; written by
/// Tests/Reference/image_files.py.
struct ReferenceImage: Sendable {{
  var name: String
  /// In base 64.
  var file: String
  var shape: [Int]
  var planes: [UInt8]

  static let all: [ReferenceImage] = [
""" + "\n".join(cases) + """
  ]
}
"""
path = pathlib.Path(__file__).resolve().parent.parent / "DataTests" / "ReferenceImages.swift"
path.write_text(text)
print(path, len(cases))
