// What transfers use whose values are polynomials in the share and the distance: shares of many particles at once, and numbers of
// sites side by side, with copies beyond the sides, so that every support lies within.
typedef double mote_row_1 __attribute__((ext_vector_type(1)));
typedef double mote_row_2 __attribute__((ext_vector_type(2)));
typedef double mote_row_4 __attribute__((ext_vector_type(4)));
typedef double mote_row_8 __attribute__((ext_vector_type(8)));
typedef double mote_free_row_4 __attribute__((ext_vector_type(4), aligned(8)));
typedef double mote_free_row_8 __attribute__((ext_vector_type(8), aligned(8)));
typedef int64_t mote_whole_8 __attribute__((ext_vector_type(8)));
#define MOTE_NODE_INLINE static inline __attribute__((always_inline))

// The sites around eight particles along one axis, particle by particle in lanes: for each its share, the slope of the share by the
// distance from particle to site, and that distance; `first` is the first of them.
typedef struct {
  mote_row_8 share[4], slope[4], distance[4];
  mote_whole_8 first;
} mote_spans;

// Shares of quadratic and cubic splines are written such that rounding makes none negative.
MOTE_NODE_INLINE void mote_find_spans(const mote_lattice_call *call, int axis, int reach, mote_row_8 x, mote_spans *spans) {
  const mote_row_8 at = (x - call->origin[axis]) * call->inverse_spacing;
  const mote_row_8 whole = __builtin_elementwise_floor(reach == 2 ? at + 0.5 : at), g = at - whole;
  const int before = reach == 1 ? 0 : 1;   // sites before that of `whole`
  mote_row_8 *const w = spans->share, *const s = spans->slope;
  spans->first = __builtin_convertvector(whole, mote_whole_8) - before;
  if (reach == 1) w[0] = 1 - g, w[1] = g, s[0] = (mote_row_8)1, s[1] = (mote_row_8)-1;
  if (reach == 2) {
    const mote_row_8 low = 0.5 - g, high = 0.5 + g;
    w[0] = 0.5 * low * low, w[1] = 0.75 - g * g, w[2] = 0.5 * high * high;
    s[0] = low, s[1] = 2 * g, s[2] = -high;
  }
  if (reach == 3) {
    const mote_row_8 h = 1 - g;
    w[0] = h * h * h / 6, w[1] = 2.0 / 3 + g * g * (0.5 * g - 1), w[2] = 2.0 / 3 + h * h * (0.5 * h - 1), w[3] = g * g * g / 6;
    s[0] = 0.5 * h * h, s[1] = g * (2 - 1.5 * g), s[2] = h * (1.5 * h - 2), s[3] = -0.5 * g * g;
  }
  for (int n = 0; n <= reach; n++) {
    s[n] *= call->inverse_spacing;
    spans->distance[n] = (n - before - g) * call->spacing;
  }
}

// Particles that a kernel works on at a time: what one waits for, others do.
enum { MOTE_BATCH = 16 };

// A number of each particle of a batch, for eight at once or one by one.
typedef union {
  mote_row_8 row[MOTE_BATCH / 8];
  double of[MOTE_BATCH];
} mote_lanes;

typedef union {
  mote_whole_8 row[MOTE_BATCH / 8];
  int64_t of[MOTE_BATCH];
} mote_whole_lanes;

#define MOTE_NODE_STRIDES                                                               \
  const int64_t line = call->nodes[0].counts[0], plane = line * call->nodes[0].counts[1]; \
  (void)line, (void)plane;

// Cells of a layer across the last axis.
static inline int64_t mote_cells_in_layer(const mote_lattice_call *call, int space, int reach) {
  int64_t cells = 1;
  for (int axis = 0; axis < space - 1; axis++) cells *= mote_cells_along(call, axis, reach);
  return cells;
}

