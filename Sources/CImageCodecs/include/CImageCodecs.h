#pragma once
#include <stddef.h>
#include <stdint.h>

/// What an image file holds, or why it cannot be read.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// Of the pixels that come out: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
  uint32_t channels;
  /// The library's words after a failure; ends in zero.
  char reason[240];
} ImageFacts;

/// Each gives 1, or 0 with `facts->reason`. Without `pixels` only the header is read; `pixels` has room for
/// width * height * channels bytes, rows from the top, the channels of a pixel side by side.
int image_read_png(const uint8_t *bytes, size_t count, ImageFacts *facts, uint8_t *pixels);
int image_read_jpeg(const uint8_t *bytes, size_t count, ImageFacts *facts, uint8_t *pixels);

/// The bytes of a PNG file, to be freed; NULL with `facts->reason`.
uint8_t *image_write_png(const uint8_t *pixels, ImageFacts *facts, size_t *count);
