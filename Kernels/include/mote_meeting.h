// The binary interface of passes over meetings: the ends of links, listed pairs, a site and its neighbours, a particle and sites.
#ifndef MOTE_MEETING_H
#define MOTE_MEETING_H
#include "mote_member.h"

typedef struct {
  const double *rows;                   // what is read of members, in rows: [member][width]
  double *const *columns;               // those that the compiler listed, of the meeting itself
  double *const *next;                  // new values of the meeting's own columns
  const int32_t *ends;                  // places of the ends, meeting by meeting
  const int64_t *const *ids;            // of each end, as the compiler listed them
  const int64_t *own_ids;               // of the meetings themselves, which links have
  const int32_t *const *species;
  const double *k;                      // what is the same for all meetings
  const double *const *table;           // one number for each pair of species
  const mote_table *const *function;    // one for each pair of species
  int64_t species_count;
  double side[3];                       // periodic sides; 0 where the box is not periodic
  // Sums are whole numbers of 1/scale, in rows as well: [member][width]; no order of summation changes them.
  int64_t *sums;
  const double *scales;
  int64_t *const *extremes;             // one list for each outcome
  uint64_t *largest;                    // for each outcome the bits of the largest magnitude, or of what is not finite
  int64_t *totals;                      // sums over all meetings, one for each outcome
  int32_t wants_totals;                 // whether they are summed
  int32_t is_shared;                    // whether other threads add to the same sums
  uint64_t seed;
  int64_t step;
  int64_t *failed;                      // least meeting for which a requirement does not hold
  const int64_t *order;                 // of meetings that act one after another: which is the next
} mote_meeting_call;

typedef void (*mote_meeting_kernel)(const mote_meeting_call *call, int64_t begin, int64_t end);
#endif
