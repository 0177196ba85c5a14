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
#if defined(__AVX512F__) && MOTE_DOUBLE
// A guess of 14 bits, and the series of (1 - e)^(-1/2), whose next term is below the last bit; 0 and infinity keep the guess.
MOTE_INLINE V mote_inverse_sqrt(V x) {
  const V y = (V)__builtin_ia32_rsqrt14pd512_mask(x, (V)0, -1), e = 1 - x * y * y;
  return e == e ? y + y * (e * (0.5 + e * (0.375 + e * (0.3125 + e * 0.2734375)))) : y;
}
#else
MOTE_INLINE V mote_inverse_sqrt(V x) { return 1 / __builtin_elementwise_sqrt(x); }   // the compiler knows a quicker way
#endif
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

// exp by 2^n times a Taylor series within half a ln 2; 0 and infinity beyond what the type holds.
MOTE_INLINE V mote_exp(V x) {
#if MOTE_DOUBLE
  enum { mantissa = 52, bias = 1023, terms = 13 };
  const V most = 709.7, least = -708.3;
#else
  enum { mantissa = 23, bias = 127, terms = 7 };
  const V most = 88.7f, least = -87.3f;
#endif
  const V within = __builtin_elementwise_min(__builtin_elementwise_max(x, least), most);
  const V n = __builtin_elementwise_roundeven(within * (mote_real)1.4426950408889634);
  const V r = (within - n * (mote_real)0.693359375) + n * (mote_real)2.1219444005469057e-4;
  V series = (V)1;
#pragma clang loop unroll(full)
  for (int term = terms; term > 0; term--) series = 1 + series * r * (mote_real)(1.0 / term);
  // In two steps, as 2^n alone can be too large where the product is not.
  const I whole = __builtin_convertvector(n, I), half = whole >> 1;
  const V first = (V)((half + bias) << mantissa), second = (V)((whole - half + bias) << mantissa);
  const V value = series * first * second;
  return x > most ? (V)INFINITY : x < least ? (V)0 : value;
}

// ln of a normal number, by the series of 2 artanh((m - 1)/(m + 1)) with m between sqrt(1/2) and sqrt(2).
MOTE_INLINE V mote_log(V x) {
#if MOTE_DOUBLE
  enum { mantissa = 52, terms = 10 };
  const mote_whole root = 0x3FE6A09E667F3BCD;
#else
  enum { mantissa = 23, terms = 5 };
  const mote_whole root = 0x3F3504F3;
#endif
  const I bits = (I)x, exponent = (bits - root) >> mantissa;
  const V m = (V)(bits - (exponent << mantissa)), s = (m - 1) / (m + 1), q = s * s;
  V series = (V)0;
#pragma clang loop unroll(full)
  for (int term = terms; term > 0; term--) series = (mote_real)(1.0 / (2 * term - 1)) + series * q;
  const V value = __builtin_convertvector(exponent, V) * (mote_real)0.6931471805599453 + 2 * s * series;
  return x > 0 ? value : (V)(-INFINITY);
}

MOTE_LANE_WISE(mote_sin, sin(a))
MOTE_LANE_WISE(mote_cos, cos(a))
MOTE_INLINE V mote_sign(V x) { return x > 0 ? (V)1 : x < 0 ? (V)(-1) : (V)0; }
MOTE_INLINE V mote_pow(V x, V y) { return mote_exp(y * mote_log(x)); }
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
    value[lane] = at > block[2]     ? 0
                  : derivative == 0 ? c[0] + s * (c[1] + s * (c[2] + s * c[3])) + (at < 0 ? at * c[1] : 0)
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
