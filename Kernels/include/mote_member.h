// The binary interface of passes over single particles and of totals over them.
#ifndef MOTE_MEMBER_H
#define MOTE_MEMBER_H
#include <stdint.h>

// A table of cubic pieces on equal intervals: y = c0 + t (c1 + t (c2 + t c3)), t in 0..1 within each.
typedef struct {
  double first, inverse_width;   // where the table begins; intervals per unit of the argument
  int64_t intervals;
  const double *pieces;          // 4 per interval
  double beyond;                 // its value above: zero if it ends there, else not a number
} mote_table;

typedef struct {
  double *const *columns;        // those that the compiler listed, component by component
  const double *k;               // what is the same for all particles
  const double *const *table;    // one number for each species
  const mote_table *const *function;   // one for each species
  const int64_t *ids;
  const int32_t *species;
  uint64_t seed;
  int64_t step;
  int64_t *failed;               // least id for which a requirement does not hold
  // Totals: largest magnitudes (first call), then sums in fixed point of these scales (second call); least and greatest values.
  double *largest;
  const double *scales;
  int64_t *sums;
  int64_t *const *counts;        // histograms
} mote_member_call;

typedef void (*mote_member_kernel)(const mote_member_call *call, int64_t begin, int64_t end);
#endif
