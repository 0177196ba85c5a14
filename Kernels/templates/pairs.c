// The loop over cluster pairs. The generated section before this text defines the macros and mote_pair.
//
// Every contribution is rounded to fixed point by itself and summed in integers: no order of summation, hence no number
// of threads, changes a result. The masked lanes of a diagonal tile see their i far away, where every law vanishes, so
// that all pairs run through the same instructions.
//
// In float, lanes are 32 bits wide and gather at most 2 * MOTE_RUN contributions before they are added to 64 bits: 4 of a
// tile for j, one for each partner of an entry for i.
#define MOTE_CHANNELS (MOTE_FORCE * MOTE_SPACE + MOTE_SUMS)
#define MOTE_SCALES (MOTE_FORCE + MOTE_SUMS)
#define MOTE_VIRIALS (MOTE_SPACE * (MOTE_SPACE + 1) / 2)

typedef struct {
  I own[MOTE_PARTS][MOTE_SOME(MOTE_CHANNELS)];
  I totals[1 + MOTE_VIRIALS];
  mote_bits largest[MOTE_SCALES + 2];
#if MOTE_EXTREMES
  I top[MOTE_PARTS][MOTE_EXTREMES];
#endif
} mote_gathered;

// How a sum of j follows from that of i: -1 opposite, 1 the same, 0 neither.
static const int mote_parity[MOTE_SOME(MOTE_SUMS)] = MOTE_PARITY;

MOTE_INLINE int mote_is_odd(int channel) {
  return channel < MOTE_FORCE * MOTE_SPACE || mote_parity[channel - MOTE_FORCE * MOTE_SPACE] == -1;
}

// Squares are compared as whole numbers: in that order what is not finite is the largest of all, and stays.
MOTE_INLINE void mote_keep_largest(mote_bits *largest, V squared) {
  *largest = __builtin_elementwise_max(*largest, __builtin_bit_cast(mote_bits, squared));
}

// A tile is 4 particles i against the 8 of a cluster j. It runs through three stages: the distances (mote_see), the law
// (mote_judge), the sums (mote_tally). The loop has three tiles in work, one in each stage, as the instructions of one
// tile wait for each other most of the time. What is quickly found anew is not carried from stage to stage, so that
// the numbers of all three stay in registers.
MOTE_INLINE void mote_see(const mote_pair_call *call, const mote_own *own, int32_t j, V *r2) {
  mote_other theirs;
  mote_pair_point p;
  mote_repeat_other(call, j, &theirs);
#pragma clang loop unroll(full)
  for (int part = 0; part < MOTE_PARTS; part++) {
    mote_point(own, &theirs, part, &p);
    r2[part] = p.r2;
  }
}

// Scales what one vector of pairs gives to fixed point, as the law has done with the force already, and watches how large it is.
MOTE_INLINE void mote_scale(const V *scale, V r2, mote_pair_outcome *o, mote_bits *largest, const int totals) {
#if MOTE_FORCE
#if MOTE_CENTRAL
  const V squared = o->ff * o->ff * r2;
#else
  V squared = (V)0;
  for (int k = 0; k < MOTE_SPACE; k++) squared += o->f[k] * o->f[k];
#endif
  mote_keep_largest(&largest[0], squared);
  if (totals) {
    const V rescale = scale[MOTE_SCALES + 1] / scale[0];
    mote_keep_largest(&largest[MOTE_SCALES + 1], squared * r2 * rescale * rescale);
  }
#endif
#if MOTE_SUMS
  for (int k = 0; k < MOTE_SUMS; k++) {
    const int law = MOTE_FORCE + k;
    o->sum_i[k] *= scale[law];
    mote_keep_largest(&largest[law], o->sum_i[k] * o->sum_i[k]);
    if (!MOTE_HALF || mote_parity[k] != 0) continue;
    o->sum_j[k] *= scale[law];
    mote_keep_largest(&largest[law], o->sum_j[k] * o->sum_j[k]);
  }
#endif
  if (totals) {
    o->e *= scale[MOTE_SCALES];
    mote_keep_largest(&largest[MOTE_SCALES], o->e * o->e);
  }
}

MOTE_INLINE void mote_judge(const mote_pair_call *call, const mote_uniforms *u, const V *scale, const mote_own *own,
                            int32_t j, const V *r2, mote_pair_outcome *o, mote_bits *largest, const int totals) {
  mote_other theirs;
  mote_pair_point p;
  mote_repeat_other(call, j, &theirs);
#pragma clang loop unroll(full)
  for (int part = 0; part < MOTE_PARTS; part++) {
    mote_point(own, &theirs, part, &p);
    p.r2 = r2[part];
    mote_pair(u, &p, &o[part]);
    mote_scale(scale, r2[part], &o[part], largest, totals);
  }
}

