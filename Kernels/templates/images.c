// Sums over waves: the amplitudes of particles' weights, and what waves of given amplitudes give to particles. Particles lie in lanes.
#include <math.h>
#include <stdlib.h>
enum {
  mote_wave_lanes = 8,
  mote_wave_vectors = 4,
  mote_wave_block = mote_wave_lanes * mote_wave_vectors,   // particles of which all turns stay in a near cache
};
typedef double mote_wave_vector __attribute__((ext_vector_type(8)));
#define MOTE_IMAGES_INLINE static inline __attribute__((always_inline))

// exp(i n 2 pi x / side) of a block.
typedef struct {
  mote_wave_vector re[mote_wave_vectors], im[mote_wave_vectors];
} mote_turns;

// The product of two; `sense` -1: with the conjugate of the second.
MOTE_IMAGES_INLINE void mote_turn_by(const mote_turns *a, const mote_turns *b, double sense, mote_turns *product) {
  for (int v = 0; v < mote_wave_vectors; v++) {
    const mote_wave_vector im = sense * b->im[v];
    product->re[v] = a->re[v] * b->re[v] - a->im[v] * im;
    product->im[v] = a->re[v] * im + a->im[v] * b->re[v];
  }
}

// Turns of all wave numbers from 0 on along each axis, of the block from particle `begin` on.
static void mote_find_turns(const mote_images_call *call, int64_t begin, mote_turns *const *turns) {
  for (int axis = 0; axis < 3; axis++) {
    mote_turns *const own = turns[axis];
    for (int v = 0; v < mote_wave_vectors; v++) own[0].re[v] = (mote_wave_vector)1, own[0].im[v] = (mote_wave_vector)0;
    if (call->most[axis] == 0) continue;
    for (int l = 0; l < mote_wave_block; l++) {
      const int64_t particle = begin + l < call->count ? begin + l : call->count - 1;
      const double share = call->positions[axis][particle] / call->side[axis], angle = 2 * M_PI * (share - rint(share));
      own[1].re[l / mote_wave_lanes][l % mote_wave_lanes] = cos(angle);
      own[1].im[l / mote_wave_lanes][l % mote_wave_lanes] = sin(angle);
    }
    for (int n = 2; n <= call->most[axis]; n++) mote_turn_by(&own[n / 2], &own[n - n / 2], 1, &own[n]);
  }
}

// Memory for the turns along each axis.
static mote_turns *mote_make_turns(const mote_images_call *call, mote_turns **turns) {
  const int64_t counts[3] = {call->most[0] + 1, call->most[1] + 1, call->most[2] + 1};
  mote_turns *const memory = aligned_alloc(64, sizeof *memory * (size_t)(counts[0] + counts[1] + counts[2]));
  turns[0] = memory, turns[1] = memory + counts[0], turns[2] = turns[1] + counts[1];
  return memory;
}

// The turn of a row along all axes but the first.
MOTE_IMAGES_INLINE void mote_turn_across(const mote_wave_row *row, mote_turns *const *turns, mote_turns *across) {
  const mote_turns one = {.re = {1, 1, 1, 1}};
  mote_turns second;
  mote_turn_by(&one, &turns[1][abs(row->second)], row->second < 0 ? -1 : 1, &second);
  mote_turn_by(&second, &turns[2][abs(row->third)], row->third < 0 ? -1 : 1, across);
}

MOTE_IMAGES_INLINE double mote_wave_total(mote_wave_vector v) {
  const __typeof__(v.lo) half = v.lo + v.hi;
  const __typeof__(half.lo) pair = half.lo + half.hi;
  return pair[0] + pair[1];
}

// The weights of a block, 0 beyond the last particle.
MOTE_IMAGES_INLINE void mote_take_weights(const double *weights, int64_t count, mote_wave_vector *taken) {
  for (int l = 0; l < mote_wave_block; l++) taken[l / mote_wave_lanes][l % mote_wave_lanes] = l < count ? weights[l] : 0;
}

// Adds the sum of weight exp(i k x) over the blocks begin ..< end: for each weight real parts of all waves, then imaginary ones.
void mote_images_gather(const mote_images_call *call, int64_t begin, int64_t end, double *amplitudes) {
  mote_turns *turns[3], *const memory = mote_make_turns(call, turns);
  for (int64_t block = begin; block < end; block++) {
    const int64_t first = block * mote_wave_block;
    mote_find_turns(call, first, turns);
    for (int32_t w = 0; w < call->weight_count; w++) {
      double *const re = amplitudes + 2 * w * call->wave_count, *const im = re + call->wave_count;
      mote_wave_vector weight[mote_wave_vectors];
      mote_take_weights(call->weights[w] + first, call->count - first, weight);
      for (int64_t r = 0; r < call->row_count; r++) {
        const mote_wave_row row = call->rows[r];
        mote_turns across;
        mote_turn_across(&row, turns, &across);
        for (int v = 0; v < mote_wave_vectors; v++) across.re[v] *= weight[v], across.im[v] *= weight[v];
        for (int32_t n = 0; n < row.count; n++) {
          const mote_turns *const along = &turns[0][row.first + n];
          mote_wave_vector a = (mote_wave_vector)0, b = (mote_wave_vector)0;
          for (int v = 0; v < mote_wave_vectors; v++) {
            a += along->re[v] * across.re[v] - along->im[v] * across.im[v];
            b += along->re[v] * across.im[v] + along->im[v] * across.re[v];
          }
          re[row.at + n] += mote_wave_total(a), im[row.at + n] += mote_wave_total(b);
        }
      }
    }
  }
  free(memory);
}