// Where the first sites of supports lie along an axis: across a periodic side at its other end; -1 if a support holds no site.
MOTE_NODE_INLINE mote_whole_8 mote_nodes_along(const mote_lattice_call *call, int axis, int reach, mote_whole_8 first) {
  const mote_whole_8 at = first + call->nodes[0].before[axis];
  const int64_t last = call->nodes[0].counts[axis] - reach - 1;
  if (!__builtin_reduce_or((at < 0) | (at > last))) return at;
  mote_whole_8 found;
  for (int n = 0; n < 8; n++)
    found[n] = call->is_periodic[axis] ? mote_site(first[n], call->counts[axis], 1) : at[n] < 0 || at[n] > last ? -1 : at[n];
  return found;
}

// Where the first sites of supports lie among all; negative if a support holds no site.
MOTE_NODE_INLINE mote_whole_8 mote_corners_1(const mote_lattice_call *call, int reach, mote_whole_8 x) {
  return mote_nodes_along(call, 0, reach, x);
}
MOTE_NODE_INLINE mote_whole_8 mote_corners_2(const mote_lattice_call *call, int reach, mote_whole_8 x, mote_whole_8 y) {
  const mote_whole_8 a = mote_nodes_along(call, 0, reach, x), b = mote_nodes_along(call, 1, reach, y);
  return (a | b) < 0 ? (mote_whole_8)-1 : b * call->nodes[0].counts[0] + a;
}
MOTE_NODE_INLINE mote_whole_8 mote_corners_3(const mote_lattice_call *call, int reach, mote_whole_8 x, mote_whole_8 y,
                                             mote_whole_8 z) {
  const mote_whole_8 across = mote_corners_2(call, reach, x, y), c = mote_nodes_along(call, 2, reach, z);
  return (across | c) < 0 ? (mote_whole_8)-1 : c * call->nodes[0].counts[0] * call->nodes[0].counts[1] + across;
}

// Notes to which lines of sites along the first axis particles give.
void mote_mark_lines(const mote_lattice_call *call, int64_t begin, int64_t end) {
  const mote_nodes *const nodes = &call->nodes[0];
  const int reach = call->reach, y = nodes->counts[1] > 1 ? reach : 0, z = nodes->counts[2] > 1 ? reach : 0;
  const int64_t across = mote_cells_along(call, 0, reach), lines = nodes->counts[1] - y;
  (void)begin, (void)end;
  memset(nodes->is_met, 0, (size_t)(nodes->counts[1] * nodes->counts[2]));
  for (int64_t cells = 0; cells < lines * (nodes->counts[2] - z); cells++) {
    if (call->starts[cells * across] == call->starts[(cells + 1) * across]) continue;
    uint8_t *const first = nodes->is_met + cells / lines * nodes->counts[1] + cells % lines;
    for (int c = 0; c <= z; c++) memset(first + c * nodes->counts[1], 1, (size_t)(y + 1));
  }
}

// Makes the lines from `begin` up to `end` zero to which particles give.
void mote_clear_nodes(const mote_lattice_call *call, int64_t begin, int64_t end) {
  for (int64_t group = 0; group < call->node_groups; group++) {
    const mote_nodes *const nodes = &call->nodes[group];
    const int64_t length = nodes->counts[0] * nodes->width;
    for (int64_t line = begin; line < end; line++)
      if (call->nodes[0].is_met[line]) memset(nodes->numbers + line * length, 0, sizeof(double) * (size_t)length);
  }
}

MOTE_NODE_INLINE void mote_copy_side_by_side(int width, const mote_nodes *nodes, int64_t from, int64_t count, double *restrict to) {
  const double *column[8];
  for (int lane = 0; lane < width; lane++) column[lane] = nodes->columns[lane < nodes->used ? lane : 0] + from;
#pragma clang loop vectorize(assume_safety)
  for (int64_t x = 0; x < count; x++)
    for (int lane = 0; lane < width; lane++) to[x * width + lane] = column[lane][x];
}

static inline void mote_copy_line(const mote_nodes *nodes, int64_t from, int64_t count, double *to) {
  if (nodes->width == 1) mote_copy_side_by_side(1, nodes, from, count, to);
  if (nodes->width == 2) mote_copy_side_by_side(2, nodes, from, count, to);
  if (nodes->width == 4) mote_copy_side_by_side(4, nodes, from, count, to);
  if (nodes->width == 8) mote_copy_side_by_side(8, nodes, from, count, to);
}

