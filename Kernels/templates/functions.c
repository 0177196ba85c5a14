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

// erfc x = exp(-x^2) p(t) for x >= 0, with `bell` = exp(-x^2) and t = (x - a)/(x + a): p interpolates at Chebyshev's points
// (J. L. Schonfelder, Math. Comp. 32 (1978) 1232), to a relative 2e-7 in float and 4e-16 in double.
MOTE_INLINE V mote_erfc(V x, V bell) {
#if MOTE_DOUBLE
  const mote_real a = 3.75, p[] = {
    0.145589721275038545, -0.273421931495426458, 0.226008066916619732, -0.163571895523926418, 0.102604312032279241,
    -0.0548023266949021884, 0.0241432239709325315, -0.00822062115521743819, 0.00180296243131641785, -0.000025535322523067762,
    -0.000152462747612346606, 0.0000478987406125699703, 3.58401408991596796e-6, -6.18330655969418193e-6, 7.47831710178579496e-7,
    6.59189196272325193e-7, -1.82256571536203141e-7, -7.2235655858334956e-8, 3.02654732006462833e-8, 8.79265254727261907e-9,
    -4.06608887975749915e-9, -1.07591053952979299e-9, 3.32813005512647302e-10, 8.76602734699328886e-11};
#else
  const mote_real a = 3, p[] = {
    0.179001154f, -0.326233646f, 0.245603622f, -0.150114186f, 0.0716679753f, -0.024402605f, 0.00425976687f, 0.00073204554f,
    -0.000578156056f, 1.83982355e-5f, 4.56408876e-5f};
#endif
  enum { terms = sizeof p / sizeof *p };
  const V size = __builtin_elementwise_abs(x), t = (size - a) / (size + a);
  V series = (V)p[terms - 1];
#pragma clang loop unroll(full)
  for (int term = terms - 2; term >= 0; term--) series = p[term] + series * t;
  const V value = bell * series;
  return x < 0 ? 2 - value : value;
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

// Four numbers from each lane's place, a row of four.
typedef mote_real mote_loose_quad __attribute__((ext_vector_type(4), aligned(sizeof(mote_real))));
#define MOTE_QUAD(lane) (*(const mote_loose_quad *)(rows + at[lane]))
MOTE_INLINE void mote_fetch_rows(const mote_real *rows, I at, V *c) {
  V part[4];
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    const mote_row low = __builtin_shufflevector(MOTE_QUAD(k), MOTE_QUAD(k + 4), 0, 1, 2, 3, 4, 5, 6, 7);
#if MOTE_DOUBLE
    part[k] = low;
#else
    const mote_row high = __builtin_shufflevector(MOTE_QUAD(k + 8), MOTE_QUAD(k + 12), 0, 1, 2, 3, 4, 5, 6, 7);
    part[k] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#endif
  }
  // part[k] holds the rows of lanes k, k + 4, ...: transposed in squares of 4 by 4.
#if MOTE_DOUBLE
#define MOTE_SQUARE(a, b, m, n) __builtin_shufflevector(a, b, m, 8 + m, n, 8 + n, 4 + m, 12 + m, 4 + n, 12 + n)
#define MOTE_HALVES(a, b, m) __builtin_shufflevector(a, b, m, m + 1, 8 + m, 9 + m, 4 + m, 5 + m, 12 + m, 13 + m)
#else
#define MOTE_SQUARE(a, b, m, n)                                                                               \
  __builtin_shufflevector(a, b, m, 16 + m, n, 16 + n, 4 + m, 20 + m, 4 + n, 20 + n, 8 + m, 24 + m, 8 + n, 24 + n, \
                          12 + m, 28 + m, 12 + n, 28 + n)
#define MOTE_HALVES(a, b, m)                                                                                      \
  __builtin_shufflevector(a, b, m, m + 1, 16 + m, 17 + m, 4 + m, 5 + m, 20 + m, 21 + m, 8 + m, 9 + m, 24 + m, 25 + m, \
                          12 + m, 13 + m, 28 + m, 29 + m)
#endif
  const V low = MOTE_SQUARE(part[0], part[1], 0, 1), low2 = MOTE_SQUARE(part[2], part[3], 0, 1);
  const V high = MOTE_SQUARE(part[0], part[1], 2, 3), high2 = MOTE_SQUARE(part[2], part[3], 2, 3);
  c[0] = MOTE_HALVES(low, low2, 0), c[1] = MOTE_HALVES(low, low2, 2);
  c[2] = MOTE_HALVES(high, high2, 0), c[3] = MOTE_HALVES(high, high2, 2);
}

