// What passes over meetings use; the generated functions follow this text.

// A difference of coordinates, to the nearest periodic image; the side is 0 where it is not periodic.
static inline double mote_nearest(double difference, double side) {
  return side > 0 ? difference - side * rint(difference / side) : difference;
}

// Meetings are worked on in blocks of MOTE_MEETINGS, a multiple of 8, whose numbers lie side by side in lanes.
#define MOTE_ALWAYS static inline __attribute__((always_inline))
#define MOTE_IN_LANES _Pragma("clang loop vectorize(enable) unroll(disable)")
typedef int mote_choice(const mote_meeting_call *call, const int64_t *meeting, int count, int64_t *chosen);
typedef void mote_meeting_block(const mote_meeting_call *call, const int64_t *meeting, int count);

// How much a pass reads and writes: of each end numbers in a row, and in a row of sums; of the meetings columns, and new ones.
typedef struct { int ends, width, sums, columns, next; } mote_extent;

// Asks for the rows of the ends of a block's meetings before they are needed: members lie too far apart to stay in the nearest cache.
// The columns of meetings are too many streams to be foreseen; those of several blocks later come from farther away.
MOTE_ALWAYS void mote_fetch_ahead(const mote_meeting_call *call, int64_t begin, int64_t end, mote_extent extent) {
  for (int64_t m = begin + 64; m < begin + 64 + MOTE_MEETINGS; m += 8) {
    for (int c = 0; c < extent.columns; c++) __builtin_prefetch(call->columns[c] + m);
    for (int c = 0; c < extent.next; c++) __builtin_prefetch(call->next[c] + m, 1);
  }
  for (int64_t m = begin; m < end; m++)
    for (int e = extent.ends > 1; e < extent.ends; e++) {   // first ends lie in their order, as meetings do
      const int64_t at = call->ends[extent.ends * m + e];
      for (int k = 0; k < extent.width; k += 8) __builtin_prefetch(call->rows + at * extent.width + k);
      for (int k = 0; k < extent.sums; k += 8) __builtin_prefetch(call->sums + at * extent.sums + k, 1);
    }
}

// Gathers the meetings that are chosen into full blocks; what is left over fills a last block with repetitions, which do not count.
// Where nothing chooses, all meet.
MOTE_ALWAYS void mote_blocks(const mote_meeting_call *call, int64_t begin, int64_t end, mote_extent extent, mote_choice choose,
                            mote_meeting_block block) {
  int64_t meeting[MOTE_MEETINGS], chosen[2 * MOTE_MEETINGS];
  int many = 0;
  for (int64_t first = begin; first < end; first += MOTE_MEETINGS) {
    const int64_t next = first + MOTE_MEETINGS, beyond = next + MOTE_MEETINGS;
    const int count = next > end ? (int)(end - first) : MOTE_MEETINGS;
    if (next < end) mote_fetch_ahead(call, next, beyond < end ? beyond : end, extent);
    for (int n = 0; n < MOTE_MEETINGS; n++) meeting[n] = first + (n < count ? n : 0);
    if (!choose) {
      block(call, meeting, count);
      continue;
    }
    many += choose(call, meeting, count, chosen + many);
    if (many < MOTE_MEETINGS) continue;
    block(call, chosen, MOTE_MEETINGS);
    many -= MOTE_MEETINGS;
    for (int n = 0; n < many; n++) chosen[n] = chosen[MOTE_MEETINGS + n];
  }
  if (many == 0) return;
  for (int n = many; n < MOTE_MEETINGS; n++) chosen[n] = chosen[0];
  block(call, chosen, many);
}

// Own numbers of meetings that follow one another, for those of them that are not chosen: as they were, or forgotten.
static inline void mote_leave(const mote_meeting_call *call, int own, int column, int forgets, int64_t first, int count) {
  const double *const from = call->columns[column] + first;
  double *restrict const to = call->next[own] + first;
  for (int n = 0; n < count; n++) to[n] = forgets ? 0 : from[n];
}