// Copies columns of the lattice to the lines from `begin` up to `end`; beyond open sides all is zero.
void mote_read_columns(const mote_lattice_call *call, int64_t begin, int64_t end) {
  for (int64_t group = 0; group < call->node_groups; group++) {
    const mote_nodes *const nodes = &call->nodes[group];
    const int64_t length = nodes->counts[0] * nodes->width, sites = call->counts[0];
    for (int64_t line = begin; line < end; line++) {
      double *const to = nodes->numbers + line * length;
      const int64_t y = mote_site(line % nodes->counts[1] - nodes->before[1], call->counts[1], call->is_periodic[1]);
      const int64_t z = mote_site(line / nodes->counts[1] - nodes->before[2], call->counts[2], call->is_periodic[2]);
      if (y < 0 || z < 0 || !call->is_periodic[0]) memset(to, 0, sizeof(double) * (size_t)length);
      if (y < 0 || z < 0) continue;
      const int64_t from = (z * call->counts[1] + y) * sites;
      mote_copy_line(nodes, from, sites, to + nodes->before[0] * nodes->width);
      if (call->is_periodic[0]) mote_copy_line(nodes, from, nodes->counts[0] - sites, to + sites * nodes->width);
    }
  }
}

// Sites beyond a periodic side stand for those at its other end.
static inline int mote_images(const mote_lattice_call *call, const mote_nodes *nodes, int axis, int64_t site, int64_t image[2]) {
  image[0] = site + nodes->before[axis];
  image[1] = site + call->counts[axis];
  return call->is_periodic[axis] && image[1] < nodes->counts[axis] ? 2 : 1;
}

MOTE_NODE_INLINE void mote_give_side_by_side(int width, const mote_nodes *nodes, const double *restrict from, int64_t to, int64_t count) {
  for (int lane = 0; lane < nodes->used; lane++) {
    double *restrict const column = nodes->columns[lane] + to;
    for (int64_t x = 0; x < count; x++) column[x] += from[x * width + lane];
  }
}

static inline void mote_give_line(const mote_nodes *nodes, const double *from, int64_t to, int64_t count) {
  if (nodes->width == 1) mote_give_side_by_side(1, nodes, from, to, count);
  if (nodes->width == 2) mote_give_side_by_side(2, nodes, from, to, count);
  if (nodes->width == 4) mote_give_side_by_side(4, nodes, from, to, count);
  if (nodes->width == 8) mote_give_side_by_side(8, nodes, from, to, count);
}

// Writes what sites were given to their columns, for the lines of the lattice from `begin` up to `end`.
void mote_write_columns(const mote_lattice_call *call, int64_t begin, int64_t end) {
  for (int64_t group = 0; group < call->node_groups; group++) {
    const mote_nodes *const nodes = &call->nodes[group];
    const int64_t sites = call->counts[0], beyond = call->is_periodic[0] ? nodes->counts[0] - sites : 0;
    for (int lane = 0; lane < nodes->used; lane++)
      if (!nodes->adds[lane]) memset(nodes->columns[lane] + begin * sites, 0, sizeof(double) * (size_t)((end - begin) * sites));
    for (int64_t line = begin; line < end; line++) {
      int64_t y[2], z[2];
      const int many_y = mote_images(call, nodes, 1, line % call->counts[1], y);
      const int many_z = mote_images(call, nodes, 2, line / call->counts[1], z);
      for (int c = 0; c < many_z; c++)
        for (int b = 0; b < many_y; b++) {
          const int64_t own = z[c] * nodes->counts[1] + y[b];
          if (!call->nodes[0].is_met[own]) continue;
          const double *const from = nodes->numbers + own * nodes->counts[0] * nodes->width;
          mote_give_line(nodes, from + nodes->before[0] * nodes->width, line * sites, sites);
          mote_give_line(nodes, from + sites * nodes->width, line * sites, beyond);
        }
    }
  }
}
