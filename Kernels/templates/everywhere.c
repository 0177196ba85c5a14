// Sums over all pairs. The generated section before this text defines the macros and mote_pair.
//
// Targets lie in lanes and sources follow one another, always in the order given; so a sum depends neither on threads nor on how
// particles lie in memory.
#include <string.h>
#define MOTE_CHANNELS (MOTE_FORCE * MOTE_SPACE + MOTE_SUMS)
#define MOTE_VIRIALS (MOTE_SPACE * (MOTE_SPACE + 1) / 2)

// In float, positions are told from the middle of the box of the sources, so that separations keep their digits, and what a box gives
// is added in double.
enum { mote_far_at_once = 256 };   // sources that are brought into the precision of the pairs together
typedef double mote_far_wide __attribute__((ext_vector_type(MOTE_LANES)));

typedef struct {
  V sums[MOTE_SOME(MOTE_CHANNELS)];
  V totals[1 + MOTE_VIRIALS];
} mote_far_sums;

// Sources in the precision of the pairs.
typedef struct {
  const mote_real *columns[MOTE_SPACE + MOTE_SOME(MOTE_EXTRA)];
  const int32_t *species;
  const uint32_t *ids;
} mote_far_sources;

MOTE_INLINE V mote_far_load(const double *column, int64_t at, double origin) {
  mote_far_wide v;
  memcpy(&v, column + at, sizeof v);
  return __builtin_convertvector(v - origin, V);
}

MOTE_INLINE void mote_far_target(const mote_far_points *points, int64_t at, const double *origin, V *x, mote_pair_point *p) {
  for (int k = 0; k < MOTE_SPACE; k++) x[k] = mote_far_load(points->columns[k], at, origin[k]);
  for (int k = 0; k < MOTE_EXTRA; k++) p->i[k] = mote_far_load(points->columns[MOTE_SPACE + k], at, 0);
  for (int lane = 0; lane < MOTE_LANES; lane++) {
    if (MOTE_SPECIES) p->si[lane] = points->species[at + lane];
    if (MOTE_IDS) p->idi[lane] = (mote_whole)points->ids[at + lane];
  }
}

// The pairs of a vector of targets with source j.
MOTE_INLINE void mote_far_see(const mote_far_call *call, const V *x, const mote_far_sources *from, int64_t j, mote_pair_point *p,
                              const int periodic) {
  p->r2 = (V)0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    p->d[k] = x[k] - from->columns[k][j];
    if (periodic && call->side[k] > 0) {
      const mote_real side = (mote_real)call->side[k];
      p->d[k] -= side * __builtin_elementwise_roundeven(p->d[k] * (1 / side));
    }
    p->r2 += p->d[k] * p->d[k];
  }
  for (int k = 0; k < MOTE_EXTRA; k++) p->j[k] = (V)from->columns[MOTE_SPACE + k][j];
  if (MOTE_SPECIES) p->sj = (I)(mote_whole)from->species[j];
  if (MOTE_IDS) p->idj = (I)(mote_whole)from->ids[j];
}

// Adds what the sources begin ..< end give to a vector of targets; `self` is the place of the first target among the sources.
MOTE_INLINE void mote_far_meet(const mote_far_call *call, const mote_uniforms *u, const V *x, mote_pair_point *p,
                               const mote_far_sources *sources, int64_t begin, int64_t end, mote_far_sums *to, int64_t self,
                               const int excludes, const int periodic, const int totals) {
  // Of our own: no store can change them.
  const mote_far_sources from = *sources;
  mote_far_sums mine = *to;
  for (int64_t j = begin; j < end; j++) {
    mote_pair_outcome o;
    mote_far_see(call, x, &from, j, p, periodic);
    I met = (I)-1;
    if (excludes) {
      for (int lane = 0; lane < MOTE_LANES; lane++) met[lane] = self + lane == j ? 0 : -1;
      // Far away, lest something infinite comes of a pair that is none.
      for (int k = 0; k < MOTE_SPACE; k++) p->d[k] = met ? p->d[k] : (V)1;
      p->r2 = met ? p->r2 : (V)MOTE_SPACE;
    }
    mote_pair(u, p, &o);
    V force[MOTE_SPACE];
    for (int k = 0; k < MOTE_FORCE * MOTE_SPACE; k++) {
      force[k] = MOTE_CENTRAL ? o.ff * p->d[k] : o.f[k];
      mine.sums[k] += excludes ? (met ? force[k] : (V)0) : force[k];
    }
    for (int k = 0; k < MOTE_SUMS; k++)
      mine.sums[MOTE_FORCE * MOTE_SPACE + k] += excludes ? (met ? o.sum_i[k] : (V)0) : o.sum_i[k];
    if (totals) {
      mine.totals[0] += excludes ? (met ? o.e : (V)0) : o.e;
      int entry = 1;
      for (int a = 0; a < MOTE_FORCE * MOTE_SPACE; a++)
        for (int b = a; b < MOTE_SPACE; b++) {
          const V part = p->d[a] * force[b];
          mine.totals[entry++] += excludes ? (met ? part : (V)0) : part;
        }
    }
  }
  *to = mine;
}

