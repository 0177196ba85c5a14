// The loop over cluster pairs. The generated section before this text defines the macros and mote_pair.
//
// Every contribution is rounded to fixed point by itself and summed in integers: no order of summation, hence no number
// of threads, changes a result. The masked lanes of a diagonal tile see their i far away, where every law vanishes, so
// that all pairs run through the same instructions.
#define MOTE_CHANNELS (MOTE_FORCE * MOTE_SPACE + MOTE_SUMS)
#define MOTE_SCALES (MOTE_FORCE + MOTE_SUMS)
#define MOTE_VIRIALS (MOTE_SPACE * (MOTE_SPACE + 1) / 2)
#define MOTE_SOME(n) ((n) > 0 ? (n) : 1)

typedef struct {   // four particles i, spread over lanes
  V x[MOTE_PARTS][MOTE_SPACE];
  V extra[MOTE_PARTS][MOTE_SOME(MOTE_EXTRA)];
  I species[MOTE_PARTS], ids[MOTE_PARTS];
} mote_own;

typedef struct {
  I own[MOTE_PARTS][MOTE_SOME(MOTE_CHANNELS)];
  I totals[1 + MOTE_VIRIALS];
  V largest[MOTE_SCALES + 2];
} mote_gathered;

MOTE_INLINE void mote_keep_largest(V *largest, V squared) { *largest = __builtin_elementwise_max(*largest, squared); }

// Adds what one vector of pairs gives: to its i, to `other` (the reaction on j), and to the totals.
MOTE_INLINE void mote_add(const V *scale, const mote_pair_point *p, const mote_pair_outcome *o, I *own, I *other,
                          mote_gathered *g, const int totals) {
#if MOTE_FORCE
  V force[MOTE_SPACE], squared;
#if MOTE_CENTRAL
  const V along = o->ff * scale[0];
  squared = along * along * p->r2;
  for (int k = 0; k < MOTE_SPACE; k++) force[k] = along * p->d[k];
#else
  squared = (V)0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    force[k] = o->f[k] * scale[0];
    squared += force[k] * force[k];
  }
#endif
  mote_keep_largest(&g->largest[0], squared);
  for (int k = 0; k < MOTE_SPACE; k++) {
    const I whole = mote_round(force[k]);
    own[k] += whole;
    if (MOTE_HALF) other[k] -= whole;
  }
#endif
#if MOTE_SUMS
  static const int parity[] = MOTE_PARITY;
  for (int k = 0; k < MOTE_SUMS; k++) {
    const int channel = MOTE_FORCE * MOTE_SPACE + k, law = MOTE_FORCE + k;
    const V mine = o->sum_i[k] * scale[law];
    const I whole = mote_round(mine);
    mote_keep_largest(&g->largest[law], mine * mine);
    own[channel] += whole;
    if (MOTE_HALF && parity[k] == 0) {
      const V yours = o->sum_j[k] * scale[law];
      mote_keep_largest(&g->largest[law], yours * yours);
      other[channel] += mote_round(yours);
    } else if (MOTE_HALF) {
      other[channel] += parity[k] * whole;
    }
  }
#endif
#if MOTE_TOTALS
  if (totals) {
    const V energy = o->e * scale[MOTE_SCALES];
    mote_keep_largest(&g->largest[MOTE_SCALES], energy * energy);
    g->totals[0] += mote_round(energy);
#if MOTE_FORCE
    V *top = &g->largest[MOTE_SCALES + 1];
    const V rescale = scale[MOTE_SCALES + 1] / scale[0];
    mote_keep_largest(top, squared * p->r2 * rescale * rescale);
    int entry = 1;
    for (int a = 0; a < MOTE_SPACE; a++)
      for (int b = a; b < MOTE_SPACE; b++) g->totals[entry++] += mote_round(p->d[a] * force[b] * rescale);
#endif
  }
#endif
}

