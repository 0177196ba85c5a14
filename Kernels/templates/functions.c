// Functions of lanes: those of the law language that clang has no operator for.
#define MOTE_LANE_WISE(name, expression)             \
  MOTE_INLINE V name(V x) {                          \
    V y;                                             \
    for (int lane = 0; lane < MOTE_LANES; lane++) {  \
      const double a = x[lane];                      \
      y[lane] = (mote_real)(expression);             \
    }                                                \
    return y;                                        \
  }
#define MOTE_ELEMENT_WISE(name, builtin) \
  MOTE_INLINE V name(V x) { return builtin(x); }

MOTE_ELEMENT_WISE(mote_sqrt, __builtin_elementwise_sqrt)
MOTE_ELEMENT_WISE(mote_exp, __builtin_elementwise_exp)
MOTE_ELEMENT_WISE(mote_log, __builtin_elementwise_log)
MOTE_ELEMENT_WISE(mote_sin, __builtin_elementwise_sin)
MOTE_ELEMENT_WISE(mote_cos, __builtin_elementwise_cos)
MOTE_ELEMENT_WISE(mote_abs, __builtin_elementwise_abs)
MOTE_ELEMENT_WISE(mote_floor, __builtin_elementwise_floor)
MOTE_ELEMENT_WISE(mote_ceil, __builtin_elementwise_ceil)
MOTE_LANE_WISE(mote_tan, tan(a))
MOTE_LANE_WISE(mote_asin, asin(a))
MOTE_LANE_WISE(mote_acos, acos(a))
MOTE_LANE_WISE(mote_atan, atan(a))
MOTE_LANE_WISE(mote_sinh, sinh(a))
MOTE_LANE_WISE(mote_cosh, cosh(a))
MOTE_LANE_WISE(mote_tanh, tanh(a))
MOTE_LANE_WISE(mote_erf, erf(a))
MOTE_LANE_WISE(mote_erfc, erfc(a))
MOTE_LANE_WISE(mote_gamma, tgamma(a))

MOTE_INLINE V mote_sign(V x) { return x > 0 ? (V)1 : x < 0 ? (V)(-1) : (V)0; }
MOTE_INLINE V mote_pow(V x, V y) { return __builtin_elementwise_pow(x, y); }
MOTE_INLINE V mote_mod(V x, V y) { return x - y * __builtin_elementwise_floor(x / y); }
MOTE_INLINE V mote_atan2(V y, V x) {
  V angle;
  for (int lane = 0; lane < MOTE_LANES; lane++) angle[lane] = (mote_real)atan2((double)y[lane], (double)x[lane]);
  return angle;
}

// A function of the scene: blocks of equal length, one for each pair of species: where the table begins, intervals per unit of
// the argument, their number, the length of a block; then 4 coefficients for each interval.
#define FUNCTION(n) u->table[MOTE_FIRST_FUNCTION + (n)]
MOTE_INLINE V mote_spline_lanes(const mote_real *tables, I which, int derivative, V x) {
  V value;
  for (int lane = 0; lane < MOTE_LANES; lane++) {
    const mote_real *block = tables + (int64_t)which[lane] * (int64_t)tables[3], *pieces = block + 4;
    const mote_real at = (x[lane] - block[0]) * block[1], below = at < 0 ? 0 : at;
    const mote_real last = block[2] - 1, floored = (mote_real)(int32_t)(below < last ? below : last);
    const mote_real *c = pieces + 4 * (int64_t)floored, s = below - floored, w = block[1];
    value[lane] = derivative == 0   ? c[0] + s * (c[1] + s * (c[2] + s * c[3])) + (at < 0 ? at * c[1] : 0)
                  : derivative == 1 ? (c[1] + s * (2 * c[2] + 3 * s * c[3])) * w
                                    : (at < 0 ? 0 : (2 * c[2] + 6 * s * c[3]) * w * w);
  }
  return value;
}

#if MOTE_IDS
// +1 seen from the end of the lower id, −1 from the other: noise that is a vector changes sign between them.
MOTE_INLINE V mote_sense(const mote_pair_point *p) { return (p->idi < p->idj) ? (V)1 : (V)(-1); }
MOTE_INLINE V mote_pair_lanes_uniform(const mote_uniforms *u, const mote_pair_point *p, uint32_t place) {
  V value;
  for (int lane = 0; lane < MOTE_LANES; lane++)
    value[lane] = (mote_real)mote_pair_uniform(u->seed, u->step, place, (uint32_t)p->idi[lane], (uint32_t)p->idj[lane]);
  return value;
}
MOTE_INLINE V mote_pair_lanes_normal(const mote_uniforms *u, const mote_pair_point *p, uint32_t place) {
  V value;
  for (int lane = 0; lane < MOTE_LANES; lane++)
    value[lane] = (mote_real)mote_pair_normal(u->seed, u->step, place, (uint32_t)p->idi[lane], (uint32_t)p->idj[lane]);
  return value;
}
#endif