// Adds what one vector of pairs gives: to its i, to `other` (the reaction on j), and to the totals.
MOTE_INLINE void mote_add(const V *scale, const mote_pair_point *p, const mote_pair_outcome *o, I *own, I *other, I *sums,
                          const int totals) {
#if MOTE_FORCE
  V force[MOTE_SPACE];
  for (int k = 0; k < MOTE_SPACE; k++) {
    force[k] = MOTE_CENTRAL ? o->ff * p->d[k] : o->f[k];
    const I whole = mote_round(force[k]);
    own[k] += whole;
    other[k] += whole;
  }
#endif
#if MOTE_SUMS
  for (int k = 0; k < MOTE_SUMS; k++) {
    const int channel = MOTE_FORCE * MOTE_SPACE + k;
    const I whole = mote_round(o->sum_i[k]);
    own[channel] += whole;
    other[channel] += MOTE_HALF && mote_parity[k] == 0 ? mote_round(o->sum_j[k]) : whole;
  }
#endif
  if (!totals) return;
  sums[0] += mote_round(o->e);
#if MOTE_FORCE
  const V rescale = scale[MOTE_SCALES + 1] / scale[0];
  int entry = 1;
  for (int a = 0; a < MOTE_SPACE; a++)
    for (int b = a; b < MOTE_SPACE; b++) sums[entry++] += mote_round(p->d[a] * force[b] * rescale);
#endif
}

#if MOTE_EXTREMES
// The largest of all that pairs give is the same in any order. Numbers are compared as whole numbers of the same order.
MOTE_INLINE I mote_ordered(V v) {
  const I bits = __builtin_bit_cast(I, v), rest = (I)(mote_whole)((mote_bit)-1 >> 1);
  return v == v ? bits ^ (bits >> (8 * (int)sizeof(mote_whole) - 1) & rest) : rest;   // no number is the largest of all
}

MOTE_INLINE void mote_raise(const mote_pair_outcome *o, I *own, I *other) {
  for (int k = 0; k < MOTE_EXTREMES; k++) {
    own[k] = __builtin_elementwise_max(own[k], mote_ordered(o->top_i[k]));
    other[k] = __builtin_elementwise_max(other[k], mote_ordered(o->top_j[k]));
  }
}

MOTE_INLINE void mote_store_tops(const mote_pair_call *call, int32_t j, const I *other) {
  mote_sum_row *tops = (mote_sum_row *)call->extremes + (int64_t)j * MOTE_EXTREMES;
  for (int k = 0; k < MOTE_EXTREMES; k++) tops[k] = __builtin_elementwise_max(tops[k], mote_fold_top(other[k]));
}

MOTE_INLINE void mote_store_own_tops(const mote_pair_call *call, int64_t group, const mote_gathered *g) {
  int64_t *tops = call->extremes + group / 2 * MOTE_EXTREMES * 8 + (group & 1) * MOTE_GROUP;
  for (int k = 0; k < MOTE_EXTREMES; k++)
    for (int l = 0; l < MOTE_GROUP; l++) {
      const int64_t top = __builtin_reduce_max(mote_row_of(g->top[l / MOTE_ROWS][k], l % MOTE_ROWS));
      if (top > tops[8 * k + l]) tops[8 * k + l] = top;
    }
}
#endif

MOTE_INLINE void mote_tally(const mote_pair_call *call, const V *scale, const mote_own *own, int32_t j,
                            const mote_pair_outcome *o, mote_gathered *g, const int totals) {
  mote_other theirs;
  mote_pair_point p;
  I other[MOTE_SOME(MOTE_CHANNELS)];
  mote_repeat_other(call, j, &theirs);
  for (int k = 0; k < MOTE_CHANNELS; k++) other[k] = (I)0;
#if MOTE_EXTREMES
  I tops[MOTE_EXTREMES];
  for (int k = 0; k < MOTE_EXTREMES; k++) tops[k] = mote_ordered((V)(mote_real)MOTE_LOWEST);
#endif
#pragma clang loop unroll(full)
  for (int part = 0; part < MOTE_PARTS; part++) {
    mote_point(own, &theirs, part, &p);
    mote_add(scale, &p, &o[part], g->own[part], other, g->totals, totals);
#if MOTE_EXTREMES
    mote_raise(&o[part], g->top[part], tops);
#endif
  }
#if MOTE_EXTREMES
  if (MOTE_HALF) mote_store_tops(call, j, tops);
#endif
  if (!MOTE_HALF) return;
  mote_sum_row *sums = (mote_sum_row *)call->sums + (int64_t)j * MOTE_CHANNELS;
  for (int k = 0; k < MOTE_CHANNELS; k++) {
    if (mote_is_odd(k)) sums[k] -= mote_fold(other[k]);
    else sums[k] += mote_fold(other[k]);
  }
}

