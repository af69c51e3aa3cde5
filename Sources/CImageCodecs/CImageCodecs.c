#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
// Both headers come behind stdio.h, which jpeglib.h needs.
#include <jpeglib.h>

#include <jerror.h>

// Both libraries report a broken file by a jump out of their call; here it ends in a message. Nothing that a jump
// leaves behind owns memory but the library's own struct, which is destroyed where the jump lands.

static void note(ImageFacts *facts, const char *reason) {
  snprintf(facts->reason, sizeof facts->reason, "%s", reason);
}

// MARK: PNG

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
} Source;

static void png_failed(png_structp png, png_const_charp message) {
  note(png_get_error_ptr(png), message);
  png_longjmp(png, 1);
}

static void png_warned(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void png_take(png_structp png, png_bytep target, size_t count) {
  Source *source = png_get_io_ptr(png);
  if (count > source->count - source->position) png_error(png, "the file ends too early");
  memcpy(target, source->bytes + source->position, count);
  source->position += count;
}

int image_read_png(const uint8_t *bytes, size_t count, ImageFacts *facts, uint8_t *pixels) {
  Source source = {bytes, count, 0};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, facts, png_failed, png_warned);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    note(facts, "not enough memory");
    return 0;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
  }
  png_set_read_fn(png, &source, png_take);
  png_read_info(png, info);
  // Palettes become RGB, few bits become 8, a transparent colour becomes alpha, 16 bits are rounded to 8.
  png_set_expand(png);
  png_set_scale_16(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  facts->width = png_get_image_width(png, info);
  facts->height = png_get_image_height(png, info);
  facts->channels = png_get_channels(png, info);
  if (pixels) {
    const size_t row = png_get_rowbytes(png, info);
    for (int pass = 0; pass < passes; pass++) {
      for (uint32_t y = 0; y < facts->height; y++) png_read_row(png, pixels + y * row, NULL);
    }
    png_read_end(png, NULL);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return 1;
}

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} Sink;

static void png_give(png_structp png, png_bytep bytes, size_t count) {
  Sink *sink = png_get_io_ptr(png);
  if (count > sink->capacity - sink->count) {
    const size_t capacity = 2 * (sink->count + count) + 4096;
    uint8_t *larger = realloc(sink->bytes, capacity);
    if (!larger) png_error(png, "not enough memory");
    sink->bytes = larger;
    sink->capacity = capacity;
  }
  memcpy(sink->bytes + sink->count, bytes, count);
  sink->count += count;
}

static void png_flushed(png_structp png) { (void)png; }

uint8_t *image_write_png(const uint8_t *pixels, ImageFacts *facts, size_t *count) {
  static const int types[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA};
  // In memory that outlives the jump.
  Sink *sink = calloc(1, sizeof(Sink));
  png_structp png = sink ? png_create_write_struct(PNG_LIBPNG_VER_STRING, facts, png_failed, png_warned) : NULL;
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    free(sink);
    note(facts, "not enough memory");
    return NULL;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(sink->bytes);
    free(sink);
    return NULL;
  }
  png_set_write_fn(png, sink, png_give, png_flushed);
  png_set_IHDR(
      png, info, facts->width, facts->height, 8, types[facts->channels], PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  const size_t row = (size_t)facts->width * facts->channels;
  for (uint32_t y = 0; y < facts->height; y++) png_write_row(png, pixels + y * row);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  uint8_t *result = sink->bytes;
  *count = sink->count;
  free(sink);
  return result;
}

// MARK: JPEG

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf jump;
  ImageFacts *facts;
} JpegErrors;

static void jpeg_failed(j_common_ptr jpeg) {
  JpegErrors *errors = (JpegErrors *)jpeg->err;
  char text[JMSG_LENGTH_MAX];
  errors->base.format_message(jpeg, text);
  note(errors->facts, text);
  longjmp(errors->jump, 1);
}

// The library fills in what is missing and only warns; wrong pixels are an error here.
static void jpeg_warned(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
      return;
    default:
      jpeg_failed(jpeg);
  }
}

// Printers' colours: cyan, magenta, yellow and black ink; Adobe's files hold 255 minus the ink.
static void rgb_of_inks(uint8_t *target, const uint8_t *inks, uint32_t width, int is_inverted) {
  for (uint32_t x = 0; x < width; x++) {
    const unsigned flip = is_inverted ? 0 : 255;
    const unsigned light = inks[4 * x + 3] ^ flip;
    for (int channel = 0; channel < 3; channel++) {
      target[3 * x + channel] = ((inks[4 * x + channel] ^ flip) * light + 127) / 255;
    }
  }
}

int image_read_jpeg(const uint8_t *bytes, size_t count, ImageFacts *facts, uint8_t *pixels) {
  struct jpeg_decompress_struct jpeg;
  JpegErrors errors;
  errors.facts = facts;
  jpeg.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = jpeg_failed;
  errors.base.emit_message = jpeg_warned;
  // Destroying a struct that was never created is allowed when it is zero here.
  jpeg.mem = NULL;
  if (setjmp(errors.jump)) {
    jpeg_destroy_decompress(&jpeg);
    return 0;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes, count);
  jpeg_read_header(&jpeg, TRUE);
  const int has_inks = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  jpeg.out_color_space =
      has_inks ? JCS_CMYK : jpeg.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions(&jpeg);
  facts->width = jpeg.output_width;
  facts->height = jpeg.output_height;
  facts->channels = jpeg.out_color_space == JCS_GRAYSCALE ? 1 : 3;
  if (pixels) {
    jpeg_start_decompress(&jpeg);
    const size_t row = (size_t)facts->width * facts->channels;
    uint8_t *inks = NULL;
    if (has_inks) {
      inks = jpeg.mem->alloc_large((j_common_ptr)&jpeg, JPOOL_IMAGE, (size_t)facts->width * 4);
    }
    while (jpeg.output_scanline < jpeg.output_height) {
      uint8_t *target = pixels + jpeg.output_scanline * row;
      JSAMPROW line = has_inks ? inks : target;
      jpeg_read_scanlines(&jpeg, &line, 1);
      if (has_inks) rgb_of_inks(target, inks, facts->width, jpeg.saw_Adobe_marker);
    }
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
  return 1;
}
