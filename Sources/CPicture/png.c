#include "CPicture.h"
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static void keep_message(png_structp png, png_const_charp text) {
  snprintf(png_get_error_ptr(png), CPICTURE_MESSAGE, "%s", text);
  longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static int write_rows(png_structp png, png_infop info, FILE *file, const uint8_t *rgba, int width, int height, int opaque) {
  if (setjmp(png_jmpbuf(png))) return -1;
  png_init_io(png, file);
  // Measured on a picture of 100,000 spheres: level 1 behind the fixed filter `up` takes 0.4 of the time of libpng's defaults,
  // for a file 4 % larger.
  png_set_compression_level(png, 1);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
  png_set_compression_buffer_size(png, 1 << 18);
  png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info(png, info);
  if (opaque) png_set_filler(png, 0, PNG_FILLER_AFTER);
  for (int y = 0; y < height; y++) png_write_row(png, rgba + (size_t)y * (size_t)width * 4);
  png_write_end(png, info);
  return 0;
}

int cpicture_write_png(const char *path, const uint8_t *rgba, int width, int height, int opaque, char message[CPICTURE_MESSAGE]) {
  FILE *file = fopen(path, "wb");
  if (!file) return snprintf(message, CPICTURE_MESSAGE, "%s", strerror(errno)), -1;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, keep_message, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  int result = -1;
  if (info) result = write_rows(png, info, file, rgba, width, height, opaque);
  else snprintf(message, CPICTURE_MESSAGE, "libpng is out of memory");
  png_destroy_write_struct(&png, &info);
  if (fclose(file) != 0 && result == 0) {
    snprintf(message, CPICTURE_MESSAGE, "%s", strerror(errno));
    result = -1;
  }
  if (result != 0) remove(path);
  return result;
}

static int begin(const char *path, png_image *image, char message[CPICTURE_MESSAGE]) {
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(image, path)) return 0;
  snprintf(message, CPICTURE_MESSAGE, "%s", image->message);
  return -1;
}

int cpicture_png_size(const char *path, int *width, int *height, char message[CPICTURE_MESSAGE]) {
  png_image image;
  if (begin(path, &image, message) != 0) return -1;
  *width = (int)image.width;
  *height = (int)image.height;
  png_image_free(&image);
  return 0;
}

int cpicture_read_png(const char *path, uint8_t *rgba, int width, int height, char message[CPICTURE_MESSAGE]) {
  png_image image;
  if (begin(path, &image, message) != 0) return -1;
  if (image.width != (png_uint_32)width || image.height != (png_uint_32)height) {
    png_image_free(&image);
    return snprintf(message, CPICTURE_MESSAGE, "the file changed while it was read"), -1;
  }
  image.format = PNG_FORMAT_RGBA;
  if (png_image_finish_read(&image, NULL, rgba, 0, NULL)) return 0;
  snprintf(message, CPICTURE_MESSAGE, "%s", image.message);
  return -1;
}
