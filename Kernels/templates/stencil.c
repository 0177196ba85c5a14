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

// Copies bytes past the caches, which would first read what is overwritten, and lose what is read next.
static inline void mote_stream(void *to, const void *from, int64_t bytes) {
  typedef float line __attribute__((ext_vector_type(16)));
  char *target = to;
  const char *source = from;
  const int64_t apart = -(int64_t)(uintptr_t)target & (int64_t)(sizeof(line) - 1);
  int64_t at = apart < bytes ? apart : bytes;
  memcpy(target, source, (size_t)at);
  for (; at + (int64_t)sizeof(line) <= bytes; at += sizeof(line)) {
    line values;
    memcpy(&values, source + at, sizeof values);
    __builtin_nontemporal_store(values, (line *)(target + at));
  }
  memcpy(target + at, source + at, (size_t)(bytes - at));
}

// Such copies are there for all threads.
static inline void mote_stream_end(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// What follows serves passes that put new values where they read old ones.

// Keeps numbers that follow one another, `apart` from each other.
#define mote_save(to, from, several, apart) \
  for (int64_t k = 0; k < (several); k++) (to)[k * (apart)] = (from)[k]

static inline int32_t mote_is_inside(int64_t x, int64_t count) { return x >= 0 && x < count; }

// The longest run of sites without a mark in low ..< high.
static inline void mote_longest_run(const uint8_t *some, int64_t low, int64_t high, mote_calm *calm) {
  calm->low = calm->high = 0;
  for (int64_t x = low; x < high; x++) {
    const int64_t start = x;
    while (x < high && !some[x]) x++;
    if (x - start > calm->high - calm->low) calm->low = (int32_t)start, calm->high = (int32_t)x;
  }
}

// Finds the sites of each row that are calm: their neighbours lie at the same distances as everywhere, and none has a mark.
void mote_survey_rows(const mote_lattice_call *call, int64_t begin, int64_t end) {
  const int64_t count = call->counts[0], across = call->counts[1];
  const int32_t(*step)[3] = (const int32_t(*)[3])call->steps;
  int64_t before = 0, after = 0;
  uint8_t *const some = malloc((size_t)count);
  for (int64_t q = 0; q < call->step_count; q++) {
    before = -step[q][0] > before ? -step[q][0] : before;
    after = step[q][0] > after ? step[q][0] : after;
  }
  for (int64_t row = begin; row < end; row++) {
    const int64_t y = row % across, z = row / across;
    mote_calm *const calm = call->calm + row;
    int32_t straight = 1, all = count > before + after && some != NULL, marked = 0;
    if (all) memset(some, 0, (size_t)count);
    for (int64_t q = 0; q < call->step_count && all; q++) {
      straight &= mote_is_inside(y + step[q][1], across) & mote_is_inside(z + step[q][2], call->counts[2]);
      const int64_t by = step[q][0], beside = mote_neighbour_row(call, y, z, step[q], &all) - by;
      if (call->marks == NULL || !all) continue;
      const uint8_t *const own = call->marks + row * count, *const near = own + beside;
      for (int64_t x = before; x < count - after; x++) some[x] |= own[x] | near[x + by];
      for (int64_t x = 0; x < before; x++) some[x] |= own[x] | near[mote_stepped(x, by, count, 1)];
      for (int64_t x = count - after; x < count; x++) some[x] |= own[x] | near[mote_stepped(x, by, count, 1)];
    }
    *calm = (mote_calm){0};
    if (!all) continue;
    for (int64_t x = 0; x < count; x++) marked |= some[x];
    calm->is_plain = !marked;
    calm->is_ring = straight & !marked & call->has_rings & call->is_periodic[0];
    if (calm->is_ring) calm->high = (int32_t)count;
    else if (straight) mote_longest_run(some, before, count - after, calm);
  }
  free(some);
}
