// What passes over meetings use; the generated functions follow this text.

// A difference of coordinates, to the nearest periodic image; the side is 0 where it is not periodic.
static inline double mote_nearest(double difference, double side) {
  return side > 0 ? difference - side * rint(difference / side) : difference;
}

// Bits are compared as whole numbers: in that order what is not finite is the largest of all, and stays.
static inline int64_t mote_whole_part(const mote_meeting_call *call, int outcome, double value) {
  union { double number; uint64_t bits; } size = {fabs(value)};
  if (size.bits > call->largest[outcome]) call->largest[outcome] = size.bits;
  return mote_whole_number(value * call->scales[outcome]);
}

static inline void mote_contribute(const mote_meeting_call *call, int outcome, int64_t place, double value) {
  const int64_t whole = mote_whole_part(call, outcome, value);
  int64_t *sum = call->sums[outcome] + place;
  if (call->is_shared) __atomic_fetch_add(sum, whole, __ATOMIC_RELAXED);
  else *sum += whole;
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
static inline void mote_raise(const mote_meeting_call *call, int outcome, int64_t place, double value) {
  const int64_t whole = mote_ordered(value);
  int64_t *at = call->sums[outcome] + place, old = __atomic_load_n(at, __ATOMIC_RELAXED);
  while (whole > old)
    if (__atomic_compare_exchange_n(at, &old, whole, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return;
}

// Puts the values that were found into a column, `sign` times, and clears them; a place without meetings keeps its value.
void mote_meeting_settle(int64_t *found, double sign, double *column, int64_t begin, int64_t end) {
  for (int64_t m = begin; m < end; m++) {
    if (found[m] != INT64_MIN) column[m] = sign * mote_unordered(found[m]);
    found[m] = 0;
  }
}

// Turns sums, of which there are so many copies of `count` numbers, into numbers, added to a column or in its place, and clears them.
void mote_meeting_collect(int64_t *sums, int64_t copies, int64_t count, double unit, double *column, int32_t adds,
                          int64_t begin, int64_t end) {
  for (int64_t m = begin; m < end; m++) {
    int64_t sum = 0;
    for (int64_t copy = 0; copy < copies; copy++) {
      sum += sums[copy * count + m];
      sums[copy * count + m] = 0;
    }
    column[m] = (adds ? column[m] : 0) + (double)sum * unit;
  }
}
