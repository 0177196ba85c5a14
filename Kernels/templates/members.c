// What passes over single particles and totals use; the generated functions follow this text.
#define MOTE_MEMBER_NAMES                                            \
  const double *restrict const k = call->k;                          \
  const double *const *restrict const table = call->table;           \
  const int64_t *restrict const ids = call->ids;                     \
  const int32_t *restrict const species = call->species;             \
  (void)k, (void)table, (void)ids, (void)species;

#define FUNCTION(n) call->function[n]

// A number to the nearest whole one, halves to even.
static inline int64_t mote_whole_number(double x) { return (int64_t)rint(x); }

// A table's value (derivative 0) or slope (1) or curvature (2); continued linearly below.
static inline double mote_spline(const mote_table *tables, int64_t which, int derivative, double x) {
  const mote_table *t = tables + which;
  const double at = (x - t->first) * t->inverse_width;
  const double below = at < 0 ? 0 : at, last = (double)(t->intervals - 1);
  const double whole = floor(below) < last ? floor(below) : last;
  const double *c = t->pieces + 4 * (int64_t)whole;
  const double s = below - whole, w = t->inverse_width;
  if (at > (double)t->intervals) return t->beyond;
  if (derivative == 0) return c[0] + s * (c[1] + s * (c[2] + s * c[3])) + (at < 0 ? at * c[1] : 0);
  if (derivative == 1) return (c[1] + s * (2 * c[2] + 3 * s * c[3])) * w;
  return (at < 0 ? 0 : 2 * c[2] + 6 * s * c[3]) * w * w;
}

// psi(x) = d ln Gamma / dx, by recurrence and the asymptotic series (Abramowitz and Stegun, 6.3.5, 6.3.18).
static inline double mote_digamma(double x) {
  double shift = 0;
  if (x <= 0) return NAN;
  while (x < 10) shift -= 1 / x, x += 1;
  const double y = 1 / (x * x);
  return shift + log(x) - 0.5 / x - y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y / 240)));
}

// Noise that the host draws, of a member or of the world (id -1): kinds in the order uniform, normal, chi squared, Poisson.
double mote_host_noise(int32_t kind, uint64_t seed, int64_t step, uint32_t place, int64_t id, double argument) {
  const mote_block counter = mote_counter(step, place, id);
  switch (kind) {
    case 0: return mote_uniform(seed, counter);
    case 1: return mote_normal(seed, counter);
    case 2: return mote_chi2(seed, counter, argument);
    default: return mote_poisson(seed, counter, argument);
  }
}
