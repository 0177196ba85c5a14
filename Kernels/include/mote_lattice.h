// The binary interface of passes over a lattice: sites and their neighbours, particles and the sites around them, pairs in cells.
#ifndef MOTE_LATTICE_H
#define MOTE_LATTICE_H
#include "mote_member.h"

// Numbers of sites side by side, with copies beyond the sides of the box.
typedef struct {
  double *numbers;                      // [layer][line][site][width]
  double *const *columns;               // of the lattice, `used` of them
  const uint8_t *adds;                  // for each column whether sums are added to it
  int64_t width, used;
  int64_t counts[3], before[3];         // sites along each axis, copies among them; how many lie before site 0
  uint8_t *is_met;                      // of each line along the first axis whether particles give to it
} mote_nodes;

// A row of sites, for passes that put new values where they read old ones.
typedef struct {
  int32_t low, high;                    // sites low ..< high read where they write
  int32_t is_plain;                     // all have all neighbours, across sides along y and z, and none has a flag
  int32_t is_ring;                      // the row is periodic besides: its ends may be turned, and then all its sites are calm
  int64_t aside;                        // where the new values of these are kept
} mote_calm;

typedef struct {
  double *const *columns;               // those that the compiler listed; some may hold floats, as it knows
  double *const *next;                  // where the outcomes go, one column each
  const double *k;                      // what is the same everywhere
  const double *const *table;           // one number for each species
  const mote_table *const *function;    // one for each species
  const int64_t *ids;                   // of the particles; sites have their place as id
  const int32_t *species;
  uint64_t seed;
  int64_t step;
  int64_t *failed;                      // least id for which a requirement does not hold
  // The grid: sites along each axis (1 beyond the dimensions of the box), x fastest.
  int64_t counts[3];
  int32_t is_periodic[3];
  double origin[3];                     // of site 0
  double inverse_spacing;
  double spacing;
  // Particles by the cell of the first site of their support: those of cell c are order[starts[c]] up to order[starts[c + 1]], by
  // ascending id. Cells begin `reach` before site 0 along sides that are not periodic.
  int64_t *order;
  const int64_t *starts;
  int64_t species_count;
  int32_t is_large;                     // what a pass over sites writes does not stay in the caches
  int32_t reach;                        // sites of a support along an axis, less one
  const mote_nodes *nodes;              // all of the same counts
  int64_t node_groups;
  // Passes over sites that put new values where they read old ones.
  mote_calm *calm;                      // one for each row
  uint8_t *marks;                       // sites with a flag; null if none has
  const int32_t *steps;                 // to the neighbours, 3 numbers each
  int64_t step_count;
  double *aside;                        // new values of sites that are not calm
  int64_t aside_count;                  // for each outcome
  int32_t has_rings;                    // whether ends of periodic rows may be turned
  int32_t is_first;                     // the call that makes those; else the one that makes the others and stores all
} mote_lattice_call;

// Sorts particles into cells; returns how many have part of their support, or all of it, where no site is.
typedef struct {
  int64_t counts[3];                    // sites
  int32_t is_periodic[3];
  double origin[3], inverse_spacing;
  int32_t space, reach;                 // sites of a support along an axis, less one
  const double *position[3];
  const int64_t *ids;
  const int32_t *species;
  int32_t is_staggered;                 // whether shares are also those of places half a cell beyond sites
  uint64_t mask;                        // one bit for each species that takes part
  int64_t particles;
  int64_t *cells;                       // one for each particle, for the function's own use
  int64_t *order;
  int64_t *starts;                      // one more than there are cells, and room for one beyond
} mote_cell_order;

typedef int64_t (*mote_cell_sort)(const mote_cell_order *call);

typedef void (*mote_lattice_kernel)(const mote_lattice_call *call, int64_t begin, int64_t end);
#endif
