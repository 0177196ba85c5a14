// What passes between particles and sites use: B-splines (C. de Boor, A Practical Guide to Splines 1978) on equal steps.

// The sites around a particle along one axis: their places (-1 where there is none), shares, the slope of the share by the distance
// from particle to site, and that distance.
typedef struct {
  int64_t site[4];
  double share[4], slope[4], distance[4];
} mote_support;

// The first site of the support of a coordinate in steps of the lattice; `reach` is the number of its sites less one.
static inline int64_t mote_first_site(double at, int reach) {
  return (int64_t)floor(reach == 0 || reach == 2 ? at + 0.5 : at) - (reach == 3 ? 1 : reach / 2);
}

static inline int64_t mote_site(int64_t at, int64_t count, int32_t is_periodic) {
  if (at >= 0 && at < count) return at;
  return is_periodic ? ((at % count) + count) % count : -1;
}

static inline __attribute__((always_inline)) void mote_find_support(const mote_lattice_call *call, int axis, int reach, double x,
                                                                    mote_support *support) {
  const double at = (x - call->origin[axis]) * call->inverse_spacing;
  const int64_t first = mote_first_site(at, reach);
  const double f = at - (double)first, g = f - 1;
  double *w = support->share, *s = support->slope;
  if (reach == 0) w[0] = 1, s[0] = 0;
  if (reach == 1) w[0] = 1 - f, w[1] = f, s[0] = 1, s[1] = -1;
  if (reach == 2) {
    w[0] = 0.5 * (1.5 - f) * (1.5 - f), w[1] = 0.75 - g * g, w[2] = 0.5 * (f - 0.5) * (f - 0.5);
    s[0] = 1.5 - f, s[1] = 2 * g, s[2] = 0.5 - f;
  }
  if (reach == 3) {
    w[0] = (1 - g) * (1 - g) * (1 - g) / 6, w[3] = g * g * g / 6;
    w[1] = (4 - 6 * g * g + 3 * g * g * g) / 6, w[2] = (1 + 3 * g + 3 * g * g - 3 * g * g * g) / 6;
    s[0] = (1 - g) * (1 - g) / 2, s[1] = 2 * g - 1.5 * g * g, s[2] = 1.5 * g * g - g - 0.5, s[3] = -g * g / 2;
  }
  for (int n = 0; n <= reach; n++) {
    support->site[n] = mote_site(first + n, call->counts[axis], call->is_periodic[axis]);
    support->distance[n] = ((double)n - f) * call->spacing;
    support->slope[n] *= call->inverse_spacing;
  }
}

// Whether particles of a layer of cells give to sites from `begin` up to `end` along the last axis: to those of their support, and to
// so many before and behind it.
static inline int mote_layer_gives(const mote_lattice_call *call, int axis, int reach, int before, int behind, int64_t layer,
                                   int64_t begin, int64_t end) {
  const int64_t first = layer - (call->is_periodic[axis] ? 0 : reach);
  for (int n = -before; n <= reach + behind; n++) {
    const int64_t site = mote_site(first + n, call->counts[axis], call->is_periodic[axis]);
    if (site >= begin && site < end) return 1;
  }
  return 0;
}

// Cells along an axis: as many as there are first sites of supports that hold at least one site.
static inline int64_t mote_cells_along(const mote_lattice_call *call, int axis, int reach) {
  return call->counts[axis] + (call->is_periodic[axis] ? 0 : reach);
}

static inline int mote_by_id(const void *a, const void *b, void *ids) {
  const int64_t one = ((const int64_t *)ids)[*(const int64_t *)a], other = ((const int64_t *)ids)[*(const int64_t *)b];
  return (one > other) - (one < other);
}

// What is known of a particle while its cell is sought, one bit each.
enum { MOTE_NOT_WHOLE = 1, MOTE_OUTSIDE = 2 };

