// Between columns of doubles and clusters of 8 slots.
typedef double mote_double_row __attribute__((ext_vector_type(8), aligned(8)));
typedef int64_t mote_bits_row __attribute__((ext_vector_type(8)));
typedef mote_real mote_packed_row __attribute__((ext_vector_type(8)));

// Snaps positions to the grid and tells how far particles have moved from `reference` (which may be null).
// Columns must be readable 8 numbers beyond their end.
void mote_pack_positions(double *const *x, const mote_grid *grid, const int32_t *first, const void *reference, void *packed,
                         int64_t begin, int64_t end, mote_packed *found) {
  const mote_bits_row slots = {0, 1, 2, 3, 4, 5, 6, 7}, magnitude = (mote_bits_row)INT64_MAX;
  const double fine = 1 / grid->quantum;
  mote_packed_row moved = (mote_packed_row)0;
  mote_bits_row extent = (mote_bits_row)0;
  for (int64_t c = begin; c < end; c++) {
    const mote_bits_row occupied = slots < (int64_t)(first[c + 1] - first[c]);
    mote_packed_row r2 = (mote_packed_row)0;
    for (int k = 0; k < MOTE_SPACE; k++) {
      mote_double_row at = *(const mote_double_row *)(x[k] + first[c]) - grid->centre[k];
      const mote_double_row aside = grid->far * (1 + __builtin_convertvector(slots, mote_double_row));
      extent = __builtin_elementwise_max(extent, occupied & __builtin_bit_cast(mote_bits_row, at) & magnitude);
      at = occupied ? __builtin_elementwise_rint(at * fine) * grid->quantum : k == 0 ? aside : (mote_double_row)0;
      const mote_packed_row snapped = __builtin_convertvector(at, mote_packed_row);
      ((mote_packed_row *)packed)[c * MOTE_SPACE + k] = snapped;
      if (reference) {
        const mote_packed_row d = snapped - ((const mote_packed_row *)reference)[c * MOTE_SPACE + k];
        r2 += d * d;
      }
    }
    moved = __builtin_elementwise_max(moved, r2);
  }
  found->moved = (double)__builtin_reduce_max(moved);
  const int64_t bits = __builtin_reduce_max(extent);
  memcpy(&found->extent, &bits, sizeof bits);
}

// Packs further columns; a hole repeats the first particle of its cluster, so that its numbers are sound.
void mote_pack_extras(double *const *columns, int64_t count, const int32_t *first, void *packed, int64_t begin, int64_t end) {
  const mote_bits_row slots = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int64_t c = begin; c < end; c++) {
    const mote_bits_row occupied = slots < (int64_t)(first[c + 1] - first[c]);
    for (int64_t k = 0; k < count; k++) {
      const mote_double_row v = *(const mote_double_row *)(columns[k] + first[c]);
      const mote_double_row filled = occupied ? v : (mote_double_row)columns[k][first[c]];
      ((mote_packed_row *)packed)[c * count + k] = __builtin_convertvector(filled, mote_packed_row);
    }
  }
}

void mote_pack_codes(const int32_t *codes, const int32_t *first, int32_t *packed, int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; c++)
    for (int l = 0; l < MOTE_CLUSTER; l++) packed[8 * c + l] = codes[first[c] + l < first[c + 1] ? first[c] + l : first[c]];
}

void mote_pack_ids(const int64_t *ids, const int32_t *first, uint32_t *packed, int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; c++)
    for (int l = 0; l < MOTE_CLUSTER; l++)
      packed[8 * c + l] = (uint32_t)ids[first[c] + l < first[c + 1] ? first[c] + l : first[c]];
}

// Writes sums into columns of doubles, or adds them to what stands there.
void mote_unpack(const int64_t *sums, int64_t channels, const double *units, int32_t add, const int32_t *first,
                 double *const *columns, int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; c++) {
    const int count = first[c + 1] - first[c];
    for (int64_t k = 0; k < channels; k++) {
      mote_double_row v = __builtin_convertvector(((const mote_sum_row *)sums)[c * channels + k], mote_double_row) * units[k];
      double *to = columns[k] + first[c];
      if (count == MOTE_CLUSTER) {
        *(mote_double_row *)to = add ? v + *(const mote_double_row *)to : v;
      } else {
        for (int l = 0; l < count; l++) to[l] = add ? to[l] + v[l] : v[l];
      }
    }
  }
}

// Adds the sums of another thread to those of the first.
void mote_reduce(int64_t *sums, const int64_t *others, int64_t channels, int64_t begin, int64_t end) {
  for (int64_t k = begin * channels * MOTE_CLUSTER; k < end * channels * MOTE_CLUSTER; k++) sums[k] += others[k];
}

void mote_clear(int64_t *sums, int64_t channels, int64_t begin, int64_t end) {
  memset(sums + begin * channels * MOTE_CLUSTER, 0, sizeof *sums * (size_t)((end - begin) * channels * MOTE_CLUSTER));
}

// Extremes of one thread: as yet nothing was met.
void mote_clear_extremes(int64_t *tops, int64_t count) {
  for (int64_t k = 0; k < count; k++) tops[k] = INT64_MIN;
}

void mote_reduce_extremes(int64_t *tops, const int64_t *others, int64_t count) {
  for (int64_t k = 0; k < count; k++) tops[k] = others[k] > tops[k] ? others[k] : tops[k];
}

// Writes extremes into columns; what met nobody keeps its number. `signs`: -1 for a least, which is the largest of the opposites.
void mote_unpack_extremes(const int64_t *tops, int64_t channels, const double *signs, const int32_t *first, double *const *columns,
                          int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; c++)
    for (int64_t k = 0; k < channels; k++)
      for (int l = 0; l < first[c + 1] - first[c]; l++) {
        const int64_t top = tops[(c * channels + k) * MOTE_CLUSTER + l];
        if (top == INT64_MIN) continue;
        const mote_whole narrow = (mote_whole)top, bits = narrow >= 0 ? narrow : narrow ^ (mote_whole)((mote_bit)-1 >> 1);
        mote_real value;
        memcpy(&value, &bits, sizeof value);
        if (value != (mote_real)MOTE_LOWEST) columns[k][first[c] + l] = signs[k] * (double)value;
      }
}
