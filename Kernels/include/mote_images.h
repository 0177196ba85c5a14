// The binary interface of sums over all periodic images, wave by wave.
#ifndef MOTE_IMAGES_H
#define MOTE_IMAGES_H
#include <stdint.h>

// Wave numbers that differ along the first axis alone: first up to first + count, the first of which is wave `at`.
typedef struct {
  int32_t first, count, second, third;
  int64_t at;
} mote_wave_row;

typedef struct {
  int32_t space;
  const double *const *positions;
  double side[3];
  int64_t count;                 // particles
  int32_t weight_count;
  const double *const *weights;  // of each particle
  int32_t most[3];               // largest wave numbers
  int64_t row_count, wave_count; // of each wave and its opposite one is there
  const mote_wave_row *rows;
  // What particles are given: re cos(k x) - im sin(k x) for every wave, and a constant, less `own` times their weights; all times
  // the weight that receives it.
  int32_t outputs;
  const double *const *re, *const *im;
  const int32_t *receivers;
  const double *constants;
  const double *own;             // one for each output and weight
  double *const *sums;
} mote_images_call;
#endif