// A tile: 4 particles i against the 8 of cluster j.
MOTE_INLINE void mote_tile(const mote_pair_call *call, const mote_uniforms *u, const V *scale, const mote_own *own,
                           mote_gathered *g, int32_t j, const int totals) {
  const mote_real *x = (const mote_real *)call->positions + (int64_t)j * MOTE_SPACE * 8;
  const mote_real *extra = (const mote_real *)call->extras + (int64_t)j * MOTE_EXTRA * 8;
  mote_pair_point p;
  V place[MOTE_SPACE];
  I other[MOTE_SOME(MOTE_CHANNELS)];
  for (int k = 0; k < MOTE_SPACE; k++) place[k] = mote_repeat(x + 8 * k);
  for (int k = 0; k < MOTE_EXTRA; k++) p.j[k] = mote_repeat(extra + 8 * k);
  for (int k = 0; k < MOTE_CHANNELS; k++) other[k] = (I)0;
  if (MOTE_SPECIES) p.sj = mote_repeat_code(call->species + 8 * (int64_t)j);
  if (MOTE_IDS) p.idj = mote_repeat_code((const int32_t *)call->ids + 8 * (int64_t)j);
#pragma clang loop unroll(full)
  for (int part = 0; part < MOTE_PARTS; part++) {
    mote_pair_outcome o;
    p.r2 = (V)0;
    for (int k = 0; k < MOTE_SPACE; k++) {
      p.d[k] = own->x[part][k] - place[k];
      p.r2 += p.d[k] * p.d[k];
    }
    for (int k = 0; k < MOTE_EXTRA; k++) p.i[k] = own->extra[part][k];
    if (MOTE_SPECIES) p.si = own->species[part];
    if (MOTE_IDS) p.idi = own->ids[part];
    mote_pair(u, &p, &o);
    mote_add(scale, &p, &o, g->own[part], other, g, totals);
  }
  if (MOTE_HALF) {
    mote_whole_row *sums = (mote_whole_row *)call->sums + (int64_t)j * MOTE_CHANNELS;
    for (int k = 0; k < MOTE_CHANNELS; k++) sums[k] += mote_fold(other[k]);
  }
}

// Spreads the particles of an entry over lanes, seen from its periodic image. Holes of i go to the other side of the
// world than holes of j, lest two holes meet.
MOTE_INLINE void mote_spread_own(const mote_pair_call *call, const mote_entry *entry, mote_own *own) {
  const int64_t cluster = entry->group / 2;
  const int slot = (entry->group & 1) * MOTE_GROUP, count = call->cluster_first[cluster + 1] - call->cluster_first[cluster];
  const mote_real *x = (const mote_real *)call->positions + cluster * MOTE_SPACE * 8 + slot;
  const mote_real *extra = (const mote_real *)call->extras + cluster * MOTE_EXTRA * 8 + slot;
  const int image[3] = {entry->shift / 9 - 1, entry->shift / 3 % 3 - 1, entry->shift % 3 - 1};
  for (int k = 0; k < MOTE_SPACE; k++) {
    mote_real seen[MOTE_GROUP];
    const mote_real shift = (mote_real)(image[k] * call->grid->shift[k]);
    for (int l = 0; l < MOTE_GROUP; l++) seen[l] = slot + l < count ? x[8 * k + l] + shift : -x[8 * k + l];
    for (int part = 0; part < MOTE_PARTS; part++) own->x[part][k] = mote_spread(seen + part * MOTE_ROWS);
  }
  for (int part = 0; part < MOTE_PARTS; part++) {
    const int at = part * MOTE_ROWS;
    for (int k = 0; k < MOTE_EXTRA; k++) own->extra[part][k] = mote_spread(extra + 8 * k + at);
    if (MOTE_SPECIES) own->species[part] = mote_spread_code(call->species + 8 * cluster + slot + at);
    if (MOTE_IDS) own->ids[part] = mote_spread_code((const int32_t *)call->ids + 8 * cluster + slot + at);
  }
}