// The same, where some of the sources may be the targets themselves.
MOTE_INLINE void mote_far_meet_all(const mote_far_call *call, const mote_uniforms *u, const V *x, mote_pair_point *p,
                                   const mote_far_sources *sources, int64_t end, mote_far_sums *to, int64_t self, const int periodic,
                                   const int totals) {
  int64_t from = call->same ? self : end, until = call->same ? self + MOTE_LANES : end;
  from = from > end ? end : from;
  until = until > end ? end : until;
  mote_far_meet(call, u, x, p, sources, 0, from, to, self, 0, periodic, totals);
  mote_far_meet(call, u, x, p, sources, from, until, to, self, 1, periodic, totals);
  mote_far_meet(call, u, x, p, sources, until, end, to, self, 0, periodic, totals);
}

MOTE_INLINE void mote_far_add_lanes(double *to, V more, int64_t count) {
  if (count < MOTE_LANES) {
    for (int lane = 0; lane < count; lane++) to[lane] += (double)more[lane];
    return;
  }
  mote_far_wide sum;
  memcpy(&sum, to, sizeof sum);
  sum += __builtin_convertvector(more, mote_far_wide);
  memcpy(to, &sum, sizeof sum);
}

MOTE_INLINE void mote_far_add(double *const *sums, double *const *totals, int64_t at, int64_t count, const mote_far_sums *more,
                              const int with_totals) {
  for (int k = 0; k < MOTE_CHANNELS; k++) mote_far_add_lanes(sums[k] + at, more->sums[k], count);
  for (int k = 0; with_totals && k < 1 + MOTE_FORCE * MOTE_VIRIALS; k++) mote_far_add_lanes(totals[k] + at, more->totals[k], count);
}

MOTE_INLINE mote_uniforms mote_far_uniforms(const mote_far_call *call) {
  mote_uniforms u;
  memset(&u, 0, sizeof u);
  for (int k = 0; k < MOTE_CONSTANTS; k++) u.k[k] = (mote_real)call->constants[k];
  for (int k = 0; k < MOTE_TABLES; k++) u.table[k] = (const mote_real *)call->tables[k];
  u.scale = 1;   // sums are no whole numbers here
  u.species = call->species_count, u.seed = call->seed, u.step = call->step;
  return u;
}

#if MOTE_DOUBLE
static mote_far_sources mote_far_sources_from(const mote_far_call *call, int64_t begin) {
  mote_far_sources sources = {.species = call->sources.species + begin, .ids = call->sources.ids + begin};
  for (int k = 0; k < MOTE_SPACE + MOTE_EXTRA; k++) sources.columns[k] = call->sources.columns[k] + begin;
  return sources;
}

// What the targets first ..< last get from the sources begin ..< end.
MOTE_INLINE void mote_far_run(const mote_far_call *call, const mote_uniforms *u, int64_t first, int64_t last, int64_t begin, int64_t end,
                              const int periodic, const int totals) {
  const double origin[3] = {0, 0, 0};
  const mote_far_sources sources = mote_far_sources_from(call, begin);
  for (int64_t at = first; at < last; at += MOTE_LANES) {
    mote_far_sums sums;
    mote_pair_point p;
    V x[MOTE_SPACE];
    memset(&sums, 0, sizeof sums);
    mote_far_target(&call->targets, at, origin, x, &p);
    mote_far_meet_all(call, u, x, &p, &sources, end - begin, &sums, at - begin, periodic, totals);
    mote_far_add(call->sums, call->totals, at, last - at < MOTE_LANES ? last - at : MOTE_LANES, &sums, totals);
  }
}

