// Which clusters meet: for every group of 4 slots, the clusters that hold a particle within reach.
#define MOTE_CANDIDATES 4096
#define MOTE_MET 1024
typedef float mote_bounds_row __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t mote_places __attribute__((ext_vector_type(16), aligned(4)));
typedef _Bool mote_flags __attribute__((ext_vector_type(16)));
typedef _Bool mote_lane_flags __attribute__((ext_vector_type(MOTE_LANES)));

typedef struct {
  float low[MOTE_SPACE], high[MOTE_SPACE];
} mote_bounds;

typedef struct {   // columns that the clusters of one column can meet
  int32_t column[MOTE_CANDIDATES];
  int32_t from[MOTE_CANDIDATES];   // first cluster that the next one can meet
  float low[MOTE_SPACE][MOTE_CANDIDATES + 16], high[MOTE_SPACE][MOTE_CANDIDATES + 16];
  int32_t count;
} mote_candidates;

typedef struct {
  const mote_search *s;
  mote_list *list;
  mote_candidates *candidates;
  int32_t *met;   // clusters whose bounds are within reach of the present cluster; room for MOTE_MET + 20
  int32_t met_count, kept;   // kept: some of what it has met is listed already
  int32_t column;
  int32_t shift;
  mote_real image[MOTE_SPACE];
} mote_view;

static inline int mote_occupied(const mote_order *order, int64_t cluster) {
  return order->cluster_first[cluster + 1] - order->cluster_first[cluster];
}

// Rounded outwards, so that no pair is lost where positions are doubles.
static mote_bounds mote_bounds_of(const mote_search *s, int64_t cluster, int begin, int end) {
  const mote_real *x = (const mote_real *)s->positions + cluster * MOTE_SPACE * 8;
  mote_bounds found;
  for (int k = 0; k < MOTE_SPACE; k++) {
    mote_real low = x[8 * k + begin], high = low;
    for (int l = begin + 1; l < end; l++) {
      low = x[8 * k + l] < low ? x[8 * k + l] : low;
      high = x[8 * k + l] > high ? x[8 * k + l] : high;
    }
    found.low[k] = (float)(low - (MOTE_DOUBLE ? (float)s->grid->far * 1e-6f : 0));
    found.high[k] = (float)(high + (MOTE_DOUBLE ? (float)s->grid->far * 1e-6f : 0));
  }
  return found;
}

void mote_bound_clusters(const mote_search *s, int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; c++) {
    const mote_bounds found = mote_bounds_of(s, c, 0, mote_occupied(s->order, c));
    for (int k = 0; k < MOTE_SPACE; k++) s->low[k][c] = found.low[k], s->high[k][c] = found.high[k];
  }
}

static mote_bounds mote_bounds_of_column(const mote_search *s, int32_t column) {
  mote_bounds found;
  for (int k = 0; k < MOTE_SPACE; k++) {
    found.low[k] = s->low[k][s->order->column_first[column]];
    found.high[k] = s->high[k][s->order->column_first[column]];
    for (int32_t c = s->order->column_first[column]; c < s->order->column_first[column + 1]; c++) {
      found.low[k] = s->low[k][c] < found.low[k] ? s->low[k][c] : found.low[k];
      found.high[k] = s->high[k][c] > found.high[k] ? s->high[k][c] : found.high[k];
    }
  }
  return found;
}

static inline float mote_gap(const mote_bounds *a, const mote_bounds *b) {
  float d2 = 0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    const float above = b->low[k] - a->high[k], below = a->low[k] - b->high[k];
    const float gap = above > below ? above : below;
    d2 += gap > 0 ? gap * gap : 0;
  }
  return d2;
}