// One axis more of the cells of all particles: cell = cell * cells + first site. `order` notes whose support is cut by a side.
static inline __attribute__((always_inline)) void mote_cells_along_axis(const mote_cell_order *call, int axis, int reach,
                                                                        int is_periodic) {
  const double *const x = call->position[axis], count = (double)call->counts[axis];
  const double origin = call->origin[axis], inverse_spacing = call->inverse_spacing;
  const double middle = reach == 0 || reach == 2 ? 0.5 : 0, back = reach == 3 ? 1 : reach / 2;
  const int64_t cells = call->counts[axis] + (is_periodic ? 0 : reach), particles = call->particles;
  const int is_staggered = call->is_staggered;
  int64_t *const cell = call->cells, *const notes = call->order;
#pragma clang loop vectorize(assume_safety)
  for (int64_t p = 0; p < particles; p++) {
    const double at = (x[p] - origin) * inverse_spacing;
    double first = floor(at + middle) - back;
    if (is_periodic) {
      first -= count * floor(first / count);
      // The quotient may be rounded to the next whole number.
      first = first < 0 ? first + count : first >= count ? first - count : first;
    } else {
      const double least = is_staggered ? floor(at - 0.5 + middle) - back : first;
      const int is_cut = least < 0 || first + reach >= count;
      first += reach;
      const int is_outside = first < 0 || first >= (double)cells;
      notes[p] |= (is_cut ? MOTE_NOT_WHOLE : 0) | (is_outside ? MOTE_OUTSIDE : 0);
      first = is_outside ? 0 : first;
    }
    cell[p] = cell[p] * cells + (int64_t)first;
  }
}

static inline void mote_find_cells(const mote_cell_order *call) {
  memset(call->cells, 0, sizeof(int64_t) * (size_t)call->particles);
  memset(call->order, 0, sizeof(int64_t) * (size_t)call->particles);
  for (int axis = call->space - 1; axis >= 0; axis--)
    for (int reach = 0; reach <= 3; reach++) {
      if (reach != call->reach) continue;
      if (call->is_periodic[axis]) mote_cells_along_axis(call, axis, reach, 1);
      else mote_cells_along_axis(call, axis, reach, 0);
    }
}

static void mote_sort_by_id(const int64_t *ids, int64_t *list, int64_t many) {
  if (many > 32) {
    qsort_r(list, (size_t)many, sizeof(int64_t), mote_by_id, (void *)ids);
    return;
  }
  for (int64_t n = 1; n < many; n++) {
    const int64_t own = list[n];
    int64_t m = n;
    for (; m > 0 && ids[list[m - 1]] > ids[own]; m--) list[m] = list[m - 1];
    list[m] = own;
  }
}

int64_t mote_sort_into_cells(const mote_cell_order *call) {
  int64_t *const cells = call->cells, *const order = call->order, *const starts = call->starts;
  const int64_t particles = call->particles;
  int64_t all = 1, lost = 0;
  for (int axis = 0; axis < call->space; axis++) all *= call->counts[axis] + (call->is_periodic[axis] ? 0 : call->reach);
  mote_find_cells(call);
  // Counts stand two places further on, and the running sums one, until all particles have found their place.
  memset(starts, 0, sizeof(int64_t) * (size_t)(all + 2));
  for (int64_t p = 0; p < particles; p++) {
    const int takes_part = (call->mask >> call->species[p]) & 1;
    lost += takes_part && order[p] != 0;
    if (!takes_part || (order[p] & MOTE_OUTSIDE)) cells[p] = -1;
    else starts[cells[p] + 2]++;
  }
  for (int64_t cell = 0; cell < all; cell++) starts[cell + 2] += starts[cell + 1];
  for (int64_t p = 0; p < particles; p++)
    if (cells[p] >= 0) order[starts[cells[p] + 1]++] = p;
  int is_sorted = 1;
  for (int64_t n = 1; n < starts[all]; n++) {
    const int64_t a = order[n - 1], b = order[n];
    is_sorted &= (call->ids[a] < call->ids[b]) | (cells[a] != cells[b]);
  }
  for (int64_t cell = 0; cell < all && !is_sorted; cell++)
    mote_sort_by_id(call->ids, order + starts[cell], starts[cell + 1] - starts[cell]);
  return lost;
}
