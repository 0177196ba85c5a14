// Sums over all pairs. The generated section before this text defines the macros and mote_pair.
//
// Targets lie in lanes and sources follow one another, always in the order given; so a sum depends neither on threads nor on how
// particles lie in memory. Each end of a pair is looked at for itself.
#include <string.h>
#define MOTE_CHANNELS (MOTE_FORCE * MOTE_SPACE + MOTE_SUMS)
#define MOTE_VIRIALS (MOTE_SPACE * (MOTE_SPACE + 1) / 2)

typedef struct {
  V sums[MOTE_SOME(MOTE_CHANNELS)];
  V totals[1 + MOTE_VIRIALS];
} mote_far_sums;

MOTE_INLINE V mote_far_load(const double *column, int64_t at) {
  V v;
  memcpy(&v, column + at, sizeof v);
  return v;
}

MOTE_INLINE void mote_far_target(const mote_far_points *points, int64_t at, V *x, mote_pair_point *p) {
  for (int k = 0; k < MOTE_SPACE; k++) x[k] = mote_far_load(points->columns[k], at);
  for (int k = 0; k < MOTE_EXTRA; k++) p->i[k] = mote_far_load(points->columns[MOTE_SPACE + k], at);
  for (int lane = 0; lane < MOTE_LANES; lane++) {
    if (MOTE_SPECIES) p->si[lane] = points->species[at + lane];
    if (MOTE_IDS) p->idi[lane] = points->ids[at + lane];
  }
}

