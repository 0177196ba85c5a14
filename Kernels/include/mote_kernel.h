// The binary interface between the engine (Swift) and the kernels that it compiles at run time (C).
//
// Particles live in dense columns of doubles. For pairs they are packed into clusters of 8 slots: cluster c holds the
// particles first[c] ..< first[c + 1]; slots beyond are holes, which lie far away and finite.
#ifndef MOTE_KERNEL_H
#define MOTE_KERNEL_H
#include <stdint.h>

enum { MOTE_CLUSTER = 8, MOTE_GROUP = 4, MOTE_SHIFTS = 27, MOTE_UNSHIFTED = 13, MOTE_BLOCK = 64, MOTE_RUN = 32 };

// One group of 4 slots i (half a cluster), seen from the periodic image `shift`, against a run of at most MOTE_RUN clusters j.
typedef struct {
  int32_t group;   // slots 4 * group ..< 4 * group + 4
  int32_t shift;   // (x + 1) * 9 + (y + 1) * 3 + z + 1, in sides of the box
  int32_t begin;   // into the partners
  int32_t end;
} mote_entry;

// A list of cluster pairs, owned by Swift. An entry whose first partner is its own cluster begins with the diagonal.
typedef struct {
  mote_entry *entries;
  int32_t *partners;
  int64_t entry_capacity, partner_capacity;
  int64_t entry_count, partner_count;   // what was needed: larger than the capacity if it did not suffice
  int64_t within;                       // pairs within reach, holes left out
} mote_list;

// The simulated region as the kernels see it; axes beyond the space are zero.
typedef struct {
  double origin[3], side[3];
  int32_t periodic[3];
} mote_region;

// Positions are snapped to multiples of a power of two, counted from a centre, so that their differences are exact.
typedef struct {
  double centre[3];
  double quantum;      // the grid of positions
  double far;          // where holes are put; a multiple of the quantum
  double shift[3];     // periodic sides on the grid
} mote_grid;

// The order in which particles are stored: columns of cells, sorted along the last axis within a column.
typedef struct {
  double low[3], high[3];         // bounds of all particles, after wrapping
  double width[2];                // sides of a column
  int64_t columns_along[2];
  uint64_t *keys, *scratch;       // capacity: count; after sorting, the low halves of the keys are new place -> old place
  int64_t count;
  int64_t column_count, cluster_count;
  uint32_t *column_keys;          // capacity: count
  int32_t *column_first;          // first cluster of each column; capacity: count + 1
  int32_t *cluster_first;         // first particle of each cluster; capacity: count + 1
} mote_order;

// What the search for neighbours reads.
typedef struct {
  const mote_order *order;
  const mote_grid *grid;
  const void *positions;          // [cluster][space][8]
  float *low[3], *high[3];        // bounds of clusters; capacity: clusters + 16
  double reach;                   // range + skin
  int32_t half;                   // each pair once
  int32_t periodic[3];
  const uint64_t *species;        // of the particles of each cluster, a bit for each species; null if all meet all
  const uint64_t *partners;       // whom they meet
} mote_search;

// Who is i of a listed pair: the end whose species may receive from that of the other; where both may, that of the lower id.
typedef struct {
  const int64_t *ids;
  const int32_t *species;
  const uint8_t *receives;        // [species of i * species_count + species of j]
  int64_t species_count;
} mote_roles;

// What packing found out.
typedef struct {
  double moved;        // square of the largest displacement from the reference
  double extent;       // largest distance from the centre along an axis; not finite if a position is not
} mote_packed;

// One evaluation of the pairs of a list.
typedef struct {
  const void *positions;          // [cluster][space][8], float or double
  const void *extras;             // [cluster][extra][8], float or double
  const int32_t *species;         // [cluster][8]
  const uint32_t *ids;            // [cluster][8], the low halves of the ids
  const int32_t *cluster_first;
  const mote_grid *grid;
  const mote_entry *entries;
  const int32_t *partners;
  const double *constants;
  const void *const *tables;      // float or double, one number for each pair of species
  int32_t species_count;
  int64_t *sums;                  // [cluster][channel][8]
  const double *scales;           // force, sums, energy, virial: powers of two
  double *largest;                // the same order: the largest square of a pair's scaled contribution, or not finite
  int64_t *extremes;              // [cluster][extreme][8]: the largest of each, as whole numbers of the same order
  int64_t *totals;                // energy, then the virial (xx, xy, xz, yy, yz, zz of the space): multiples of 2^32, and the rest
  double time, dt;
  uint64_t seed;
  int64_t step;
} mote_pair_call;

typedef void (*mote_pair_kernel)(const mote_pair_call *call, int64_t begin, int64_t end);
#endif