// All pairs, from the end of the targets: vectors begin ..< end of them.
MOTE_INLINE void mote_far_run_all(const mote_far_call *call, int64_t begin, int64_t end, const int periodic, const int totals) {
  const mote_uniforms u = mote_far_uniforms(call);
  const int64_t last = end * MOTE_LANES < call->target_count ? end * MOTE_LANES : call->target_count;
  mote_far_run(call, &u, begin * MOTE_LANES, last, 0, call->source_count, periodic, totals);
}

// How a sum of the other end follows: -1 opposite, 1 the same, 0 neither.
static const int mote_far_parity[MOTE_SOME(MOTE_SUMS)] = MOTE_PARITY;

enum {
  mote_far_block = 128,   // sources that gather in the nearest cache
  mote_far_abreast = 2,   // vectors of targets that meet a source together
};

// What a pair gives to the other end.
MOTE_INLINE V mote_far_other(const mote_pair_outcome *o, const V *force, int channel) {
  const int sum = channel - MOTE_FORCE * MOTE_SPACE;
  if (sum < 0) return -force[channel];
  return mote_far_parity[sum] == 0 ? o->sum_j[sum] : mote_far_parity[sum] * o->sum_i[sum];
}

// Both ends of the pairs of the targets at ..< at + vectors with a block of sources that they are none of: `gathered` holds what each
// source gets, in lanes that are added up later.
MOTE_INLINE void mote_far_meet_both(const mote_far_call *call, const mote_uniforms *u, int64_t at, int64_t begin, int64_t count,
                                    V gathered[mote_far_block][MOTE_SOME(MOTE_CHANNELS)], const int vectors, const int periodic,
                                    const int totals) {
  const double origin[3] = {0, 0, 0};
  const mote_far_sources sources = mote_far_sources_from(call, begin);
  V x[vectors][MOTE_SPACE];
  mote_pair_point p[vectors];
  mote_far_sums mine[vectors];
  memset(mine, 0, sizeof mine);
  for (int v = 0; v < vectors; v++) mote_far_target(&call->targets, at + v * MOTE_LANES, origin, x[v], &p[v]);
  for (int64_t j = 0; j < count; j++) {
    V theirs[MOTE_SOME(MOTE_CHANNELS)];
    for (int k = 0; k < MOTE_CHANNELS; k++) theirs[k] = gathered[j][k];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      mote_pair_outcome o;
      mote_far_see(call, x[v], &sources, j, &p[v], periodic);
      mote_pair(u, &p[v], &o);
      V force[MOTE_SPACE];
      for (int k = 0; k < MOTE_FORCE * MOTE_SPACE; k++) mine[v].sums[k] += force[k] = MOTE_CENTRAL ? o.ff * p[v].d[k] : o.f[k];
      for (int k = 0; k < MOTE_SUMS; k++) mine[v].sums[MOTE_FORCE * MOTE_SPACE + k] += o.sum_i[k];
      for (int k = 0; k < MOTE_CHANNELS; k++) theirs[k] += mote_far_other(&o, force, k);
      if (!totals) continue;
      // For either end.
      mine[v].totals[0] += 2 * o.e;
      int entry = 1;
      for (int a = 0; a < MOTE_FORCE * MOTE_SPACE; a++)
        for (int b = a; b < MOTE_SPACE; b++) mine[v].totals[entry++] += 2 * p[v].d[a] * force[b];
    }
    for (int k = 0; k < MOTE_CHANNELS; k++) gathered[j][k] = theirs[k];
  }
  for (int v = 0; v < vectors; v++)
    mote_far_add(call->sums, call->totals, at + v * MOTE_LANES, MOTE_LANES, &mine[v], totals);
}

// All pairs, each looked at once: every `shares`-th block of sources, from `share` on, with all particles before it; pairs within the
// block are met from both ends.
MOTE_INLINE void mote_far_run_share(const mote_far_call *call, int64_t share, int64_t shares, const int periodic, const int totals) {
  const mote_uniforms u = mote_far_uniforms(call);
  V gathered[mote_far_block][MOTE_SOME(MOTE_CHANNELS)];
  for (int64_t begin = share * mote_far_block; begin < call->source_count; begin += shares * mote_far_block) {
    const int64_t left = call->source_count - begin, count = left < mote_far_block ? left : mote_far_block;
    memset(gathered, 0, sizeof gathered);
    for (int64_t at = 0; at < begin; at += mote_far_abreast * MOTE_LANES)
      mote_far_meet_both(call, &u, at, begin, count, gathered, mote_far_abreast, periodic, totals);
    for (int64_t j = 0; j < count; j++)
      for (int k = 0; k < MOTE_CHANNELS; k++)
        for (int lane = 0; lane < MOTE_LANES; lane++) call->sums[k][begin + j] += gathered[j][k][lane];
    mote_far_run(call, &u, begin, begin + count, begin, begin + count, periodic, totals);
  }
}
#endif