// Moves the lanes of a diagonal tile that are no pair (oneself; in a half list, whom one has met already) far away.
MOTE_INLINE void mote_part_diagonal(const mote_pair_call *call, const mote_entry *entry, mote_own *own) {
  const int slot = (entry->group & 1) * MOTE_GROUP;
  const mote_real far = (mote_real)(-32 * call->grid->far);
  for (int part = 0; part < MOTE_PARTS; part++)
    for (int lane = 0; lane < MOTE_LANES; lane++) {
      const int i = slot + part * MOTE_ROWS + lane / 8, j = lane % 8;
      if (MOTE_HALF ? j <= i : j == i) own->x[part][0][lane] = far;
    }
}

// Adds the lanes of the sums of i, row by row of 8, into memory.
MOTE_INLINE void mote_store_own(const mote_pair_call *call, int64_t group, const mote_gathered *g) {
  mote_whole *sums = (mote_whole *)call->sums + group / 2 * MOTE_CHANNELS * 8 + (group & 1) * MOTE_GROUP;
  for (int k = 0; k < MOTE_CHANNELS; k++)
    for (int part = 0; part < MOTE_PARTS; part++) {
      const I v = g->own[part][k];
#if MOTE_DOUBLE
      sums[8 * k + part] += __builtin_reduce_add(v);
#else
      sums[8 * k + 2 * part] += __builtin_reduce_add(v.lo);
      sums[8 * k + 2 * part + 1] += __builtin_reduce_add(v.hi);
#endif
    }
}

MOTE_INLINE void mote_run(const mote_pair_call *call, int64_t begin, int64_t end, const int totals) {
  mote_uniforms u;
  V scale[MOTE_SCALES + 2];
  mote_gathered g;
  for (int k = 0; k < MOTE_CONSTANTS; k++) u.k[k] = (mote_real)call->constants[k];
  for (int k = 0; k < MOTE_TABLES; k++) u.table[k] = (const mote_real *)call->tables[k];
  u.species = call->species_count;
  u.time = (mote_real)call->time, u.dt = (mote_real)call->dt, u.seed = call->seed, u.step = call->step;
  for (int k = 0; k < MOTE_SCALES + 2 * totals; k++) scale[k] = (V)(mote_real)call->scales[k], g.largest[k] = (V)0;
  for (int64_t e = begin; e < end; e++) {
    const mote_entry entry = call->entries[e];
    mote_own own;
    mote_spread_own(call, &entry, &own);
    for (int part = 0; part < MOTE_PARTS; part++)
      for (int k = 0; k < MOTE_CHANNELS; k++) g.own[part][k] = (I)0;
    for (int k = 0; k < 1 + MOTE_VIRIALS; k++) g.totals[k] = (I)0;
    int32_t from = entry.begin;
    if (entry.shift == MOTE_UNSHIFTED && call->partners[from] == entry.group / 2) {
      mote_own parted = own;
      mote_part_diagonal(call, &entry, &parted);
      mote_tile(call, &u, scale, &parted, &g, call->partners[from++], totals);
    }
    for (int32_t k = from; k < entry.end; k++) mote_tile(call, &u, scale, &own, &g, call->partners[k], totals);
    mote_store_own(call, entry.group, &g);
    if (totals)
      for (int k = 0; k < 1 + MOTE_VIRIALS; k++)
        for (int lane = 0; lane < MOTE_LANES; lane++) call->totals[k] += g.totals[k][lane];
  }
  for (int k = 0; k < MOTE_SCALES + 2 * totals; k++) {
    const double top = (double)__builtin_reduce_max(g.largest[k]);
    if (top > call->largest[k]) call->largest[k] = top;
  }
}

void mote_pairs(const mote_pair_call *call, int64_t begin, int64_t end) { mote_run(call, begin, end, 0); }
#if MOTE_TOTALS
void mote_pairs_with_totals(const mote_pair_call *call, int64_t begin, int64_t end) { mote_run(call, begin, end, 1); }
#endif
