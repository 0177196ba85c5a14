// What particles give to the edges between sites that they cross (T. Zh. Esirkepov, Comput. Phys. Commun. 135 (2001) 144).

// The way of a particle along one axis, as the sites see it that are under its shape before or after (-1 where there is none): their
// shares before, how these change, and what crosses from each site to the next one.
typedef struct {
  int64_t site[5];
  double before[5], change[5], crossed[5];
} mote_sweep;

// Fills in a way from one coordinate to another; false if it is longer than a cell, so that more sites would see it.
static inline __attribute__((always_inline)) int mote_find_sweep(const mote_lattice_call *call, int axis, int reach, double from,
                                                                 double to, mote_sweep *sweep) {
  const double side = call->spacing * (double)call->counts[axis];
  double back = from - to;
  if (call->is_periodic[axis]) back -= side * rint(back / side);
  const double start = to + back;
  mote_support old, new;
  mote_find_support(call, axis, reach, start, &old);
  mote_find_support(call, axis, reach, to, &new);
  const int64_t first_old = mote_first_site((start - call->origin[axis]) * call->inverse_spacing, reach);
  const int64_t first_new = mote_first_site((to - call->origin[axis]) * call->inverse_spacing, reach);
  const int64_t first = first_old < first_new ? first_old : first_new;
  const int from_old = (int)(first_old - first), from_new = (int)(first_new - first);
  if (from_old > 1 || from_new > 1) return 0;
  double crossed = 0;
  for (int n = 0; n <= reach + 1; n++) {
    const int a = n - from_old, b = n - from_new;
    sweep->site[n] = mote_site(first + n, call->counts[axis], call->is_periodic[axis]);
    sweep->before[n] = a >= 0 && a <= reach ? old.share[a] : 0;
    sweep->change[n] = (b >= 0 && b <= reach ? new.share[b] : 0) - sweep->before[n];
    crossed -= sweep->change[n];
    sweep->crossed[n] = crossed;
  }
  return 1;
}

// The mean over the way of the share along one other axis, and of the product of the shares along two.
static inline double mote_mean_share_1(const mote_sweep *x, int a) { return x->before[a] + 0.5 * x->change[a]; }

static inline double mote_mean_share_2(const mote_sweep *x, int a, const mote_sweep *y, int b) {
  return x->before[a] * mote_mean_share_1(y, b) + x->change[a] * (0.5 * y->before[b] + y->change[b] / 3);
}
