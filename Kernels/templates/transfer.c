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

int64_t mote_sort_into_cells(const mote_cell_order *call) {
  const int reach = call->reach;
  int64_t cells[3] = {1, 1, 1}, lost = 0;
  for (int axis = 0; axis < call->space; axis++) cells[axis] = call->counts[axis] + (call->is_periodic[axis] ? 0 : reach);
  const int64_t all = cells[0] * cells[1] * cells[2];
  memset(call->starts, 0, sizeof(int64_t) * (size_t)(all + 1));
  for (int64_t p = 0; p < call->particles; p++) {
    int64_t cell = 0;
    int isWhole = 1, isInside = (call->mask >> call->species[p]) & 1, takesPart = isInside;
    for (int axis = call->space - 1; axis >= 0; axis--) {
      const double at = (call->position[axis][p] - call->origin[axis]) * call->inverse_spacing;
      int64_t first = mote_first_site(at, reach);
      if (call->is_periodic[axis]) {
        first = mote_site(first, call->counts[axis], 1);
      } else {
        const int64_t least = call->is_staggered ? mote_first_site(at - 0.5, reach) : first;
        if (least < 0 || first + reach >= call->counts[axis]) isWhole = 0;
        first += reach;
        if (first < 0 || first >= cells[axis]) isInside = 0;
      }
      cell = cell * cells[axis] + first;
    }
    if (takesPart && !isWhole) lost++;
    call->cells[p] = isInside ? cell : -1;
    if (isInside) call->starts[cell + 1]++;
  }
  for (int64_t cell = 0; cell < all; cell++) call->starts[cell + 1] += call->starts[cell];
  for (int64_t p = call->particles - 1; p >= 0; p--) {
    const int64_t cell = call->cells[p];
    if (cell >= 0) call->order[--call->starts[cell + 1]] = p;
  }
  // What were ends of cells are beginnings now, one place further on.
  memmove(call->starts, call->starts + 1, sizeof(int64_t) * (size_t)all);
  call->starts[all] = 0;
  for (int64_t p = 0; p < call->particles; p++) call->starts[all] += call->cells[p] >= 0;
  for (int64_t cell = 0; cell < all; cell++) {
    int64_t *const from = call->order + call->starts[cell];
    const int64_t many = call->starts[cell + 1] - call->starts[cell];
    int isSorted = 1;
    for (int64_t n = 1; n < many; n++) isSorted &= call->ids[from[n - 1]] < call->ids[from[n]];
    if (!isSorted) qsort_r(from, (size_t)many, sizeof(int64_t), mote_by_id, (void *)call->ids);
  }
  return lost;
}
