// Vectors of a pair kernel: 2 particles i by 8 particles j in float, 1 by 8 in double.
#ifndef MOTE_DOUBLE
#define MOTE_DOUBLE 0
#endif
#if MOTE_DOUBLE
#define MOTE_LANES 8
typedef double mote_real;
typedef int64_t mote_whole;
typedef uint64_t mote_bit;
#else
#define MOTE_LANES 16
typedef float mote_real;
typedef int32_t mote_whole;
typedef uint32_t mote_bit;
#endif
typedef mote_real V __attribute__((ext_vector_type(MOTE_LANES)));    // numbers
typedef mote_whole I __attribute__((ext_vector_type(MOTE_LANES)));   // codes, masks and fixed-point sums
typedef mote_bit mote_bits __attribute__((ext_vector_type(MOTE_LANES)));
typedef mote_real mote_row __attribute__((ext_vector_type(8)));
typedef mote_whole mote_whole_row __attribute__((ext_vector_type(8)));
typedef int64_t mote_sum_row __attribute__((ext_vector_type(8)));
typedef int64_t mote_sum_half __attribute__((ext_vector_type(4)));
typedef mote_real mote_quad __attribute__((ext_vector_type(4)));
typedef mote_whole mote_whole_quad __attribute__((ext_vector_type(4)));
typedef int32_t mote_code_row __attribute__((ext_vector_type(8)));
#define MOTE_INLINE static inline __attribute__((always_inline))
// Below every number that is meant, and yet finite.
#define MOTE_LOWEST (MOTE_DOUBLE ? -1.7e308 : -3.4e38)
// Laws give extremes only if they say so.
#ifndef MOTE_EXTREMES
#define MOTE_EXTREMES 0
#endif

// To the nearest whole number: a truncation would let momentum and energy drift.
MOTE_INLINE I mote_round(V v) {
#if defined(__AVX512DQ__) && MOTE_DOUBLE
  return (I)__builtin_ia32_cvtpd2qq512_mask(v, (I)0, -1, 4);
#elif defined(__AVX512F__) && !MOTE_DOUBLE
  return (I)__builtin_ia32_cvtps2dq512_mask(v, (I)0, -1, 4);
#elif defined(__AVX2__) && !MOTE_DOUBLE
  const mote_whole_row low = (mote_whole_row)__builtin_ia32_cvtps2dq256(v.lo);
  const mote_whole_row high = (mote_whole_row)__builtin_ia32_cvtps2dq256(v.hi);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#else
  return __builtin_convertvector(__builtin_elementwise_roundeven(v), I);
#endif
}

#if MOTE_DOUBLE
#define MOTE_ROWS 1
MOTE_INLINE V mote_spread(const mote_real *p) { return (V)p[0]; }
MOTE_INLINE V mote_spread_quad(mote_quad q, int part) { return (V)q[part]; }
MOTE_INLINE V mote_repeat(const mote_real *p) { return *(const V *)p; }
MOTE_INLINE I mote_spread_code(const int32_t *p) { return (I)(mote_whole)p[0]; }
MOTE_INLINE I mote_repeat_code(const int32_t *p) { return __builtin_convertvector(*(const mote_code_row *)p, I); }
MOTE_INLINE mote_sum_row mote_fold(I v) { return v; }
MOTE_INLINE mote_sum_row mote_fold_top(I v) { return v; }
MOTE_INLINE mote_whole_row mote_row_of(I v, int row) { return row == 0 ? v : (I)0; }

// The totals of four rows of 8.
MOTE_INLINE mote_sum_half mote_sum_rows(const I *v) {
  const mote_sum_row a = __builtin_shufflevector(v[0], v[1], 0, 8, 2, 10, 4, 12, 6, 14) +
                         __builtin_shufflevector(v[0], v[1], 1, 9, 3, 11, 5, 13, 7, 15);
  const mote_sum_row b = __builtin_shufflevector(v[2], v[3], 0, 8, 2, 10, 4, 12, 6, 14) +
                         __builtin_shufflevector(v[2], v[3], 1, 9, 3, 11, 5, 13, 7, 15);
  const mote_sum_half c = a.lo + a.hi, d = b.lo + b.hi;   // two of row 0, two of row 1 in turn; the same of rows 2 and 3
  return __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
}
#else
#define MOTE_ROWS 2
MOTE_INLINE V mote_spread(const mote_real *p) {
  const mote_row a = p[0], b = p[1];
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
MOTE_INLINE V mote_spread_quad(mote_quad q, int part) {
  return part == 0 ? __builtin_shufflevector(q, q, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
                   : __builtin_shufflevector(q, q, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
}
MOTE_INLINE V mote_repeat(const mote_real *p) {
  const mote_row v = *(const mote_row *)p;
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
}
MOTE_INLINE I mote_spread_code(const int32_t *p) {
  const mote_code_row a = p[0], b = p[1];
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
MOTE_INLINE I mote_repeat_code(const int32_t *p) {
  const mote_code_row v = *(const mote_code_row *)p;
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
}
MOTE_INLINE mote_sum_row mote_fold(I v) { return __builtin_convertvector(v.lo + v.hi, mote_sum_row); }
MOTE_INLINE mote_sum_row mote_fold_top(I v) {
  return __builtin_convertvector(__builtin_elementwise_max(v.lo, v.hi), mote_sum_row);
}
MOTE_INLINE mote_whole_row mote_row_of(I v, int row) { return row == 0 ? v.lo : v.hi; }

// The totals of four rows of 8, of which halves can be added without overflow.
MOTE_INLINE mote_sum_half mote_sum_rows(const I *v) {
  const I halved = __builtin_shufflevector(v[0], v[1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
                   __builtin_shufflevector(v[0], v[1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  const mote_sum_row a = __builtin_convertvector(halved.lo, mote_sum_row), b = __builtin_convertvector(halved.hi, mote_sum_row);
  // Of each row two numbers beside two of the row two further on.
  const mote_sum_row pairs = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
                             __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  return __builtin_shufflevector(pairs, pairs, 0, 4, 1, 5) + __builtin_shufflevector(pairs, pairs, 2, 6, 3, 7);
}
#endif
#define MOTE_PARTS (MOTE_GROUP / MOTE_ROWS)   // vectors in a tile of 4 by 8 pairs

// One number of a table for each lane. Small tables are held in a register; Swift pads their memory to a whole one.
#ifndef MOTE_TABLE_ENTRIES
#define MOTE_TABLE_ENTRIES 0   // not known
#endif
MOTE_INLINE V mote_lookup(const mote_real *table, I at) {
#if defined(__AVX512F__) && MOTE_TABLE_ENTRIES > 0 && MOTE_TABLE_ENTRIES <= MOTE_LANES
#if MOTE_DOUBLE
  return (V)__builtin_ia32_permvardf512(*(const V *)table, at);
#else
  return (V)__builtin_ia32_permvarsf512(*(const V *)table, at);
#endif
#elif MOTE_TABLE_ENTRIES > 0 && MOTE_TABLE_ENTRIES <= 4
  V found = (V)table[0];
  for (int entry = 1; entry < MOTE_TABLE_ENTRIES; entry++) found = at == entry ? (V)table[entry] : found;
  return found;
#else
  V found;
  for (int lane = 0; lane < MOTE_LANES; lane++) found[lane] = table[at[lane]];
  return found;
#endif
}