static int mote_far_collects(const mote_far_call *call, const mote_far_node *node) { return call->collects && node->proxies >= 0; }

// Particles or points that follow one another, and what their positions are told from.
typedef struct {
  const mote_far_points *points;
  int64_t begin, end;
  double origin[3];
} mote_far_box;

// What is seen of a box: from near its particles, from far its points if it has any.
static mote_far_box mote_far_seen(const mote_far_call *call, const mote_far_node *node, int near) {
  const int by_points = !near && node->proxies >= 0;
  mote_far_box box = {
    .points = by_points ? &call->proxies : &call->sources,
    .begin = by_points ? node->proxies : node->begin,
    .end = by_points ? node->proxies + call->proxy_count : node->end,
  };
  for (int k = 0; k < MOTE_SPACE; k++) box.origin[k] = MOTE_DOUBLE ? 0 : (node->low[k] + node->high[k]) / 2;
  return box;
}

// Up to `mote_far_at_once` sources of a box in the precision of the pairs.
MOTE_INLINE mote_far_sources mote_far_take(const mote_far_box *box, int64_t begin, int64_t count,
                                           mote_real memory[MOTE_SPACE + MOTE_SOME(MOTE_EXTRA)][mote_far_at_once]) {
  mote_far_sources sources = {.species = box->points->species + begin, .ids = box->points->ids + begin};
  for (int k = 0; k < MOTE_SPACE + MOTE_EXTRA; k++) {
    const double *const from = box->points->columns[k] + begin;
#if MOTE_DOUBLE
    sources.columns[k] = from;
#else
    const double origin = k < MOTE_SPACE ? box->origin[k] : 0;
    for (int64_t j = 0; j < count; j++) memory[k][j] = (mote_real)(from[j] - origin);
    sources.columns[k] = memory[k];
#endif
  }
  return sources;
}

// Who receives: targets begin ..< end, and where; `unit`: as if of strength 1.
typedef struct {
  const mote_far_points *points;
  int64_t begin, end;
  double *const *sums, *const *totals;
  int unit;
} mote_far_receivers;

// Adds what a box gives to the receivers; `excludes`: they are its own particles, of which none meets itself.
MOTE_INLINE void mote_far_exchange(const mote_far_call *call, const mote_uniforms *u, const mote_far_receivers *to,
                                   const mote_far_box *box, const int excludes, const int totals) {
  mote_real memory[MOTE_SPACE + MOTE_SOME(MOTE_EXTRA)][mote_far_at_once];
  for (int64_t first = box->begin; first < box->end; first += mote_far_at_once) {
    const int64_t left = box->end - first, count = left < mote_far_at_once ? left : mote_far_at_once;
    const mote_far_sources sources = mote_far_take(box, first, count, memory);
    for (int64_t at = to->begin; at < to->end; at += MOTE_LANES) {
      mote_far_sums sums;
      mote_pair_point p;
      V x[MOTE_SPACE];
      memset(&sums, 0, sizeof sums);
      mote_far_target(to->points, at, box->origin, x, &p);
      for (int k = 0; k < MOTE_EXTRA; k++) p.i[k] = to->unit ? (V)1 : p.i[k];
      mote_far_meet(call, u, x, &p, &sources, 0, count, &sums, at - first, excludes, 0, totals);
      mote_far_add(to->sums, to->totals, at, to->end - at < MOTE_LANES ? to->end - at : MOTE_LANES, &sums, totals);
    }
  }
}

// What receivers get from the boxes that box n meets: those that are near, those that are far, or all. The receivers that are near
// something are the particles of box n.
MOTE_INLINE void mote_far_gather(const mote_far_call *call, const mote_uniforms *u, const mote_far_receivers *to, int64_t n,
                                 int with_near, int with_far, const int totals) {
  for (int64_t m = call->starts[n]; m < call->starts[n + 1]; m++) {
    const int near = call->met[m] < 0, other = near ? ~call->met[m] : call->met[m];
    if (!(near ? with_near : with_far)) continue;
    const mote_far_box box = mote_far_seen(call, call->nodes + other, near);
    if (near && other == n) mote_far_exchange(call, u, to, &box, 1, totals);
    else mote_far_exchange(call, u, to, &box, 0, totals);
  }
}

