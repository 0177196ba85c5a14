// What mote_pair reads and gives, and how particles come into lanes. The generated section defines the macros before this
// text, and mote_pair after it.
#define MOTE_SOME(n) ((n) > 0 ? (n) : 1)
typedef struct {
  mote_real k[MOTE_SOME(MOTE_CONSTANTS)];
  const mote_real *table[MOTE_SOME(MOTE_TABLES)];   // [species of i * species + species of j]
  mote_whole species;
  mote_real time, dt;
  mote_real scale;   // of the fixed point of the force; 1 where sums are doubles
  uint64_t seed;
  int64_t step;
} mote_uniforms;

typedef struct {
  V d[MOTE_SPACE];   // from j to i
  V r2;
  V i[MOTE_SOME(MOTE_EXTRA)], j[MOTE_SOME(MOTE_EXTRA)];
  I si, sj;          // species, if MOTE_SPECIES
  I idi, idj;        // low halves of ids, if MOTE_IDS
} mote_pair_point;

typedef struct {
  V ff;              // central force on i in fixed point: ff * d, if MOTE_CENTRAL
  V f[MOTE_SPACE];   // else the force on i in fixed point
  V e;
  V sum_i[MOTE_SOME(MOTE_SUMS)], sum_j[MOTE_SOME(MOTE_SUMS)];
  V top_i[MOTE_SOME(MOTE_EXTREMES)], top_j[MOTE_SOME(MOTE_EXTREMES)];   // MOTE_LOWEST where the pair gives none
} mote_pair_outcome;

// Whether a condition holds in any lane.
MOTE_INLINE int mote_any(I condition) { return __builtin_reduce_or(condition) != 0; }

MOTE_INLINE void mote_give_nothing(mote_pair_outcome *o) {
  o->ff = o->e = (V)0;
  for (int k = 0; k < MOTE_SPACE; k++) o->f[k] = (V)0;
  for (int k = 0; k < MOTE_SUMS; k++) o->sum_i[k] = o->sum_j[k] = (V)0;
  for (int k = 0; k < MOTE_EXTREMES; k++) o->top_i[k] = o->top_j[k] = (V)(mote_real)MOTE_LOWEST;
}

typedef struct {   // four particles i, spread over lanes
  V x[MOTE_PARTS][MOTE_SPACE];
  V extra[MOTE_PARTS][MOTE_SOME(MOTE_EXTRA)];
  I species[MOTE_PARTS], ids[MOTE_PARTS];
} mote_own;

typedef struct {   // the eight particles of a cluster j, repeated over lanes
  V x[MOTE_SPACE];
  V extra[MOTE_SOME(MOTE_EXTRA)];
  I species, ids;
} mote_other;

MOTE_INLINE void mote_read_uniforms(const mote_pair_call *call, mote_uniforms *u) {
  for (int k = 0; k < MOTE_CONSTANTS; k++) u->k[k] = (mote_real)call->constants[k];
  for (int k = 0; k < MOTE_TABLES; k++) u->table[k] = (const mote_real *)call->tables[k];
  u->species = call->species_count;
  u->time = (mote_real)call->time, u->dt = (mote_real)call->dt;
  u->seed = call->seed, u->step = call->step;
}

MOTE_INLINE void mote_repeat_other(const mote_pair_call *call, int32_t j, mote_other *other) {
  const mote_real *x = (const mote_real *)call->positions + (int64_t)j * MOTE_SPACE * 8;
  const mote_real *extra = (const mote_real *)call->extras + (int64_t)j * MOTE_EXTRA * 8;
  for (int k = 0; k < MOTE_SPACE; k++) other->x[k] = mote_repeat(x + 8 * k);
  for (int k = 0; k < MOTE_EXTRA; k++) other->extra[k] = mote_repeat(extra + 8 * k);
  if (MOTE_SPECIES) other->species = mote_repeat_code(call->species + 8 * (int64_t)j);
  if (MOTE_IDS) other->ids = mote_repeat_code((const int32_t *)call->ids + 8 * (int64_t)j);
}

// The pairs of one vector of a tile.
MOTE_INLINE void mote_point(const mote_own *own, const mote_other *other, int part, mote_pair_point *p) {
  p->r2 = (V)0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    p->d[k] = own->x[part][k] - other->x[k];
    p->r2 += p->d[k] * p->d[k];
  }
  for (int k = 0; k < MOTE_EXTRA; k++) p->i[k] = own->extra[part][k], p->j[k] = other->extra[k];
  if (MOTE_SPECIES) p->si = own->species[part], p->sj = other->species;
  if (MOTE_IDS) p->idi = own->ids[part], p->idj = other->ids;
}

// An unshifted entry begins with its own cluster.
MOTE_INLINE int mote_has_diagonal(const mote_pair_call *call, const mote_entry *entry) {
  return entry->shift == MOTE_UNSHIFTED && call->partners[entry->begin] == entry->group / 2;
}

// Spreads the particles of an entry over lanes, seen from its periodic image. Holes of i go to the other side of the
// world than holes of j, lest two holes meet.
MOTE_INLINE void mote_spread_own(const mote_pair_call *call, const mote_entry *entry, mote_own *own) {
  const int64_t cluster = entry->group / 2;
  const int slot = (entry->group & 1) * MOTE_GROUP, count = call->cluster_first[cluster + 1] - call->cluster_first[cluster];
  const mote_real *x = (const mote_real *)call->positions + cluster * MOTE_SPACE * 8 + slot;
  const mote_real *extra = (const mote_real *)call->extras + cluster * MOTE_EXTRA * 8 + slot;
  const int image[3] = {entry->shift / 9 - 1, entry->shift / 3 % 3 - 1, entry->shift % 3 - 1};
  const mote_whole_quad slots = {0, 1, 2, 3}, occupied = slots + (mote_whole)slot < (mote_whole)count;
  for (int k = 0; k < MOTE_SPACE; k++) {
    const mote_quad at = *(const mote_quad *)(x + 8 * k), shift = (mote_quad)(mote_real)(image[k] * call->grid->shift[k]);
    const mote_quad seen = occupied ? at + shift : -at;
    for (int part = 0; part < MOTE_PARTS; part++) own->x[part][k] = mote_spread_quad(seen, part);
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