// The places of one of the ends of each meeting, and the numbers of a column of the meetings themselves. Where all meet, those of a
// full block follow one another, and nothing needs to be gathered.
MOTE_ALWAYS void mote_take_ends(const mote_meeting_call *call, int end, int ends, const int64_t *meeting, int follow, int64_t *at) {
  const int32_t *const from = call->ends + ends * meeting[0] + end;
  if (follow)
    for (int n = 0; n < MOTE_MEETINGS; n++) at[n] = from[ends * n];
  else
    for (int n = 0; n < MOTE_MEETINGS; n++) at[n] = call->ends[ends * meeting[n] + end];
}
MOTE_ALWAYS const double *mote_take_own(const mote_meeting_call *call, int column, const int64_t *meeting, int follow,
                                       double *gathered) {
  const double *const from = call->columns[column];
  if (follow) return from + meeting[0];
  for (int n = 0; n < MOTE_MEETINGS; n++) gathered[n] = from[meeting[n]];
  return gathered;
}

typedef int64_t mote_eight __attribute__((ext_vector_type(8), aligned(8)));
typedef int64_t mote_four __attribute__((ext_vector_type(4), aligned(8)));
typedef double mote_numbers __attribute__((ext_vector_type(8), aligned(8)));

// Four columns of eight, whose halves become the rows 0 to 3 and 4 to 7; and back.
MOTE_ALWAYS void mote_transpose_half(mote_eight *r) {
  mote_eight a[4];
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k += 2) {
    a[k] = __builtin_shufflevector(r[k], r[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[k + 1] = __builtin_shufflevector(r[k], r[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < 2; k++) {
    r[k] = __builtin_shufflevector(a[k], a[k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    r[k + 2] = __builtin_shufflevector(a[k], a[k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
  }
}

// Eight rows of eight become eight columns.
MOTE_ALWAYS void mote_transpose(mote_eight *r) {
  mote_transpose_half(r);
  mote_transpose_half(r + 4);
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    const mote_eight low = r[k], high = r[k + 4];
    r[k] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11);
    r[k + 4] = __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// The numbers first ..< first + 8 of the rows of members, as columns.
MOTE_ALWAYS void mote_take_rows(const mote_meeting_call *call, const int64_t *at, int width, int first,
                                double (*numbers)[MOTE_MEETINGS]) {
  for (int n = 0; n < MOTE_MEETINGS; n += 8) {
    mote_eight r[8];
    for (int m = 0; m < 8; m++) r[m] = *(const mote_eight *)(call->rows + at[n + m] * width + first);
    mote_transpose(r);
    for (int k = 0; k < 8; k++) *(mote_eight *)(numbers[first + k] + n) = r[k];
  }
}

// The numbers first ..< first + 4 alone.
MOTE_ALWAYS void mote_take_half_rows(const mote_meeting_call *call, const int64_t *at, int width, int first,
                                     double (*numbers)[MOTE_MEETINGS]) {
  for (int n = 0; n < MOTE_MEETINGS; n += 8) {
    mote_eight r[4];
    for (int m = 0; m < 4; m++) {
      r[m].lo = *(const mote_four *)(call->rows + at[n + m] * width + first);
      r[m].hi = *(const mote_four *)(call->rows + at[n + m + 4] * width + first);
    }
    mote_transpose_half(r);
    for (int k = 0; k < 4; k++) *(mote_eight *)(numbers[first + k] + n) = r[k];
  }
}

// One of the numbers of the rows of members.
MOTE_ALWAYS void mote_take_number(const mote_meeting_call *call, const int64_t *at, int width, int place, double *numbers) {
  for (int n = 0; n < MOTE_MEETINGS; n++) numbers[n] = call->rows[at[n] * width + place];
}

static inline void mote_require(const mote_meeting_call *call, const int64_t *meeting, const int32_t *kept, int count) {
  for (int n = 0; n < count; n++)
    if (!kept[n] && meeting[n] < *call->failed) *call->failed = meeting[n];
}

// Bits are compared as whole numbers: in that order what is not finite is the largest of all, and stays.
MOTE_ALWAYS void mote_whole_parts(const mote_meeting_call *call, int outcome, const double *given, int adds, int64_t *whole) {
  mote_eight largest = 0;
  const double scale = call->scales[outcome];
  for (int n = 0; n < MOTE_MEETINGS; n += 8)
    largest = __builtin_elementwise_max(largest, *(const mote_eight *)(given + n) & (mote_eight)INT64_MAX);
  for (int n = 0; n < MOTE_MEETINGS; n++) whole[n] = (adds ? whole[n] : 0) + mote_whole_number(given[n] * scale);
  const uint64_t size = (uint64_t)__builtin_reduce_max(largest);
  if (size > call->largest[outcome]) call->largest[outcome] = size;
}

// What one end is given is the opposite of what the other one is.
MOTE_ALWAYS void mote_opposite_parts(const int64_t *others, int adds, int64_t *whole) {
  for (int n = 0; n < MOTE_MEETINGS; n++) whole[n] = (adds ? whole[n] : 0) - others[n];
}

// Adds what meetings give to the numbers of an end, one column for each number, to the rows of sums.
MOTE_ALWAYS void mote_contribute(const mote_meeting_call *call, const int64_t *at, int width, int numbers,
                                 int64_t (*whole)[MOTE_MEETINGS], int count) {
  if (call->is_shared) {
    for (int n = 0; n < count; n++)
      for (int k = 0; k < numbers; k++)
        if (whole[k][n] != 0) __atomic_fetch_add(call->sums + at[n] * width + k, whole[k][n], __ATOMIC_RELAXED);
    return;
  }
  if (numbers <= 2) {
    for (int n = 0; n < count; n++)
      for (int k = 0; k < numbers; k++) call->sums[at[n] * width + k] += whole[k][n];
    return;
  }
  if (numbers <= 4) {
    for (int n = 0; n < count; n += 8) {
      mote_eight r[4];
      const int several = count - n < 8 ? count - n : 8;
      for (int k = 0; k < 4; k++) r[k] = *(const mote_eight *)(whole[k] + n);
      mote_transpose_half(r);
      for (int m = 0; m < several; m++)
        *(mote_four *)(call->sums + at[n + m] * width) += m < 4 ? r[m].lo : r[m - 4].hi;
    }
    return;
  }
  for (int first = 0; first < width; first += 8)
    for (int n = 0; n < count; n += 8) {
      mote_eight r[8];
      const int several = count - n < 8 ? count - n : 8;
      for (int k = 0; k < 8; k++) r[k] = *(const mote_eight *)(whole[first + k] + n);
      mote_transpose(r);
      for (int m = 0; m < several; m++) *(mote_eight *)(call->sums + at[n + m] * width + first) += r[m];
    }
}

static inline void mote_add_up(const mote_meeting_call *call, int outcome, const double *given, int count) {
  int64_t whole[MOTE_MEETINGS], sum = 0;
  mote_whole_parts(call, outcome, given, 0, whole);
  for (int n = 0; n < count; n++) sum += whole[n];
  call->totals[outcome] += sum;
}

// Tells that a meeting was marked.
static inline void mote_report(const mote_meeting_call *call, int outcome) {
  const union { double number; uint64_t bits; } one = {1};
  call->largest[outcome] = one.bits;
}

// Marks those meetings for which something else than 0 is given, which is rare.
static inline void mote_mark(const mote_meeting_call *call, int outcome, int column, const int64_t *meeting, const double *given,
                             int count) {
  double any = 0;
  for (int n = 0; n < MOTE_MEETINGS; n++) any += given[n];
  if (any == 0) return;
  for (int n = 0; n < count; n++)
    if (given[n] != 0) call->columns[column][meeting[n]] = 1, mote_report(call, outcome);
}

// What a meeting that acts in its turn adds to a column, at once.
static inline void mote_change(const mote_meeting_call *call, int outcome, double *place, double change) {
  union { double number; uint64_t bits; } size = {fabs(change)};
  if (size.bits > call->largest[outcome]) call->largest[outcome] = size.bits;
  *place += change;
}

// Numbers as whole numbers in the same order, and back.
static inline int64_t mote_ordered(double value) {
  union { double number; int64_t bits; } whole = {value};
  return whole.bits ^ ((whole.bits >> 63) & INT64_MAX);
}
static inline double mote_unordered(int64_t whole) {
  union { int64_t bits; double number; } value = {whole ^ ((whole >> 63) & INT64_MAX)};
  return value.number;
}

// The greatest value that meetings give to a place; of opposite values, where the least is wanted.
static inline void mote_raise(const mote_meeting_call *call, int outcome, const int64_t *place, const double *given, double sign,
                              int count) {
  for (int n = 0; n < count; n++) {
    const int64_t whole = mote_ordered(sign * given[n]);
    int64_t *at = call->extremes[outcome] + place[n], old = __atomic_load_n(at, __ATOMIC_RELAXED);
    while (whole > old && !__atomic_compare_exchange_n(at, &old, whole, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) continue;
  }
}

// Puts the values that were found into a column, `sign` times, and clears them; a place without meetings keeps its value.
void mote_meeting_settle(int64_t *found, double sign, double *column, int64_t begin, int64_t end) {
  for (int64_t m = begin; m < end; m++) {
    if (found[m] != INT64_MIN) column[m] = sign * mote_unordered(found[m]);
    found[m] = 0;
  }
}

// Puts columns of members side by side, row by row.
void mote_meeting_pack(double *const *columns, int64_t count, int64_t width, double *rows, int64_t begin, int64_t end) {
  const int64_t whole = begin + (end - begin) / 8 * 8;
  for (int64_t first = 0; first < width; first += 8) {
    const int64_t several = count - first < 8 ? count - first : 8;
    for (int64_t m = begin; m < whole; m += 8) {
      mote_eight r[8] = {0};
      for (int64_t k = 0; k < several; k++) r[k] = *(const mote_eight *)(columns[first + k] + m);
      mote_transpose(r);
      for (int k = 0; k < 8; k++) *(mote_eight *)(rows + (m + k) * width + first) = r[k];
    }
  }
  for (int64_t m = whole; m < end; m++)
    for (int64_t k = 0; k < count; k++) rows[m * width + k] = columns[k][m];
}

// Turns rows of sums, of which there are so many copies of `members`, into numbers of units, added to columns or in their place, and
// clears them.
void mote_meeting_collect(int64_t *sums, int64_t copies, int64_t members, int64_t width, int64_t count, const double *units,
                          const int32_t *adds, double *const *columns, int64_t begin, int64_t end) {
  const int64_t whole = begin + (end - begin) / 8 * 8;
  for (int64_t first = 0; first < width; first += 8) {
    const int64_t several = count - first < 8 ? count - first : 8;
    for (int64_t m = begin; m < whole; m += 8) {
      mote_eight r[8] = {0};
      for (int64_t copy = 0; copy < copies; copy++)
        for (int k = 0; k < 8; k++) {
          mote_eight *const row = (mote_eight *)(sums + (copy * members + m + k) * width + first);
          r[k] += *row;
          *row = (mote_eight)0;
        }
      mote_transpose(r);
      for (int64_t k = 0; k < several; k++) {
        mote_numbers *const to = (mote_numbers *)(columns[first + k] + m);
        const mote_numbers found = __builtin_convertvector(r[k], mote_numbers) * units[first + k];
        *to = adds[first + k] ? *to + found : found;
      }
    }
  }
  for (int64_t m = whole; m < end; m++) {
    for (int64_t k = 0; k < count; k++) {
      int64_t sum = 0;
      for (int64_t copy = 0; copy < copies; copy++) sum += sums[(copy * members + m) * width + k];
      columns[k][m] = (adds[k] ? columns[k][m] : 0) + (double)sum * units[k];
    }
    for (int64_t copy = 0; copy < copies; copy++)
      for (int64_t k = 0; k < width; k++) sums[(copy * members + m) * width + k] = 0;
  }
}