// A function of the scene: blocks of equal length, one for each pair of species: where the table begins, intervals per unit of
// the argument, their number, the length of a block; then 4 coefficients for each interval. `grid` is a function with the same intervals,
// if one was looked up before: then they are found once.
#define FUNCTION(n) u->table[MOTE_FIRST_FUNCTION + (n)]
MOTE_INLINE V mote_spline_lanes(const mote_real *tables, const mote_real *grid, I which, int derivative, V x) {
  const I block = MOTE_TABLE_ENTRIES == 1 ? (I)0 : which * (mote_whole)grid[3];
  V head[4], c[4];
  if (MOTE_TABLE_ENTRIES == 1)
    for (int k = 0; k < 4; k++) head[k] = (V)grid[k];
  else mote_fetch_rows(grid, block, head);
  const V w = head[1], at = (x - head[0]) * w, below = __builtin_elementwise_max(at, (V)0);
  const I interval = __builtin_convertvector(__builtin_elementwise_min(below, head[2] - 1), I);
  const V s = below - __builtin_convertvector(interval, V);
  mote_fetch_rows(tables + 4, block + 4 * interval, c);
  const V value = derivative == 0   ? c[0] + s * (c[1] + s * (c[2] + s * c[3])) + (at < 0 ? at * c[1] : (V)0)
                  : derivative == 1 ? (c[1] + s * (2 * c[2] + 3 * s * c[3])) * w
                                    : (at < 0 ? (V)0 : (2 * c[2] + 6 * s * c[3]) * w * w);
  return at > head[2] ? (V)0 : value;
}

#if MOTE_IDS
// Noise of pairs, as noise.c draws it for one pair: Philox on lanes, of which each holds one word.
typedef uint32_t mote_words __attribute__((ext_vector_type(MOTE_LANES)));
typedef uint64_t mote_products __attribute__((ext_vector_type(MOTE_LANES / 2)));

MOTE_INLINE void mote_multiply(uint32_t factor, mote_words x, mote_words *high, mote_words *low) {
  const mote_products even = ((mote_products)x & UINT32_MAX) * factor, odd = ((mote_products)x >> 32) * factor;
  *low = (mote_words)(odd << 32 | (even & UINT32_MAX));
  *high = (mote_words)((odd & ~(uint64_t)UINT32_MAX) | even >> 32);
}

MOTE_INLINE void mote_pair_block(const mote_uniforms *u, const mote_pair_point *p, uint32_t place, mote_words *word) {
  const mote_words one = __builtin_convertvector(p->idi, mote_words), other = __builtin_convertvector(p->idj, mote_words);
  uint32_t key0 = (uint32_t)u->seed, key1 = (uint32_t)(u->seed >> 32);
  word[0] = __builtin_elementwise_min(one, other), word[1] = __builtin_elementwise_max(one, other);
  word[2] = (mote_words)(uint32_t)u->step;
  word[3] = (mote_words)((uint32_t)((uint64_t)u->step >> 32) << 16 ^ place ^ 0x8000u);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    mote_words high0, low0, high2, low2;
    mote_multiply(0xD2511F53u, word[0], &high0, &low0);
    mote_multiply(0xCD9E8D57u, word[2], &high2, &low2);
    word[0] = high2 ^ word[1] ^ key0, word[1] = low2;
    word[2] = high0 ^ word[3] ^ key1, word[3] = low0;
    key0 += 0x9E3779B9u, key1 += 0xBB67AE85u;
  }
}

