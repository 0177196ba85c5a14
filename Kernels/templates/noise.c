// Counter-based noise: Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Parallel random numbers: as easy as
// 1, 2, 3, SC11, 2011). A number depends on the seed, the step, the place in the law and the particle, and on nothing
// else, so that order, threads and ranks cannot change it.
#include <math.h>
#include <stdint.h>

typedef struct {
  uint32_t word[4];
} mote_block;

static inline __attribute__((always_inline)) mote_block mote_philox(mote_block counter, uint32_t key0, uint32_t key1) {
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    const uint64_t a = (uint64_t)0xD2511F53u * counter.word[0], b = (uint64_t)0xCD9E8D57u * counter.word[2];
    counter = (mote_block){{(uint32_t)(b >> 32) ^ counter.word[1] ^ key0, (uint32_t)b,
                            (uint32_t)(a >> 32) ^ counter.word[3] ^ key1, (uint32_t)a}};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

// What a number depends on beside the seed. That of a member: `place` tells apart the calls in a law, up to 2^13 of them with the
// components of each in the last two bits.
static inline __attribute__((always_inline)) mote_block mote_counter(int64_t step, uint32_t place, int64_t id) {
  return (mote_block){{(uint32_t)id, (uint32_t)((uint64_t)id >> 32), (uint32_t)step,
                       (uint32_t)((uint64_t)step >> 32) << 16 ^ place}};
}

// That of a pair whose ends have an order of their own, and of one of several ways from the first to the second.
static inline __attribute__((always_inline)) mote_block mote_way_counter(int64_t step, uint32_t place, uint32_t way,
                                                                         uint32_t first, uint32_t second) {
  return (mote_block){{first, second, (uint32_t)step, (uint32_t)((uint64_t)step >> 32) << 16 ^ place ^ 0x8000u ^ way << 16}};
}

// That of a pair, the same from both of its ends.
static inline __attribute__((always_inline)) mote_block mote_pair_counter(int64_t step, uint32_t place, uint32_t one,
                                                                          uint32_t other) {
  return mote_way_counter(step, place, 0, one < other ? one : other, one < other ? other : one);
}

// The block of a counter; `turn` tells apart the draws of one call.
static inline __attribute__((always_inline)) mote_block mote_noise(uint64_t seed, mote_block counter, uint32_t turn) {
  counter.word[3] ^= turn << 24;
  return mote_philox(counter, (uint32_t)seed, (uint32_t)(seed >> 32));
}

// 53 bits, between 0 and 1 and equal to neither.
static inline __attribute__((always_inline)) double mote_unit(uint32_t high, uint32_t low) {
  return ((double)(((uint64_t)high << 32 | low) >> 12) + 0.5) * 0x1p-52;
}

static inline __attribute__((always_inline)) double mote_uniform(uint64_t seed, mote_block counter) {
  const mote_block b = mote_noise(seed, counter, 0);
  return mote_unit(b.word[0], b.word[1]);
}

// ln u of a normal number u > 0, by the series of 2 artanh((m - 1)/(m + 1)), m in [sqrt(1/2), sqrt(2)): inline, so that loops over
// particles become vectors of any width.
static inline __attribute__((always_inline)) double mote_log_of(double u) {
  union { double number; int64_t bits; } whole = {u}, part;
  const int64_t exponent = (whole.bits - 0x3FE6A09E667F3BCD) >> 52;
  part.bits = whole.bits - (exponent << 52);
  const double s = (part.number - 1) / (part.number + 1), q = s * s;
  const double series = 1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9 + q * (1.0 / 11 + q * (1.0 / 13
                          + q * (1.0 / 15 + q * (1.0 / 17 + q * (1.0 / 19)))))))));
  return (double)(int32_t)exponent * 0.6931471805599453 + 2 * s * series;
}

// cos(2 pi u), or sin(2 pi u), of 0 < u < 1: Taylor series within an eighth of a turn.
static inline __attribute__((always_inline)) double mote_turned(double u, int wants_sine) {
  const double quarter = rint(4 * u), x = 6.283185307179586 * (u - 0.25 * quarter), q = x * x;
  const double sine = x * (1 + q * (-1.0 / 6 + q * (1.0 / 120 + q * (-1.0 / 5040 + q * (1.0 / 362880 + q * (-1.0 / 39916800
                        + q * (1.0 / 6227020800)))))));
  const double cosine = 1 + q * (-0.5 + q * (1.0 / 24 + q * (-1.0 / 720 + q * (1.0 / 40320 + q * (-1.0 / 3628800
                          + q * (1.0 / 479001600 + q * (-1.0 / 87178291200)))))));
  const int32_t turn = ((int32_t)quarter + (wants_sine ? 3 : 0)) & 3;
  const double value = turn & 1 ? sine : cosine;
  return turn == 1 || turn == 2 ? -value : value;
}

// One of the four normal numbers of a block (Box and Muller 1958), from uniform numbers of 32 bits.
static inline __attribute__((always_inline)) double mote_normal_of(mote_block b, int which) {
  const double first = ((double)b.word[which & 2] + 0.5) * 0x1p-32, second = ((double)b.word[(which & 2) + 1] + 0.5) * 0x1p-32;
  return sqrt(-2 * mote_log_of(first)) * mote_turned(second, which & 1);
}

// The components of one call differ in the last two bits of their place: they share a block.
static inline __attribute__((always_inline)) double mote_normal(uint64_t seed, mote_block counter) {
  const int which = counter.word[3] & 3;
  counter.word[3] |= 3;
  return mote_normal_of(mote_noise(seed, counter, 0), which);
}

// Chi squared of k degrees of freedom, as twice a gamma variable (G. Marsaglia, W. W. Tsang, ACM Trans. Math. Softw. 26
// (2000) 363).
static inline double mote_chi2(uint64_t seed, mote_block counter, double k) {
  if (!(k > 0)) return 0;
  const double shape = k < 2 ? k / 2 + 1 : k / 2, d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  double gamma = d;
  for (uint32_t turn = 1; turn < 255; turn += 2) {
    const double x = mote_normal_of(mote_noise(seed, counter, turn), 0), v = (1 + c * x) * (1 + c * x) * (1 + c * x);
    const mote_block b = mote_noise(seed, counter, turn + 1);
    if (v > 0 && log(mote_unit(b.word[0], b.word[1])) < 0.5 * x * x + d * (1 - v + log(v))) {
      gamma = d * v;
      break;
    }
  }
  const mote_block b = mote_noise(seed, counter, 0);
  return 2 * gamma * (k < 2 ? pow(mote_unit(b.word[0], b.word[1]), 2 / k) : 1);
}

// Poisson of a mean: by inversion up to 30, beyond that by the sum of a mean of at most 30 per draw.
static inline double mote_poisson(uint64_t seed, mote_block counter, double mean) {
  double total = 0;
  for (uint32_t turn = 0; mean > 0 && turn < 255; turn++) {
    const double part = mean < 30 || turn == 254 ? mean : 30;
    const mote_block b = mote_noise(seed, counter, turn);
    double left = mote_unit(b.word[0], b.word[1]), chance = exp(-part);
    for (int many = 1; left > chance && many < 1000; many++) {
      left -= chance;
      chance *= part / many;
      total++;
    }
    mean -= part;
  }
  return total;
}
