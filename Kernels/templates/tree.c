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
                              int32_t *count, int depth) {
  const int32_t me = (*count)++;
  mote_far_node *node = nodes + me;
  memset(node, 0, sizeof *node);
  node->begin = begin, node->end = end, node->left = node->right = -1, node->proxies = -1;
  int axis = 0;
  for (int k = 0; k < MOTE_SPACE; k++) {
    node->low[k] = node->high[k] = columns[k][list[begin]];
    for (int32_t at = begin; at < end; at++) {
      const double x = columns[k][list[at]];
      node->low[k] = x < node->low[k] ? x : node->low[k], node->high[k] = x > node->high[k] ? x : node->high[k];
    }
    if (node->high[k] - node->low[k] > node->high[axis] - node->low[axis]) axis = k;
  }
  if (end - begin <= MOTE_FAR_LEAF) return me;
  // Cut at the middle of the box, but with whole leaves on both sides: cubic boxes, outliers apart. Deep down, halves.
  const double middle = (node->low[axis] + node->high[axis]) / 2;
  const int32_t leaves = (end - begin + MOTE_FAR_LEAF - 1) / MOTE_FAR_LEAF;
  int32_t below = 0;
  for (int32_t at = begin; at < end; at++) below += columns[axis][list[at]] < middle;
  int32_t part = depth < 48 ? (below + MOTE_FAR_LEAF / 2) / MOTE_FAR_LEAF : leaves / 2;
  part = (part < 1 ? 1 : part > leaves - 1 ? leaves - 1 : part) * MOTE_FAR_LEAF;
  mote_far_select(columns[axis], list + begin, end - begin, part);
  const int32_t left = mote_far_build(columns, list, begin, begin + part, nodes, count, depth + 1);
  const int32_t right = mote_far_build(columns, list, begin + part, end, nodes, count, depth + 1);
  nodes[me].left = left, nodes[me].right = right;
  return me;
}

// Orders `list` (0 ..< count at first) by the boxes of a tree; the number of nodes.
int32_t mote_far_tree(const double *const *columns, int32_t *list, int32_t count, mote_far_node *nodes) {
  int32_t made = 0;
  mote_far_build(columns, list, 0, count, nodes, &made, 0);
  return made;
}

static int mote_far_along(int axis, int points) { return axis < MOTE_SPACE ? points : 1; }

// Where an interpolation point lies between -1 and 1.
static double mote_far_point(int k, int points) { return points > 1 ? cos(M_PI * k / (points - 1)) : 0; }

// The Lagrange polynomials of the points at x.
static void mote_far_lagrange(const mote_far_node *node, int axis, double x, int points, double *value) {
  const double wide = node->high[axis] - node->low[axis];
  const double at = wide > 0 ? (2 * x - node->low[axis] - node->high[axis]) / wide : 0;
  double sum = 0;
  for (int k = 0; k < points; k++) {
    const double apart = at - mote_far_point(k, points);
    if (fabs(apart) < 1e-14) {
      for (int l = 0; l < points; l++) value[l] = l == k;
      return;
    }
    value[k] = (k % 2 ? -1.0 : 1.0) * (k == 0 || k == points - 1 ? 0.5 : 1.0) / apart;
    sum += value[k];
  }
  for (int k = 0; k < points; k++) value[k] /= sum;
}

// Adds particles, or the points of a box inside, to the points of a box.
static void mote_far_spread(const mote_far_node *node, const double *const *from, int64_t begin, int64_t end, double *const *to,
                            int fields, int points) {
  for (int64_t at = begin; at < end; at++) {
    double along[3][MOTE_FAR_POINTS] = {{1}, {1}, {1}};
    for (int k = 0; k < MOTE_SPACE; k++) mote_far_lagrange(node, k, from[k][at], points, along[k]);
    for (int field = 0; field < fields; field++) {
      double *const out = to[MOTE_SPACE + field] + node->proxies;
      const double strength = from[MOTE_SPACE + field][at];
      int64_t place = 0;
      for (int a = 0; a < mote_far_along(0, points); a++)
        for (int b = 0; b < mote_far_along(1, points); b++) {
          const double share = strength * along[0][a] * along[1][b];
          for (int c = 0; c < mote_far_along(2, points); c++) out[place++] += share * along[2][c];
        }
    }
  }
}

// The points of all boxes that have more particles than points, from the leaves up: columns are positions, then fields.
void mote_far_proxies(mote_far_node *nodes, int32_t count, const double *const *particles, double *const *proxies, int32_t fields,
                      int32_t points) {
  const int64_t all = (int64_t)mote_far_along(0, points) * mote_far_along(1, points) * mote_far_along(2, points);
  int64_t next = 0;
  for (int32_t n = 0; n < count; n++) {
    mote_far_node *node = nodes + n;
    node->proxies = -1;
    if (node->end - node->begin <= all) continue;
    node->proxies = next, next += all;
    int64_t place = node->proxies;
    for (int a = 0; a < mote_far_along(0, points); a++)
      for (int b = 0; b < mote_far_along(1, points); b++)
        for (int c = 0; c < mote_far_along(2, points); c++, place++) {
          const int at[3] = {a, b, c};
          for (int k = 0; k < MOTE_SPACE; k++)
            proxies[k][place] =
              (node->low[k] + node->high[k]) / 2 + (node->high[k] - node->low[k]) / 2 * mote_far_point(at[k], points);
          for (int field = 0; field < fields; field++) proxies[MOTE_SPACE + field][place] = 0;
        }
  }
  // Children have larger numbers than their parents.
  for (int32_t n = count - 1; n >= 0; n--) {
    const mote_far_node *node = nodes + n;
    if (node->proxies < 0) continue;
    const int32_t children[2] = {node->left, node->right};
    if (node->left < 0) mote_far_spread(node, particles, node->begin, node->end, proxies, fields, points);
    for (int side = 0; side < 2 && node->left >= 0; side++) {
      const mote_far_node *child = nodes + children[side];
      if (child->proxies < 0) mote_far_spread(node, particles, child->begin, child->end, proxies, fields, points);
      else
        mote_far_spread(node, (const double *const *)proxies, child->proxies, child->proxies + all, proxies, fields, points);
    }
  }
}