// ln u of u = (word + 1/2)/2^32; near 1, where u itself is too coarse, by its distance from 1.
MOTE_INLINE V mote_log_of_word(mote_words word) {
#if MOTE_DOUBLE
  return mote_log((__builtin_convertvector(word, V) + 0.5) * 0x1p-32);
#else
  const V u = (__builtin_convertvector(word, V) + 0.5f) * 0x1p-32f, below = (__builtin_convertvector(~word, V) + 0.5f) * -0x1p-32f;
  const V s = below / (2 + below), q = s * s;
  const V near = 2 * s * (1 + q * (1.0f / 3 + q * (1.0f / 5 + q * (1.0f / 7 + q * (1.0f / 9)))));
  return word >= 0xB504F334u ? near : mote_log(u);
#endif
}

// cos(2 pi u) or sin(2 pi u) of such a u: Taylor series within an eighth of a turn.
MOTE_INLINE V mote_turned_lanes(mote_words word, int wants_sine) {
  enum { terms = MOTE_DOUBLE ? 8 : 5 };
  typedef int32_t mote_signed __attribute__((ext_vector_type(MOTE_LANES)));
  const mote_words quarter = (word + 0x20000000u) >> 30;
  const V rest = __builtin_convertvector((mote_signed)(word - (quarter << 30)), V);
  const V x = (rest + (mote_real)0.5) * (mote_real)(6.283185307179586 * 0x1p-32), q = x * x;
  V sine = (V)1, cosine = (V)1;
#pragma clang loop unroll(full)
  for (int term = terms; term > 0; term--) {
    sine = 1 - q * sine * (mote_real)(1.0 / (2 * term * (2 * term + 1)));
    cosine = 1 - q * cosine * (mote_real)(1.0 / (2 * term * (2 * term - 1)));
  }
  const I turn = __builtin_convertvector((quarter + (wants_sine ? 3u : 0u)) & 3u, I);
  const V value = (turn & 1) != 0 ? x * sine : cosine;
  return turn == 1 || turn == 2 ? -value : value;
}

// +1 seen from the end of the lower id, −1 from the other: noise that is a vector changes sign between them.
MOTE_INLINE V mote_sense(const mote_pair_point *p) { return (p->idi < p->idj) ? (V)1 : (V)(-1); }
MOTE_INLINE V mote_pair_lanes_uniform(const mote_uniforms *u, const mote_pair_point *p, uint32_t place) {
  mote_words word[4];
  mote_pair_block(u, p, place, word);
#if MOTE_DOUBLE
  const V high = __builtin_convertvector(word[0], V), low = __builtin_convertvector(word[1] >> 12, V);
  return (high * 0x1p20 + low + 0.5) * 0x1p-52;
#else
  return (__builtin_convertvector(word[0] >> 8, V) + 0.5f) * 0x1p-24f;
#endif
}
MOTE_INLINE V mote_pair_lanes_normal(const mote_uniforms *u, const mote_pair_point *p, uint32_t place) {
  mote_words word[4];
  mote_pair_block(u, p, place | 3, word);
  return mote_sqrt(-2 * mote_log_of_word(word[place & 2])) * mote_turned_lanes(word[(place & 2) + 1], place & 1);
}

// Numbers that are drawn by repeated trials, lane by lane.
#define MOTE_PAIR_TRIALS(kind)                                                                                                \
  MOTE_INLINE V mote_pair_lanes_##kind(const mote_uniforms *u, const mote_pair_point *p, uint32_t place, V parameter) {       \
    V value;                                                                                                                  \
    for (int lane = 0; lane < MOTE_LANES; lane++) {                                                                           \
      const mote_block counter = mote_pair_counter(u->step, place, (uint32_t)p->idi[lane], (uint32_t)p->idj[lane]);           \
      value[lane] = (mote_real)mote_##kind(u->seed, counter, parameter[lane]);                                                \
    }                                                                                                                         \
    return value;                                                                                                             \
  }
MOTE_PAIR_TRIALS(chi2)
MOTE_PAIR_TRIALS(poisson)
#endif