// The first column whose key is not below `key`.
static int32_t mote_first_column(const mote_order *order, uint64_t key) {
  int32_t low = 0, high = (int32_t)order->column_count;
  while (low < high) {
    const int32_t middle = low + (high - low) / 2;
    if (order->column_keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Which bins of an axis the bounds can reach.
static void mote_bins(const mote_search *s, const mote_bounds *own, int axis, int64_t *first, int64_t *last) {
  const mote_order *o = s->order;
  const double slack = s->reach + 4 * s->grid->quantum, low = o->low[axis] - s->grid->centre[axis];
  const double a = __builtin_floor((own->low[axis] - slack - low) / o->width[axis]);
  const double b = __builtin_floor((own->high[axis] + slack - low) / o->width[axis]);
  const double most = (double)o->columns_along[axis] - 1;
  *first = (int64_t)(a < 0 ? 0 : a > most ? most + 1 : a);
  *last = (int64_t)(b > most ? most : b < 0 ? -1 : b);
}

static void mote_add_columns(mote_view *view, const mote_bounds *own, uint64_t from, uint64_t to) {
  const mote_search *s = view->s;
  const float reach2 = (float)(s->reach * s->reach) * 1.00001f;
  for (int32_t c = mote_first_column(s->order, from); c < s->order->column_count && s->order->column_keys[c] <= to; c++) {
    if (s->half && view->shift == MOTE_UNSHIFTED && c < view->column) continue;
    const mote_bounds theirs = mote_bounds_of_column(s, c);
    mote_candidates *to = view->candidates;
    if (mote_gap(own, &theirs) > reach2 || to->count == MOTE_CANDIDATES) continue;
    to->column[to->count] = c;
    to->from[to->count] = s->order->column_first[c];
    for (int k = 0; k < MOTE_SPACE; k++) to->low[k][to->count] = theirs.low[k], to->high[k][to->count] = theirs.high[k];
    to->count++;
  }
}

// The columns near a column that is seen from the image of the view, in the order of memory.
static void mote_find_candidates(mote_view *view) {
  const mote_search *s = view->s;
  mote_bounds own = mote_bounds_of_column(s, view->column);
  int64_t first[2] = {0, 0}, last[2] = {0, 0};
  view->candidates->count = 0;
  for (int k = 0; k < MOTE_SPACE; k++) own.low[k] += (float)view->image[k], own.high[k] += (float)view->image[k];
  for (int k = 0; k < MOTE_SPACE - 1; k++) mote_bins(s, &own, k, &first[k], &last[k]);
  if (first[0] > last[0] || first[1] > last[1]) return;
  for (int64_t stripe = first[1] / MOTE_STRIPE; stripe <= last[1] / MOTE_STRIPE; stripe++)
    for (int64_t a = first[0]; a <= last[0]; a++) {
      const int64_t base = (stripe * s->order->columns_along[0] + a) * MOTE_STRIPE, edge = stripe * MOTE_STRIPE;
      const int64_t from = first[1] > edge ? first[1] - edge : 0;
      const int64_t to = last[1] < edge + MOTE_STRIPE - 1 ? last[1] - edge : MOTE_STRIPE - 1;
      mote_add_columns(view, &own, (uint64_t)(base + from), (uint64_t)(base + to));
    }
}

// The lanes of a tile within reach.
MOTE_INLINE int mote_count_lanes(const V own[MOTE_PARTS][MOTE_SPACE], const mote_real *x, V reach2) {
  int near = 0;
  V place[MOTE_SPACE];
  for (int k = 0; k < MOTE_SPACE; k++) place[k] = mote_repeat(x + 8 * k);
  for (int part = 0; part < MOTE_PARTS; part++) {
    V r2 = (V)0;
    for (int k = 0; k < MOTE_SPACE; k++) r2 += (own[part][k] - place[k]) * (own[part][k] - place[k]);
    const mote_lane_flags flags = __builtin_convertvector(r2 < reach2, mote_lane_flags);
#if MOTE_DOUBLE
    near += __builtin_popcount(__builtin_bit_cast(uint8_t, flags));
#else
    near += __builtin_popcount(__builtin_bit_cast(uint16_t, flags));
#endif
  }
  return near;
}

typedef struct {   // a cluster, seen from the image of the view
  mote_bounds bounds;
  int32_t cluster;
} mote_seeker;

static mote_seeker mote_seeker_of(const mote_view *view, int64_t cluster) {
  mote_seeker own = {.cluster = (int32_t)cluster};
  for (int k = 0; k < MOTE_SPACE; k++) {
    own.bounds.low[k] = view->s->low[k][cluster] + (float)view->image[k];
    own.bounds.high[k] = view->s->high[k][cluster] + (float)view->image[k];
  }
  return own;
}

// Spreads the particles of a group over lanes; holes of i go to the other side of the world than holes of j.
static void mote_spread_group(const mote_view *view, int64_t cluster, int group, V x[MOTE_PARTS][MOTE_SPACE]) {
  const int slot = group * MOTE_GROUP, count = mote_occupied(view->s->order, cluster);
  const mote_real *from = (const mote_real *)view->s->positions + cluster * MOTE_SPACE * 8 + slot;
  for (int k = 0; k < MOTE_SPACE; k++) {
    mote_real seen[MOTE_GROUP];
    for (int l = 0; l < MOTE_GROUP; l++) seen[l] = slot + l < count ? from[8 * k + l] + view->image[k] : -from[8 * k + l];
    for (int part = 0; part < MOTE_PARTS; part++) x[part][k] = mote_spread(seen + part * MOTE_ROWS);
  }
}

// Tells which of 16 bounds from `first` are within reach.
MOTE_INLINE uint32_t mote_near_bounds(const float *const *low, const float *const *high, const mote_bounds *own, int32_t first,
                                      int32_t end, float reach2) {
  mote_bounds_row d2 = (mote_bounds_row)0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    const mote_bounds_row above = *(const mote_bounds_row *)(low[k] + first) - own->high[k];
    const mote_bounds_row below = own->low[k] - *(const mote_bounds_row *)(high[k] + first);
    mote_bounds_row gap = above > below ? above : below;
    gap = gap > 0 ? gap : (mote_bounds_row)0;
    d2 += gap * gap;
  }
  const uint32_t near = __builtin_bit_cast(uint16_t, __builtin_convertvector(d2 < reach2, mote_flags));
  return end - first < 16 ? near & ((1u << (end - first)) - 1) : near;
}

// Writes the places of the bits of `near`, and up to 16 numbers beyond them.
MOTE_INLINE void mote_append_bits(int32_t *to, int32_t first, uint32_t near) {
#ifdef __AVX512F__
  const mote_places all = first + (mote_places){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  *(mote_places *)to = (mote_places)__builtin_ia32_compresssi512_mask(all, all, (uint16_t)near);
#else
  for (int k = 0; k < 4; k++, near &= near - 1) to[k] = first + __builtin_ctz(near | 1u << 16);   // mostly enough
  for (to += 4; near != 0; near &= near - 1) *to++ = first + __builtin_ctz(near);
#endif
}

static void mote_add_entries(mote_list *list, int64_t group, int32_t shift, int64_t begin) {
  for (int64_t from = begin; from < list->partner_count; from += MOTE_RUN) {
    const int64_t to = from + MOTE_RUN < list->partner_count ? from + MOTE_RUN : list->partner_count;
    if (list->entry_count < list->entry_capacity)
      list->entries[list->entry_count] = (mote_entry){(int32_t)group, shift, (int32_t)from, (int32_t)to};
    list->entry_count++;
  }
}

MOTE_INLINE int mote_may_meet(const mote_search *s, int32_t a, int32_t b) {
  return s->species == 0 || (s->partners[a] & s->species[b]) != 0;
}

// Lists those of the clusters met that hold a particle within reach of a group.
static void mote_keep_near(mote_view *view, const mote_seeker *own, int group, int diagonal) {
  const int all = view->s->species == 0;   // known outside the loop
  const V reach2 = (V)(mote_real)(view->s->reach * view->s->reach);
  const mote_real *positions = (const mote_real *)view->s->positions;
  const int32_t self = view->shift == MOTE_UNSHIFTED ? own->cluster : -1, count = view->met_count;
  mote_list *list = view->list;
  const int64_t begin = list->partner_count;
  V x[MOTE_PARTS][MOTE_SPACE];
  mote_spread_group(view, own->cluster, group, x);
  if (begin + diagonal + count > list->partner_capacity) {
    list->partner_count += diagonal + count;   // too many by what is not near: the next search has room
  } else {
    int32_t *to = list->partners + begin;
    if (diagonal) *to++ = own->cluster;
    for (int32_t k = 0; k < count; k++) {
      const int32_t j = view->met[k], lanes = mote_count_lanes(x, positions + (int64_t)j * MOTE_SPACE * 8, reach2);
      list->within += j != self ? lanes : 0;
      *to = j;
      to += lanes > 0 && j != self && (all || mote_may_meet(view->s, own->cluster, j));
    }
    list->partner_count = to - list->partners;
  }
  mote_add_entries(list, 2 * (int64_t)own->cluster + group, view->shift, begin);
}

// Lists what was met, once for each group. Only the first time do the entries begin with the cluster itself.
static void mote_keep_met(mote_view *view, const mote_seeker *own) {
  const int diagonal = view->shift == MOTE_UNSHIFTED && !view->kept && mote_may_meet(view->s, own->cluster, own->cluster);
  const int groups = 1 + (mote_occupied(view->s->order, own->cluster) > MOTE_GROUP);
  if (view->met_count == 0 && !diagonal) return;
  for (int group = 0; group < groups; group++) mote_keep_near(view, own, group, diagonal);
  view->met_count = 0;
  view->kept = 1;
}

// Notes the clusters of a column whose bounds are within reach of a cluster.
MOTE_INLINE void mote_meet_column(mote_view *view, const mote_seeker *own, int32_t candidate) {
  const mote_search *s = view->s;
  const int last = MOTE_SPACE - 1;
  const float reach = (float)s->reach * 1.00001f;
  const int32_t column = view->candidates->column[candidate], end = s->order->column_first[column + 1];
  const float *low[MOTE_SPACE], *high[MOTE_SPACE];
  int32_t c = view->candidates->from[candidate];
  // Clusters ascend along the last axis, and so does what they meet.
  while (c + 1 < end && s->high[last][c] < own->bounds.low[last] - reach) c++;
  view->candidates->from[candidate] = c;
  if (s->half && view->shift == MOTE_UNSHIFTED && column == view->column && c < own->cluster) c = own->cluster;
  for (int k = 0; k < MOTE_SPACE; k++) low[k] = s->low[k], high[k] = s->high[k];
  for (; c < end && low[last][c] <= own->bounds.high[last] + reach; c += 16) {
    const uint32_t near = mote_near_bounds(low, high, &own->bounds, c, end, reach * reach);
    mote_append_bits(view->met + view->met_count, c, near);
    view->met_count += __builtin_popcount(near);
    if (view->met_count >= MOTE_MET) mote_keep_met(view, own);
  }
}

static void mote_meet(mote_view *view, int64_t cluster) {
  const float reach2 = (float)(view->s->reach * view->s->reach) * 1.00001f;
  const mote_seeker own = mote_seeker_of(view, cluster);
  const mote_candidates *candidates = view->candidates;
  const float *low[MOTE_SPACE], *high[MOTE_SPACE];
  view->kept = 0;
  for (int k = 0; k < MOTE_SPACE; k++) low[k] = candidates->low[k], high[k] = candidates->high[k];
  for (int32_t k = 0; k < candidates->count; k += 16)
    for (uint32_t near = mote_near_bounds(low, high, &own.bounds, k, candidates->count, reach2); near != 0; near &= near - 1)
      mote_meet_column(view, &own, k + __builtin_ctz(near));
  mote_keep_met(view, &own);
}

// Lists the partners of the clusters begin ..< end. If the list is too small, its counts tell what it needs.
void mote_search_clusters(const mote_search *s, int64_t begin, int64_t end, mote_list *list) {
  mote_candidates candidates;
  int32_t met[MOTE_MET + 20];
  mote_view view = {.s = s, .list = list, .candidates = &candidates, .met = met};
  const int32_t *first = s->order->column_first;
  list->entry_count = list->partner_count = list->within = 0;
  for (view.column = 0; view.column < s->order->column_count; view.column++) {
    if (first[view.column + 1] <= begin || first[view.column] >= end) continue;
    for (view.shift = s->half ? MOTE_UNSHIFTED : 0; view.shift < MOTE_SHIFTS; view.shift++) {
      const int image[3] = {view.shift / 9 - 1, view.shift / 3 % 3 - 1, view.shift % 3 - 1};
      int possible = 1;
      for (int k = 0; k < 3; k++) possible &= image[k] == 0 || (k < MOTE_SPACE && s->periodic[k]);
      for (int k = 0; k < MOTE_SPACE; k++) view.image[k] = (mote_real)(image[k] * s->grid->shift[k]);
      if (!possible) continue;
      mote_find_candidates(&view);
      if (candidates.count == 0) continue;
      for (int64_t c = first[view.column] < begin ? begin : first[view.column]; c < first[view.column + 1] && c < end; c++)
        mote_meet(&view, c);
    }
  }
}

// Marks the blocks of MOTE_BLOCK clusters that a list touches, and counts the lanes from which each cluster receives: no particle of
// it gets more contributions than that. Lists of several threads share the counts.
void mote_survey(const mote_list *list, int32_t half, uint8_t *blocks, int32_t *lanes) {
  for (int64_t e = 0; e < list->entry_count; e++) {
    const mote_entry entry = list->entries[e];
    const int32_t own = entry.group / 2;
    blocks[own / MOTE_BLOCK] = 1;
    __atomic_fetch_add(&lanes[own], MOTE_CLUSTER * (entry.end - entry.begin), __ATOMIC_RELAXED);
    for (int32_t k = entry.begin; k < entry.end; k++) {
      blocks[list->partners[k] / MOTE_BLOCK] = 1;
      if (half) __atomic_fetch_add(&lanes[list->partners[k]], MOTE_GROUP, __ATOMIC_RELAXED);
    }
  }
}

typedef _Bool mote_row_flags __attribute__((ext_vector_type(8)));

// Whether a comes before b in a pair: 1 if so, -1 if the other way round, 0 if they do not meet.
static inline int mote_sense(const mote_roles *roles, int64_t a, int64_t b) {
  const int64_t sa = roles->species[a], sb = roles->species[b];
  const int forward = roles->receives[sa * roles->species_count + sb], backward = roles->receives[sb * roles->species_count + sa];
  if (forward && backward) return roles->ids[a] < roles->ids[b] ? 1 : -1;
  return forward ? 1 : backward ? -1 : 0;
}

// Writes the pairs of a half list that are within reach one by one, as the places of i and j, as far as there is room.
// Returns how many there are.
int64_t mote_list_pairs(const mote_search *s, const mote_list *list, const mote_roles *roles, int32_t *pairs, int64_t capacity) {
  const mote_real reach2 = (mote_real)(s->reach * s->reach) * (mote_real)1.00001;
  const int32_t *first = s->order->cluster_first;
  int64_t count = 0;
  for (int64_t e = 0; e < list->entry_count; e++) {
    const mote_entry entry = list->entries[e];
    const int32_t own = entry.group / 2, slot = (entry.group & 1) * MOTE_GROUP, occupied = mote_occupied(s->order, own);
    const int32_t image[3] = {entry.shift / 9 - 1, entry.shift / 3 % 3 - 1, entry.shift % 3 - 1};
    for (int32_t k = entry.begin; k < entry.end; k++) {
      const int32_t other = list->partners[k], theirs = mote_occupied(s->order, other);
      const mote_real *xj = (const mote_real *)s->positions + (int64_t)other * MOTE_SPACE * 8;
      const int diagonal = k == entry.begin && entry.shift == MOTE_UNSHIFTED && other == own;
      for (int32_t a = slot; a < slot + MOTE_GROUP && a < occupied; a++) {
        const mote_real *xi = (const mote_real *)s->positions + (int64_t)own * MOTE_SPACE * 8 + a;
        mote_row r2 = (mote_row)0;
        for (int axis = 0; axis < MOTE_SPACE; axis++) {
          const mote_row d = xi[8 * axis] + (mote_real)(image[axis] * s->grid->shift[axis]) - *(const mote_row *)(xj + 8 * axis);
          r2 += d * d;
        }
        uint32_t near = __builtin_bit_cast(uint8_t, __builtin_convertvector(r2 <= reach2, mote_row_flags));
        near &= (1u << theirs) - 1;
        if (diagonal) near &= ~0u << (a + 1);
        const int32_t i = first[own] + a;
        for (; near != 0; near &= near - 1) {
          const int32_t j = first[other] + __builtin_ctz(near);
          const int sense = mote_sense(roles, i, j);
          if (sense == 0) continue;
          if (count < capacity) pairs[2 * count] = sense > 0 ? i : j, pairs[2 * count + 1] = sense > 0 ? j : i;
          count++;
        }
      }
    }
  }
  return count;
}