// What all waves give to a block in `many` outputs from `output` on.
MOTE_IMAGES_INLINE void mote_give_some(const mote_images_call *call, int64_t first, mote_turns *const *turns, int32_t output,
                                       const int many) {
  mote_wave_vector given[many][mote_wave_vectors];
  for (int o = 0; o < many; o++)
    for (int v = 0; v < mote_wave_vectors; v++) given[o][v] = (mote_wave_vector)call->constants[output + o];
  for (int64_t r = 0; r < call->row_count; r++) {
    const mote_wave_row row = call->rows[r];
    mote_turns across;
    mote_turn_across(&row, turns, &across);
    for (int32_t n = 0; n < row.count; n++) {
      mote_turns turn;
      mote_turn_by(&across, &turns[0][row.first + n], 1, &turn);
      for (int o = 0; o < many; o++) {
        const double re = call->re[output + o][row.at + n], im = call->im[output + o][row.at + n];
        for (int v = 0; v < mote_wave_vectors; v++) given[o][v] += re * turn.re[v] - im * turn.im[v];
      }
    }
  }
  const int64_t left = call->count - first;
  for (int o = 0; o < many; o++) {
    mote_wave_vector weight[mote_wave_vectors];
    for (int32_t w = 0; w < call->weight_count; w++) {
      mote_take_weights(call->weights[w] + first, left, weight);
      for (int v = 0; v < mote_wave_vectors; v++) given[o][v] -= call->own[(output + o) * call->weight_count + w] * weight[v];
    }
    mote_take_weights(call->weights[call->receivers[output + o]] + first, left, weight);
    for (int l = 0; l < mote_wave_block && l < left; l++)
      call->sums[output + o][first + l] +=
        weight[l / mote_wave_lanes][l % mote_wave_lanes] * given[o][l / mote_wave_lanes][l % mote_wave_lanes];
  }
}

// Gives to the particles of the blocks begin ..< end.
void mote_images_give(const mote_images_call *call, int64_t begin, int64_t end) {
  mote_turns *turns[3], *const memory = mote_make_turns(call, turns);
  for (int64_t block = begin; block < end; block++) {
    const int64_t first = block * mote_wave_block;
    mote_find_turns(call, first, turns);
    for (int32_t output = 0; output < call->outputs; output += 3) {
      const int32_t many = call->outputs - output;
      if (many >= 3) mote_give_some(call, first, turns, output, 3);
      else if (many == 2) mote_give_some(call, first, turns, output, 2);
      else mote_give_some(call, first, turns, output, 1);
    }
  }
  free(memory);
}

// What follows works on one number for each wave; imaginary parts of amplitudes come after the real ones.

// Adds coefficient * integral * k_x^a k_y^b k_z^c.
void mote_images_add_term(double coefficient, const double *integral, const double *const *vectors, const int32_t *exponents,
                          int32_t space, int64_t waves, double *values) {
  for (int64_t k = 0; k < waves; k++) {
    double value = coefficient * integral[k];
    for (int32_t axis = 0; axis < space; axis++)
      for (int32_t n = 0; n < exponents[axis]; n++) value *= vectors[axis][k];
    values[k] += value;
  }
}

// Adds factor * transform * (conjugate of the amplitude); an odd transform is imaginary.
void mote_images_add_wave(double factor, const double *transform, int32_t odd, const double *amplitude, int64_t waves, double *re,
                          double *im) {
  const double *const first = odd ? amplitude + waves : amplitude, *const second = odd ? amplitude : amplitude + waves;
  const double sense = odd ? factor : -factor;
  for (int64_t k = 0; k < waves; k++) re[k] += factor * transform[k] * first[k], im[k] += sense * transform[k] * second[k];
}

// The sum of the real part of transform * to * (conjugate of from).
double mote_images_correlate(const double *transform, int32_t odd, const double *to, const double *from, int64_t waves) {
  const double *const other = odd ? from + waves : from, *const last = odd ? from : from + waves, sense = odd ? -1 : 1;
  double sum = 0;
  for (int64_t k = 0; k < waves; k++) sum += transform[k] * (to[k] * other[k] + sense * to[waves + k] * last[k]);
  return sum;
}