// Boxes begin ..< end of a tree: a leaf also gets what the boxes above it met that have no points.
MOTE_INLINE void mote_far_run_tree(const mote_far_call *call, int64_t begin, int64_t end, const int totals) {
  const mote_uniforms u = mote_far_uniforms(call);
  for (int64_t n = begin; n < end; n++) {
    const mote_far_node *node = call->nodes + n;
    const int collects = mote_far_collects(call, node);
    const mote_far_receivers points = {
      &call->proxies, node->proxies, node->proxies + call->proxy_count, call->proxy_sums, call->proxy_sums + MOTE_CHANNELS, 1,
    };
    const mote_far_receivers particles = {&call->targets, node->begin, node->end, call->sums, call->totals, 0};
    if (collects) mote_far_gather(call, &u, &points, n, 0, 1, totals);
    if (node->left >= 0) continue;
    mote_far_gather(call, &u, &particles, n, 1, !collects, totals);
    for (int64_t m = node->parent; m >= 0 && !mote_far_collects(call, call->nodes + m); m = call->nodes[m].parent)
      mote_far_gather(call, &u, &particles, m, 0, 1, totals);
  }
}

void mote_everywhere(const mote_far_call *call, int64_t begin, int64_t end, int32_t periodic, int32_t totals) {
  if (call->node_count > 0 && totals) mote_far_run_tree(call, begin, end, 1);
  else if (call->node_count > 0) mote_far_run_tree(call, begin, end, 0);
#if MOTE_DOUBLE
  else if (periodic && totals) mote_far_run_all(call, begin, end, 1, 1);
  else if (periodic) mote_far_run_all(call, begin, end, 1, 0);
  else if (totals) mote_far_run_all(call, begin, end, 0, 1);
  else mote_far_run_all(call, begin, end, 0, 0);
#endif
}

#if MOTE_DOUBLE
// All pairs of the particles with each other, each looked at once: a share of them, into sums of its own.
void mote_everywhere_once(const mote_far_call *call, int64_t share, int64_t shares, int32_t periodic, int32_t totals) {
  if (periodic && totals) mote_far_run_share(call, share, shares, 1, 1);
  else if (periodic) mote_far_run_share(call, share, shares, 1, 0);
  else if (totals) mote_far_run_share(call, share, shares, 0, 1);
  else mote_far_run_share(call, share, shares, 0, 0);
}
#if MOTE_EXTREMES

// The largest numbers that the pairs of the targets in vectors begin ..< end give, all in double; what is no number is the largest.
void mote_everywhere_tops(const mote_far_call *call, int64_t begin, int64_t end, int32_t periodic, int32_t totals) {
  const mote_uniforms u = mote_far_uniforms(call);
  const mote_far_sources sources = mote_far_sources_from(call, 0);
  const double origin[3] = {0, 0, 0};
  (void)totals;
  for (int64_t at = begin * MOTE_LANES; at < end * MOTE_LANES && at < call->target_count; at += MOTE_LANES) {
    mote_pair_point p;
    V x[MOTE_SPACE], top[MOTE_EXTREMES];
    mote_far_target(&call->targets, at, origin, x, &p);
    for (int k = 0; k < MOTE_EXTREMES; k++) top[k] = (V)MOTE_LOWEST;
    for (int64_t j = 0; j < call->source_count; j++) {
      mote_pair_outcome o;
      I met;
      mote_far_see(call, x, &sources, j, &p, periodic);
      mote_pair(&u, &p, &o);
      for (int lane = 0; lane < MOTE_LANES; lane++) met[lane] = at + lane == j ? 0 : -1;
      for (int k = 0; k < MOTE_EXTREMES; k++)
        top[k] = met & ~(I)(o.top_i[k] <= top[k]) & (I)(top[k] == top[k]) ? o.top_i[k] : top[k];
    }
    for (int k = 0; k < MOTE_EXTREMES; k++)
      for (int lane = 0; lane < MOTE_LANES && at + lane < call->target_count; lane++) call->tops[k][at + lane] = top[k][lane];
  }
}
#endif
#endif