// Asks for what a tile reads and writes before its turn comes: in a large world it lies in no near cache.
MOTE_INLINE void mote_prefetch(const mote_pair_call *call, int32_t j) {
  enum { line = 64, positions = MOTE_SPACE * 8 * sizeof(mote_real), sums = MOTE_CHANNELS * sizeof(mote_sum_row) };
  for (int at = 0; at < positions; at += line) __builtin_prefetch((const char *)call->positions + (int64_t)j * positions + at);
  for (int at = 0; MOTE_HALF && at < sums; at += line) __builtin_prefetch((char *)call->sums + (int64_t)j * sums + at, 1);
}

// The tiles of one group with the clusters j[0 ..< count].
MOTE_INLINE void mote_tiles(const mote_pair_call *call, const mote_uniforms *u, const V *scale, const mote_own *own,
                            const int32_t *j, int32_t count, mote_gathered *g, const int totals) {
  enum { ahead = 12 };
  V r2[MOTE_PARTS];
  mote_pair_outcome o[MOTE_PARTS];
  if (count <= 0) return;
  mote_see(call, own, j[0], r2);
  for (int32_t k = -1; k < count; k++) {
    if (k + ahead < count) mote_prefetch(call, j[k + ahead]);
    if (k >= 0) mote_tally(call, scale, own, j[k], o, g, totals);
    if (k + 1 < count) mote_judge(call, u, scale, own, j[k + 1], r2, o, g->largest, totals);
    if (k + 2 < count) mote_see(call, own, j[k + 2], r2);
  }
}

// Adds the lanes of the sums of i into memory.
MOTE_INLINE void mote_store_own(const mote_pair_call *call, int64_t group, const mote_gathered *g) {
  int64_t *sums = call->sums + group / 2 * MOTE_CHANNELS * 8 + (group & 1) * MOTE_GROUP;
  for (int k = 0; k < MOTE_CHANNELS; k++) {
    I lanes[MOTE_PARTS];
    for (int part = 0; part < MOTE_PARTS; part++) lanes[part] = g->own[part][k];
    *(mote_sum_half *)(sums + 8 * k) += mote_sum_rows(lanes);
  }
}

// Adds the lanes of one entry to a total of 96 bits: all pairs of a large crystal may give the same.
MOTE_INLINE void mote_add_total(int64_t *total, I lanes) {
  for (int lane = 0; lane < MOTE_LANES; lane++) {
    const int64_t whole = lanes[lane], low = total[1] + (whole & UINT32_MAX);
    total[0] += (whole >> 32) + (low >> 32);
    total[1] = low & UINT32_MAX;
  }
}

MOTE_INLINE void mote_run(const mote_pair_call *outer, int64_t begin, int64_t end, const int totals) {
  const mote_pair_call mine = *outer, *const call = &mine;   // of our own: no store can change it
  mote_uniforms u;
  V scale[MOTE_SCALES + 2];
  mote_gathered g;
  mote_read_uniforms(call, &u);
  u.scale = (mote_real)call->scales[0];
  for (int k = 0; k < MOTE_SCALES + 2 * totals; k++) scale[k] = (V)(mote_real)call->scales[k], g.largest[k] = (mote_bits)0;
  for (int64_t e = begin; e < end; e++) {
    const mote_entry entry = call->entries[e];
    mote_own own;
    mote_spread_own(call, &entry, &own);
    for (int part = 0; part < MOTE_PARTS; part++)
      for (int k = 0; k < MOTE_CHANNELS; k++) g.own[part][k] = (I)0;
#if MOTE_EXTREMES
    for (int part = 0; part < MOTE_PARTS; part++)
      for (int k = 0; k < MOTE_EXTREMES; k++) g.top[part][k] = mote_ordered((V)(mote_real)MOTE_LOWEST);
#endif
    for (int k = 0; k < 1 + MOTE_VIRIALS; k++) g.totals[k] = (I)0;
    const int diagonal = mote_has_diagonal(call, &entry);
    const int32_t *j = call->partners + entry.begin;
    if (diagonal) {
      mote_own parted = own;
      mote_part_diagonal(call, &entry, &parted);
      mote_tiles(call, &u, scale, &parted, j, 1, &g, totals);
    }
    mote_tiles(call, &u, scale, &own, j + diagonal, entry.end - entry.begin - diagonal, &g, totals);
    mote_store_own(call, entry.group, &g);
#if MOTE_EXTREMES
    mote_store_own_tops(call, entry.group, &g);
#endif
    if (totals)
      for (int k = 0; k < 1 + MOTE_VIRIALS; k++) mote_add_total(call->totals + 2 * k, g.totals[k]);
  }
  for (int k = 0; k < MOTE_SCALES + 2 * totals; k++) {
    const double top = (double)__builtin_bit_cast(mote_real, __builtin_reduce_max(g.largest[k]));
    if (!(top <= call->largest[k])) call->largest[k] = top;
  }
}

void mote_pairs(const mote_pair_call *call, int64_t begin, int64_t end) { mote_run(call, begin, end, 0); }
#if MOTE_TOTALS
void mote_pairs_with_totals(const mote_pair_call *call, int64_t begin, int64_t end) { mote_run(call, begin, end, 1); }
#endif
