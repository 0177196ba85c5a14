// The order of particles in memory: columns of cells, within a column sorted along the last axis, cut into clusters.
#include <stdint.h>
#include <string.h>
#define MOTE_STRIPE 8   // columns are visited in stripes of this width, so that neighbours stay near in memory
#define MOTE_DIGIT 11

// Puts particles back into periodic sides, counting the crossings, and widens the bounds.
void mote_wrap(double *const *x, int32_t *const *images, const mote_region *region, int64_t count, double *low, double *high) {
  for (int k = 0; k < MOTE_SPACE; k++) {
    double *at = x[k], least = at[0], most = at[0];
    int32_t *image = images[k];
    const double side = region->side[k], origin = region->origin[k], top = origin + side;
    if (region->periodic[k])
      for (int64_t i = 0; i < count; i++) {
        const double crossed = __builtin_floor((at[i] - origin) / side);
        double moved = at[i] - crossed * side;
        moved = moved < origin ? origin : moved;
        image[i] += (int32_t)crossed;
        at[i] = moved >= top ? origin : moved;
      }
    for (int64_t i = 0; i < count; i++) {
      least = at[i] < least ? at[i] : least;
      most = at[i] > most ? at[i] : most;
    }
    low[k] = least, high[k] = most;
  }
}

static inline uint64_t mote_bin(double x, double low, double scale, int64_t bins) {
  const int64_t bin = (int64_t)((x - low) * scale);
  return (uint64_t)(bin < 0 ? 0 : bin >= bins ? bins - 1 : bin);
}

static void mote_key_columns(const mote_order *order, double *const *x) {
  const int64_t across = order->columns_along[0], along = order->columns_along[1];
  for (int64_t i = 0; i < order->count; i++) {
    const uint64_t a = MOTE_SPACE > 1 ? mote_bin(x[0][i], order->low[0], 1 / order->width[0], across) : 0;
    const uint64_t b = MOTE_SPACE > 2 ? mote_bin(x[1][i], order->low[1], 1 / order->width[1], along) : 0;
    order->keys[i] = ((b / MOTE_STRIPE * (uint64_t)across + a) * MOTE_STRIPE + b % MOTE_STRIPE) << 32 | (uint64_t)i;
  }
}

// Sorts by the column of the keys, stably, least significant digit first.
static void mote_sort_columns(mote_order *order) {
  const uint64_t stripes = ((uint64_t)order->columns_along[1] + MOTE_STRIPE - 1) / MOTE_STRIPE;
  const uint64_t top = stripes * (uint64_t)order->columns_along[0] * MOTE_STRIPE;
  int64_t places[1 << MOTE_DIGIT];
  for (int shift = 32; shift < 64 && top >> (shift - 32) != 0; shift += MOTE_DIGIT) {
    const uint64_t digit = (1u << MOTE_DIGIT) - 1;
    memset(places, 0, sizeof places);
    for (int64_t i = 0; i < order->count; i++) places[order->keys[i] >> shift & digit]++;
    for (int64_t k = 0, sum = 0; k < 1 << MOTE_DIGIT; k++) {
      const int64_t many = places[k];
      places[k] = sum;
      sum += many;
    }
    for (int64_t i = 0; i < order->count; i++) order->scratch[places[order->keys[i] >> shift & digit]++] = order->keys[i];
    uint64_t *const sorted = order->scratch;
    order->scratch = order->keys;
    order->keys = sorted;
  }
}

static void mote_insert(uint64_t *keys, int64_t count) {
  for (int64_t i = 1; i < count; i++) {
    const uint64_t key = keys[i];
    int64_t at = i;
    for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
    keys[at] = key;
  }
}

// Merges sorted neighbours; what is in order already, as most of it after the first time, is not touched.
static void mote_merge(uint64_t *keys, uint64_t *scratch, int64_t middle, int64_t count) {
  if (middle >= count || keys[middle - 1] <= keys[middle]) return;
  memcpy(scratch, keys, sizeof *keys * (size_t)middle);
  int64_t a = 0, b = middle, to = 0;
  while (a < middle && b < count) keys[to++] = scratch[a] <= keys[b] ? scratch[a++] : keys[b++];
  while (a < middle) keys[to++] = scratch[a++];
}

static void mote_sort_one(uint64_t *keys, uint64_t *scratch, int64_t count) {
  const int64_t run = 16;
  for (int64_t i = 0; i < count; i += run) mote_insert(keys + i, i + run < count ? run : count - i);
  for (int64_t width = run; width < count; width *= 2)
    for (int64_t i = 0; i + width < count; i += 2 * width) {
      const int64_t left = count - i;
      mote_merge(keys + i, scratch, width, left < 2 * width ? left : 2 * width);
    }
}

// Sorts by column, then along the last axis, and cuts each column into clusters.
void mote_sort(mote_order *order, double *const *x) {
  const double *const last = x[MOTE_SPACE - 1], low = order->low[MOTE_SPACE - 1];
  const double extent = order->high[MOTE_SPACE - 1] - low, scale = extent > 0 ? 4294967040.0 / extent : 0;
  int64_t columns = 0, clusters = 0;
  mote_key_columns(order, x);
  mote_sort_columns(order);
  for (int64_t begin = 0, end; begin < order->count; begin = end) {
    const uint64_t column = order->keys[begin] >> 32;
    for (end = begin; end < order->count && order->keys[end] >> 32 == column; end++) {
      const uint64_t i = order->keys[end] & UINT32_MAX;
      order->keys[end] = (uint64_t)((last[i] - low) * scale) << 32 | i;
    }
    mote_sort_one(order->keys + begin, order->scratch, end - begin);
    order->column_keys[columns] = (uint32_t)column;
    order->column_first[columns++] = (int32_t)clusters;
    for (int64_t i = begin; i < end; i += MOTE_CLUSTER) order->cluster_first[clusters++] = (int32_t)i;
  }
  order->column_first[columns] = (int32_t)clusters;
  order->cluster_first[clusters] = (int32_t)order->count;
  order->column_count = columns;
  order->cluster_count = clusters;
}

void mote_permute_wide(const mote_order *order, const uint64_t *from, uint64_t *to) {
  for (int64_t i = 0; i < order->count; i++) to[i] = from[(uint32_t)order->keys[i]];
}

void mote_permute_narrow(const mote_order *order, const uint32_t *from, uint32_t *to) {
  for (int64_t i = 0; i < order->count; i++) to[i] = from[(uint32_t)order->keys[i]];
}

// How many pairs of a particle and a sample (every stride-th particle) are closer than `reach`, the sample itself left out.
int64_t mote_count_near(double *const *x, const mote_region *region, int64_t count, int64_t stride, double reach) {
  int64_t found = 0;
  for (int64_t j = 0; j < count; j += stride) {
    int64_t near = 0;
    for (int64_t i = 0; i < count; i++) {
      double r2 = 0;
      for (int k = 0; k < MOTE_SPACE; k++) {
        double d = x[k][i] - x[k][j];
        d -= region->periodic[k] ? region->side[k] * __builtin_rint(d / region->side[k]) : 0;
        r2 += d * d;
      }
      near += r2 < reach * reach;
    }
    found += near - 1;
  }
  return found;
}