// Adds what the sources begin ..< end give to eight targets; `self` is the place of the first target among the sources.
MOTE_INLINE void mote_far_meet(const mote_far_call *call, const mote_uniforms *u, const V *x, mote_pair_point *p,
                               const mote_far_points *sources, int64_t begin, int64_t end, mote_far_sums *to, int64_t self,
                               const int excludes, const int periodic, const int totals) {
  // Of our own: no store can change them.
  const double *columns[MOTE_SPACE + MOTE_EXTRA];
  mote_far_sums mine = *to;
  for (int k = 0; k < MOTE_SPACE + MOTE_EXTRA; k++) columns[k] = sources->columns[k];
  for (int64_t j = begin; j < end; j++) {
    mote_pair_outcome o;
    p->r2 = (V)0;
    for (int k = 0; k < MOTE_SPACE; k++) {
      p->d[k] = x[k] - columns[k][j];
      if (periodic && call->side[k] > 0)
        p->d[k] -= call->side[k] * __builtin_elementwise_roundeven(p->d[k] * (1 / call->side[k]));
      p->r2 += p->d[k] * p->d[k];
    }
    for (int k = 0; k < MOTE_EXTRA; k++) p->j[k] = (V)columns[MOTE_SPACE + k][j];
    if (MOTE_SPECIES) p->sj = (I)(mote_whole)sources->species[j];
    if (MOTE_IDS) p->idj = (I)(mote_whole)sources->ids[j];
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
                                   int64_t begin, int64_t end, mote_far_sums *to, int64_t self, const int periodic,
                                   const int totals) {
  int64_t from = call->same ? self : end, until = call->same ? self + MOTE_LANES : end;
  from = from < begin ? begin : from > end ? end : from;
  until = until < from ? from : until > end ? end : until;
  mote_far_meet(call, u, x, p, &call->sources, begin, from, to, self, 0, periodic, totals);
  mote_far_meet(call, u, x, p, &call->sources, from, until, to, self, 1, periodic, totals);
  mote_far_meet(call, u, x, p, &call->sources, until, end, to, self, 0, periodic, totals);
}

MOTE_INLINE void mote_far_add(double *const *sums, double *const *totals, int64_t at, int64_t count, const mote_far_sums *more,
                              const int with_totals) {
  for (int lane = 0; lane < count; lane++) {
    for (int k = 0; k < MOTE_CHANNELS; k++) sums[k][at + lane] += more->sums[k][lane];
    if (with_totals)
      for (int k = 0; k < 1 + MOTE_FORCE * MOTE_VIRIALS; k++) totals[k][at + lane] += more->totals[k][lane];
  }
}

MOTE_INLINE mote_uniforms mote_far_uniforms(const mote_far_call *call) {
  mote_uniforms u;
  memset(&u, 0, sizeof u);
  for (int k = 0; k < MOTE_CONSTANTS; k++) u.k[k] = call->constants[k];
  for (int k = 0; k < MOTE_TABLES; k++) u.table[k] = (const mote_real *)call->tables[k];
  u.scale = 1;   // sums are numbers of double precision here, not whole ones
  u.species = call->species_count, u.seed = call->seed, u.step = call->step;
  return u;
}

// All pairs: vectors of targets begin ..< end.
MOTE_INLINE void mote_far_run(const mote_far_call *call, int64_t begin, int64_t end, const int periodic, const int totals) {
  const mote_uniforms u = mote_far_uniforms(call);
  for (int64_t at = begin * MOTE_LANES; at < end * MOTE_LANES && at < call->target_count; at += MOTE_LANES) {
    const int64_t left = call->target_count - at;
    mote_far_sums sums;
    mote_pair_point p;
    V x[MOTE_SPACE];
    memset(&sums, 0, sizeof sums);
    mote_far_target(&call->targets, at, x, &p);
    mote_far_meet_all(call, &u, x, &p, 0, call->source_count, &sums, at, periodic, totals);
    mote_far_add(call->sums, call->totals, at, left < MOTE_LANES ? left : MOTE_LANES, &sums, totals);
  }
}

static int mote_far_collects(const mote_far_call *call, const mote_far_node *node) { return call->collects && node->proxies >= 0; }

// Adds what a box far away gives, by its points if it has any.
MOTE_INLINE void mote_far_meet_box(const mote_far_call *call, const mote_uniforms *u, const V *x, mote_pair_point *p,
                                   const mote_far_node *box, mote_far_sums *to, const int totals) {
  if (box->proxies < 0) mote_far_meet(call, u, x, p, &call->sources, box->begin, box->end, to, 0, 0, 0, totals);
  else mote_far_meet(call, u, x, p, &call->proxies, box->proxies, box->proxies + call->proxy_count, to, 0, 0, 0, totals);
}

// What the particles of a leaf get from the boxes that box n meets: those that are near, or all.
MOTE_INLINE void mote_far_gather(const mote_far_call *call, const mote_uniforms *u, const mote_far_node *leaf, int64_t n,
                                 const int near_only, const int totals) {
  for (int64_t at = leaf->begin; at < leaf->end; at += MOTE_LANES) {
    mote_far_sums sums;
    mote_pair_point p;
    V x[MOTE_SPACE];
    memset(&sums, 0, sizeof sums);
    mote_far_target(&call->targets, at, x, &p);
    for (int64_t m = call->starts[n]; m < call->starts[n + 1]; m++) {
      const int near = call->met[m] < 0;
      const mote_far_node *node = call->nodes + (near ? ~call->met[m] : call->met[m]);
      if (near) mote_far_meet_all(call, u, x, &p, node->begin, node->end, &sums, at, 0, totals);
      else if (near_only) continue;
      else mote_far_meet_box(call, u, x, &p, node, &sums, totals);
    }
    mote_far_add(call->sums, call->totals, at, leaf->end - at < MOTE_LANES ? leaf->end - at : MOTE_LANES, &sums, totals);
  }
}

// What the points of a box get, for targets of strength 1, from boxes that are far.
MOTE_INLINE void mote_far_gather_at_points(const mote_far_call *call, const mote_uniforms *u, int64_t n, const int totals) {
  const int64_t first = call->nodes[n].proxies;
  for (int64_t at = first; at < first + call->proxy_count; at += MOTE_LANES) {
    mote_far_sums sums;
    mote_pair_point p;
    V x[MOTE_SPACE];
    memset(&sums, 0, sizeof sums);
    mote_far_target(&call->proxies, at, x, &p);
    for (int k = 0; k < MOTE_EXTRA; k++) p.i[k] = (V)1;
    for (int64_t m = call->starts[n]; m < call->starts[n + 1]; m++) {
      if (call->met[m] < 0) continue;
      mote_far_meet_box(call, u, x, &p, call->nodes + call->met[m], &sums, totals);
    }
    mote_far_add(call->proxy_sums, call->proxy_sums + MOTE_CHANNELS, at, MOTE_LANES, &sums, totals);
  }
}

// Boxes begin ..< end of a tree: a leaf also gets what the boxes above it met that have no points.
MOTE_INLINE void mote_far_run_tree(const mote_far_call *call, int64_t begin, int64_t end, const int totals) {
  const mote_uniforms u = mote_far_uniforms(call);
  for (int64_t n = begin; n < end; n++) {
    const mote_far_node *node = call->nodes + n;
    if (mote_far_collects(call, node)) mote_far_gather_at_points(call, &u, n, totals);
    if (node->left >= 0) continue;
    mote_far_gather(call, &u, node, n, mote_far_collects(call, node), totals);
    for (int64_t m = node->parent; m >= 0 && !mote_far_collects(call, call->nodes + m); m = call->nodes[m].parent)
      mote_far_gather(call, &u, node, m, 0, totals);
  }
}

void mote_everywhere(const mote_far_call *call, int64_t begin, int64_t end, int32_t periodic, int32_t totals) {
  if (call->node_count > 0 && totals) mote_far_run_tree(call, begin, end, 1);
  else if (call->node_count > 0) mote_far_run_tree(call, begin, end, 0);
  else if (periodic && totals) mote_far_run(call, begin, end, 1, 1);
  else if (periodic) mote_far_run(call, begin, end, 1, 0);
  else if (totals) mote_far_run(call, begin, end, 0, 1);
  else mote_far_run(call, begin, end, 0, 0);
}
