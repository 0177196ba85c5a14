// The binary interface of sums over all pairs, exactly or through a tree.
#ifndef MOTE_FAR_H
#define MOTE_FAR_H
#include <stdint.h>

enum {
  MOTE_FAR_LEAF = 32,     // particles of a leaf: whole vectors
  MOTE_FAR_POINTS = 16,   // most interpolation points along an axis
  MOTE_FAR_VECTOR = 16,   // numbers of the longest vector
};

// A box of particles that follow one another.
typedef struct {
  int32_t begin, end;
  int32_t left, right;       // -1 in a leaf
  int32_t parent;            // -1 of the root
  double low[3], high[3], radius;
  int64_t proxies;           // first of its interpolation points; -1 if it has fewer particles than those
} mote_far_node;

// Particles, or points that stand for some, each number in a column; columns are padded to whole vectors of finite numbers.
typedef struct {
  const double *const *columns;   // positions, then the fields that the law reads
  const int32_t *species;
  const uint32_t *ids;
} mote_far_points;

typedef struct {
  mote_far_points targets, sources, proxies;
  int64_t target_count, source_count;
  int32_t same;                  // targets are the sources: nobody meets itself
  double side[3];                // of periodic axes; 0 of others
  const mote_far_node *nodes;    // none: all pairs one by one
  int32_t node_count, proxy_count;
  int32_t collects;              // boxes also receive at their points, and hand down what these got
  const int64_t *starts;         // boxes that box n meets: met[starts[n]] up to met[starts[n + 1]]
  const int32_t *met;            // the number of a far box, or ~number of one that is met particle by particle
  const double *constants;
  const void *const *tables;
  int32_t species_count;
  double *const *sums;           // force, then the law's sums: of each target
  double *const *totals;         // energy and virial of each target, both ends counted
  double *const *tops;           // the largest numbers that its pairs give to each target
  double *const *proxy_sums;     // both, at the points of boxes
  const double *strength;        // of each target, which its sums are proportional to; none: 1
  uint64_t seed;
  int64_t step;
} mote_far_call;

// Which boxes meet: pairs of numbers as they are found, then in the order of the first.
typedef struct {
  const mote_far_node *nodes;
  int32_t node_count, collects;
  double opening;                // radii over the distance below which points stand for a box
  int64_t capacity;              // of `pairs` (two numbers each) and `met`
  int32_t *pairs, *met;
  int64_t *starts;
} mote_far_meetings;
#endif
