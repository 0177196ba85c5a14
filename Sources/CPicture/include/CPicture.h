// PNG files by libpng, and a child process that eats raw frames: the two things pictures need from C.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// Enough for any message that libpng or an encoder hands back.
enum { CPICTURE_MESSAGE = 512 };

// Writes RGBA rows (8 bits, sRGB) as a PNG, without its alpha if `opaque`. Returns 0, or -1 with a message.
int cpicture_write_png(const char *path, const uint8_t *rgba, int width, int height, int opaque, char message[CPICTURE_MESSAGE]);

// Size of a PNG file. Returns 0, or -1 with a message.
int cpicture_png_size(const char *path, int *width, int *height, char message[CPICTURE_MESSAGE]);

// Reads a PNG of that size into RGBA rows. Returns 0, or -1 with a message.
int cpicture_read_png(const char *path, uint8_t *rgba, int width, int height, char message[CPICTURE_MESSAGE]);

// A child process, the socket that is its standard input, and a file that catches its standard error.
typedef struct { pid_t pid; int input; int errors; } cpicture_child;

// Starts the program found on PATH. Returns 0, or the errno.
int cpicture_child_start(char *const argv[], cpicture_child *child);

// Feeds all bytes to the child; a child that is gone is an errno, never a signal.
int cpicture_child_feed(const cpicture_child *child, const void *bytes, size_t count);

// Ends the input, waits, and returns the exit status of the child (-1 if it was killed) with the start of what it complained.
int cpicture_child_finish(cpicture_child *child, char message[CPICTURE_MESSAGE]);

#ifdef __cplusplus
}
#endif
