// A tree of boxes, and the points that stand for their particles: barycentric Lagrange interpolation on Chebyshev points of the
// second kind; L. Wang, R. Krasny, S. Tlupova, Commun. Comput. Phys. 28 (2020) 1415. It follows from the order given alone.

// Puts the k least of a list first; equal places in the order of their numbers.
static int mote_far_less(const double *column, int32_t a, int32_t b) { return column[a] < column[b] || (column[a] == column[b] && a < b); }

static void mote_far_select(const double *column, int32_t *list, int32_t count, int32_t k) {
  int32_t low = 0, high = count - 1;
  while (low < high) {
    const int32_t pivot = list[low + (high - low) / 2];
    int32_t i = low, j = high;
    while (i <= j) {
      while (mote_far_less(column, list[i], pivot)) i++;
      while (mote_far_less(column, pivot, list[j])) j--;
      if (i <= j) {
        const int32_t other = list[i];
        list[i++] = list[j], list[j--] = other;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

static int32_t mote_far_build(const double *const *columns, int32_t *list, int32_t begin, int32_t end, mote_far_node *nodes,
                              int32_t *count, int32_t parent, int depth) {
  const int32_t me = (*count)++;
  mote_far_node *node = nodes + me;
  memset(node, 0, sizeof *node);
  node->begin = begin, node->end = end, node->left = node->right = -1, node->proxies = -1, node->parent = parent;
  int axis = 0;
  double square = 0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    node->low[k] = node->high[k] = columns[k][list[begin]];
    for (int32_t at = begin; at < end; at++) {
      const double x = columns[k][list[at]];
      node->low[k] = x < node->low[k] ? x : node->low[k], node->high[k] = x > node->high[k] ? x : node->high[k];
    }
    if (node->high[k] - node->low[k] > node->high[axis] - node->low[axis]) axis = k;
    square += (node->high[k] - node->low[k]) * (node->high[k] - node->low[k]) / 4;
  }
  node->radius = sqrt(square);
  if (end - begin <= MOTE_FAR_LEAF) return me;
  // Cut at the middle of the box, but with whole leaves on both sides: cubic boxes, outliers apart. Deep down, halves.
  const double middle = (node->low[axis] + node->high[axis]) / 2;
  const int32_t leaves = (end - begin + MOTE_FAR_LEAF - 1) / MOTE_FAR_LEAF;
  int32_t below = 0;
  for (int32_t at = begin; at < end; at++) below += columns[axis][list[at]] < middle;
  int32_t part = depth < 48 ? (below + MOTE_FAR_LEAF / 2) / MOTE_FAR_LEAF : leaves / 2;
  part = (part < 1 ? 1 : part > leaves - 1 ? leaves - 1 : part) * MOTE_FAR_LEAF;
  mote_far_select(columns[axis], list + begin, end - begin, part);
  const int32_t left = mote_far_build(columns, list, begin, begin + part, nodes, count, me, depth + 1);
  const int32_t right = mote_far_build(columns, list, begin + part, end, nodes, count, me, depth + 1);
  nodes[me].left = left, nodes[me].right = right;
  return me;
}

// Orders `list` (0 ..< count at first) by the boxes of a tree; the number of nodes.
int32_t mote_far_tree(const double *const *columns, int32_t *list, int32_t count, mote_far_node *nodes) {
  int32_t made = 0;
  mote_far_build(columns, list, 0, count, nodes, &made, -1, 0);
  return made;
}

// Whether the points of a box may stand for its particles, seen from those of another.
static int mote_far_is_far(const mote_far_node *a, const mote_far_node *b, double opening) {
  double distance = 0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    const double apart = (a->low[k] + a->high[k] - b->low[k] - b->high[k]) / 2;
    distance += apart * apart;
  }
  const double radii = a->radius + b->radius;
  return radii * radii < opening * opening * distance;
}

// The targets of box t meet the sources of box s: as they are, or part by part.
static int64_t mote_far_pair(const mote_far_meetings *all, int32_t t, int32_t s, int64_t found) {
  const mote_far_node *a = all->nodes + t, *b = all->nodes + s;
  const int leaf = a->left < 0, far = (leaf || all->collects) && mote_far_is_far(a, b, all->opening);
  if (far || (leaf && b->left < 0)) {
    if (found < all->capacity) all->pairs[2 * found] = t, all->pairs[2 * found + 1] = far ? s : ~s;
    return found + 1;
  }
  if (!leaf && (b->left < 0 || !all->collects || a->radius >= b->radius))
    return mote_far_pair(all, a->right, s, mote_far_pair(all, a->left, s, found));
  return mote_far_pair(all, t, b->right, mote_far_pair(all, t, b->left, found));
}

// Finds which boxes meet; returns their number. If that exceeds the capacity, the rest is missing.
int64_t mote_far_meet_boxes(const mote_far_meetings *all) {
  const int64_t found = mote_far_pair(all, 0, 0, 0);
  if (found > all->capacity) return found;
  memset(all->starts, 0, sizeof(int64_t) * (size_t)(all->node_count + 1));
  for (int64_t n = 0; n < found; n++) all->starts[all->pairs[2 * n] + 1]++;
  for (int32_t n = 0; n < all->node_count; n++) all->starts[n + 1] += all->starts[n];
  for (int64_t n = 0; n < found; n++) all->met[all->starts[all->pairs[2 * n]]++] = all->pairs[2 * n + 1];
  for (int32_t n = all->node_count; n > 0; n--) all->starts[n] = all->starts[n - 1];
  all->starts[0] = 0;
  return found;
}

// MARK: Points of boxes

// Interpolation points between -1 and 1, and what makes the Lagrange polynomials 1 there.
typedef struct {
  int count;       // along an axis
  int64_t all;     // of a box
  int64_t stride;  // the same in whole vectors of either precision
  double at[MOTE_FAR_POINTS], scale[MOTE_FAR_POINTS];
} mote_far_rule;

static int mote_far_many(const mote_far_rule *rule, int axis) { return axis < MOTE_SPACE ? rule->count : 1; }

static mote_far_rule mote_far_make_rule(int32_t points) {
  mote_far_rule rule = {.count = points};
  for (int k = 0; k < points; k++) rule.at[k] = points > 1 ? cos(M_PI * k / (points - 1)) : 0;
  for (int k = 0; k < points; k++) {
    double product = 1;
    for (int l = 0; l < points; l++) product *= l == k ? 1 : rule.at[k] - rule.at[l];
    rule.scale[k] = 1 / product;
  }
  rule.all = (int64_t)mote_far_many(&rule, 0) * mote_far_many(&rule, 1) * mote_far_many(&rule, 2);
  rule.stride = (rule.all + MOTE_FAR_VECTOR - 1) / MOTE_FAR_VECTOR * MOTE_FAR_VECTOR;
  return rule;
}

// The Lagrange polynomials along the axes at a vector of places.
MOTE_INLINE void mote_far_lagrange(const mote_far_rule *rule, const mote_far_node *node, const double *const *x, int64_t place,
                                   V value[3][MOTE_FAR_POINTS]) {
  for (int axis = 0; axis < 3; axis++) {
    value[axis][0] = (V)1;
    if (axis >= MOTE_SPACE) continue;
    const double wide = node->high[axis] - node->low[axis], middle = (node->low[axis] + node->high[axis]) / 2;
    const V at = (mote_far_load(x[axis], place, 0) - middle) * (wide > 0 ? 2 / wide : 0);
    V before = (V)1, after = (V)1;
    for (int k = 0; k < rule->count; k++) value[axis][k] = before * rule->scale[k], before *= at - rule->at[k];
    for (int k = rule->count - 1; k >= 0; k--) value[axis][k] *= after, after *= at - rule->at[k];
  }
}

// Adds particles, or the points of a box inside, to the points of a box.
static void mote_far_spread(const mote_far_rule *rule, const mote_far_node *node, const double *const *from, int64_t begin,
                            int64_t end, double *const *to, int fields, V *sums) {
  for (int field = 0; field < fields; field++) {
    memset(sums, 0, sizeof(V) * (size_t)rule->all);
    for (int64_t at = begin; at < end; at += MOTE_LANES) {
      V along[3][MOTE_FAR_POINTS], strength = mote_far_load(from[MOTE_SPACE + field], at, 0), *sum = sums;
      for (int lane = 0; lane < MOTE_LANES; lane++) strength[lane] = at + lane < end ? strength[lane] : 0;
      mote_far_lagrange(rule, node, from, at, along);
      for (int a = 0; a < mote_far_many(rule, 0); a++)
        for (int b = 0; b < mote_far_many(rule, 1); b++) {
          const V share = strength * along[0][a] * along[1][b];
          for (int c = 0; c < mote_far_many(rule, 2); c++) *sum++ += share * along[2][c];
        }
    }
    for (int64_t point = 0; point < rule->all; point++)
      for (int lane = 0; lane < MOTE_LANES; lane++) to[MOTE_SPACE + field][node->proxies + point] += sums[point][lane];
  }
}

static void mote_far_place(const mote_far_rule *rule, const mote_far_node *node, double *const *proxies, int32_t fields) {
  for (int64_t place = 0; place < rule->stride; place++) {
    int64_t rest = place < rule->all ? place : 0;
    for (int k = MOTE_SPACE - 1; k >= 0; k--, rest /= rule->count)
      proxies[k][node->proxies + place] =
        (node->low[k] + node->high[k]) / 2 + (node->high[k] - node->low[k]) / 2 * rule->at[rest % rule->count];
    for (int field = 0; field < fields; field++) proxies[MOTE_SPACE + field][node->proxies + place] = 0;
  }
}

// How many places the points of boxes take; a box with fewer particles than points has none.
int64_t mote_far_number(mote_far_node *nodes, int32_t count, int32_t points) {
  const mote_far_rule rule = mote_far_make_rule(points);
  int64_t next = 0;
  for (int32_t n = 0; n < count; n++) {
    const int many = nodes[n].end - nodes[n].begin > rule.all;
    nodes[n].proxies = many ? next : -1;
    next += many ? rule.stride : 0;
  }
  return next;
}

// The points of all boxes, from the leaves up: columns are positions, then fields.
void mote_far_proxies(const mote_far_node *nodes, int32_t count, const double *const *particles, double *const *proxies,
                      int32_t fields, int32_t points) {
  const mote_far_rule rule = mote_far_make_rule(points);
  V sums[rule.all];
  // Children have larger numbers than their parents.
  for (int32_t n = count - 1; n >= 0; n--) {
    const mote_far_node *node = nodes + n, *children[2] = {nodes + node->left, nodes + node->right};
    if (node->proxies < 0) continue;
    mote_far_place(&rule, node, proxies, fields);
    if (node->left < 0) mote_far_spread(&rule, node, particles, node->begin, node->end, proxies, fields, sums);
    for (int side = 0; side < 2 && node->left >= 0; side++) {
      const mote_far_node *child = children[side];
      const double *const *from = child->proxies < 0 ? particles : (const double *const *)proxies;
      const int64_t begin = child->proxies < 0 ? child->begin : child->proxies;
      mote_far_spread(&rule, node, from, begin, child->proxies < 0 ? child->end : begin + rule.all, proxies, fields, sums);
    }
  }
}

// Hands what the points of a box got to places inside: particles, or the points of a smaller box.
static void mote_far_hand_down(const mote_far_rule *rule, const mote_far_node *node, const double *const *x, int64_t begin, int64_t end,
                               const double *strength, double *const *from, double *const *to, int channels) {
  for (int64_t at = begin; at < end; at += MOTE_LANES) {
    V along[3][MOTE_FAR_POINTS];
    mote_far_lagrange(rule, node, x, at, along);
    for (int channel = 0; channel < channels; channel++) {
      const double *got = from[channel] + node->proxies;
      V sum = (V)0;
      for (int a = 0; a < mote_far_many(rule, 0); a++)
        for (int b = 0; b < mote_far_many(rule, 1); b++) {
          V line = (V)0;
          for (int c = 0; c < mote_far_many(rule, 2); c++) line += along[2][c] * *got++;
          sum += along[0][a] * along[1][b] * line;
        }
      for (int lane = 0; lane < MOTE_LANES && at + lane < end; lane++)
        to[channel][at + lane] += strength ? strength[at + lane] * sum[lane] : sum[lane];
    }
  }
}

// Hands everything that boxes got at their points down to the particles.
void mote_far_collect(const mote_far_call *call, int32_t points, int32_t totals) {
  const mote_far_rule rule = mote_far_make_rule(points);
  const int parts[2] = {MOTE_CHANNELS, totals ? 1 + MOTE_FORCE * MOTE_VIRIALS : 0};
  double *const *own[2] = {call->sums, call->totals};
  for (int32_t n = 0; n < call->node_count; n++) {
    const mote_far_node *node = call->nodes + n;
    if (!mote_far_collects(call, node)) continue;
    const int32_t inside[2] = {node->left < 0 ? n : node->left, node->right};
    for (int side = 0; side < (node->left < 0 ? 1 : 2); side++) {
      const mote_far_node *child = call->nodes + inside[side];
      const int boxed = node->left >= 0 && child->proxies >= 0;
      for (int part = 0; part < 2; part++) {
        double *const *got = call->proxy_sums + (part ? MOTE_CHANNELS : 0);
        if (boxed)
          mote_far_hand_down(&rule, node, call->proxies.columns, child->proxies, child->proxies + rule.all, 0, got, got, parts[part]);
        else
          mote_far_hand_down(&rule, node, call->targets.columns, child->begin, child->end, call->strength, got, own[part], parts[part]);
      }
    }
  }
}
