// What passes over sites and their neighbours use; the generated functions follow this text.

// Where a coordinate lies after a step, across a periodic side; -1 beyond a side that is not.
static inline int64_t mote_stepped(int64_t x, int64_t step, int64_t count, int32_t is_periodic) {
  const int64_t to = x + step;
  if (to >= 0 && to < count) return to;
  return is_periodic ? ((to % count) + count) % count : -1;
}

// How far the neighbour of a site lies from it in memory; 0, and `has` false, if there is none.
static inline int64_t mote_neighbour(const mote_lattice_call *call, const int64_t site[3], const int32_t step[3], int32_t *has) {
  int64_t to[3];
  *has = 1;
  for (int axis = 0; axis < 3; axis++) {
    to[axis] = mote_stepped(site[axis], step[axis], call->counts[axis], call->is_periodic[axis]);
    if (to[axis] < 0) *has = 0;
  }
  if (!*has) return 0;
  const int64_t row = call->counts[0], plane = row * call->counts[1];
  return to[0] - site[0] + (to[1] - site[1]) * row + (to[2] - site[2]) * plane;
}

// The same for a whole row, whose neighbours are a row too: x does not cross a side.
static inline int64_t mote_neighbour_row(const mote_lattice_call *call, int64_t y, int64_t z, const int32_t step[3], int32_t *all) {
  const int64_t to_y = mote_stepped(y, step[1], call->counts[1], call->is_periodic[1]);
  const int64_t to_z = mote_stepped(z, step[2], call->counts[2], call->is_periodic[2]);
  if (to_y < 0 || to_z < 0) *all = 0;
  return step[0] + ((to_z - z) * call->counts[1] + to_y - y) * call->counts[0];
}

// Whether a row beside another one has no site with a flag; `seen` keeps what was found: 1 for none, 2 for some.
static inline int32_t mote_row_is_clear(const mote_lattice_call *call, int64_t y, int64_t z, int64_t step_y, int64_t step_z,
                                        const double *const *flags, int32_t many, uint8_t *seen) {
  const int64_t to_y = mote_stepped(y, step_y, call->counts[1], call->is_periodic[1]);
  const int64_t to_z = mote_stepped(z, step_z, call->counts[2], call->is_periodic[2]);
  if (to_y < 0 || to_z < 0) return 0;
  const int64_t row = to_z * call->counts[1] + to_y, count = call->counts[0];
  if (seen[row] == 0) {
    int32_t some = 0;
    for (int32_t flag = 0; flag < many; flag++) {
      for (int64_t i = row * count; i < (row + 1) * count; i++) some |= flags[flag][i] != 0;
    }
    seen[row] = some ? 2 : 1;
  }
  return seen[row] == 1;
}

enum { MOTE_SITES = 128 };   // of a part of a row

// Copies part of a row past the caches, which would first read what is overwritten, and lose what is read next.
static inline void mote_stream(double *to, const double *from, int64_t count) {
  typedef double line __attribute__((ext_vector_type(8)));
  int64_t at = 0;
  for (; at < count && ((uintptr_t)(to + at) & (sizeof(line) - 1)) != 0; at++) to[at] = from[at];
  for (; at + 8 <= count; at += 8) {
    line values;
    memcpy(&values, from + at, sizeof values);
    __builtin_nontemporal_store(values, (line *)(to + at));
  }
  for (; at < count; at++) to[at] = from[at];
}

// Such copies are there for all threads.
static inline void mote_stream_end(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
