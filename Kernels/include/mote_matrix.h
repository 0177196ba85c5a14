// Functions of small square matrices, row by row: in kernels, and on the host as their reference.
#ifndef MOTE_MATRIX_H
#define MOTE_MATRIX_H
#include <math.h>
#include <string.h>

enum { MOTE_MATRIX_MOST = 6 };   // rows; 3, and twice that for the blocks by which slopes are found

static inline void mote_matrix_unit(int n, double *a) {
  for (int k = 0; k < n * n; k++) a[k] = k % (n + 1) == 0;
}

static inline void mote_matrix_product(int n, const double *a, const double *b, double *c) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
}

// By elimination with pivots.
static inline void mote_matrix_inverse(int n, const double *a, double *inverse) {
  double m[MOTE_MATRIX_MOST * MOTE_MATRIX_MOST];
  memcpy(m, a, sizeof(double) * (size_t)(n * n));
  mote_matrix_unit(n, inverse);
  for (int k = 0; k < n; k++) {
    int pivot = k;
    for (int i = k; i < n; i++) pivot = fabs(m[i * n + k]) > fabs(m[pivot * n + k]) ? i : pivot;
    const double scale = 1 / m[pivot * n + k];
    for (int j = 0; j < n; j++) {
      const double x = m[k * n + j], y = inverse[k * n + j];
      m[k * n + j] = m[pivot * n + j] * scale, inverse[k * n + j] = inverse[pivot * n + j] * scale;
      if (pivot != k) m[pivot * n + j] = x, inverse[pivot * n + j] = y;
    }
    for (int i = 0; i < n; i++) {
      const double factor = m[i * n + k];
      if (i == k) continue;
      for (int j = 0; j < n; j++) m[i * n + j] -= factor * m[k * n + j], inverse[i * n + j] -= factor * inverse[k * n + j];
    }
  }
}

// The rotation that makes two columns orthogonal, or an element off the diagonal zero; applied to columns p and q.
static inline void mote_matrix_turn(int n, double *a, int p, int q, double c, double s) {
  for (int i = 0; i < n; i++) {
    const double x = a[i * n + p], y = a[i * n + q];
    a[i * n + p] = c * x - s * y, a[i * n + q] = s * x + c * y;
  }
}

static inline double mote_matrix_tangent(double half_difference, double off) {
  const double zeta = half_difference / off;
  return (zeta < 0 ? -1 : 1) / (fabs(zeta) + sqrt(1 + zeta * zeta));
}

static inline void mote_matrix_swap(int n, double *a, int p, int q) {
  for (int i = 0; i < n; i++) {
    const double x = a[i * n + p];
    a[i * n + p] = a[i * n + q], a[i * n + q] = x;
  }
}

// F = U diag(s) V^T, s not negative and falling: u, s, v. One-sided rotations, M. R. Hestenes, J. SIAM 6 (1958) 51.
static inline void mote_matrix_svd(int n, const double *f, double *out) {
  double *u = out, *s = out + n * n, *v = s + n;
  memcpy(u, f, sizeof(double) * (size_t)(n * n));
  mote_matrix_unit(n, v);
  for (int sweep = 0; sweep < 30; sweep++) {
    int turned = 0;
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        double pp = 0, qq = 0, pq = 0;
        for (int i = 0; i < n; i++) {
          pp += u[i * n + p] * u[i * n + p], qq += u[i * n + q] * u[i * n + q], pq += u[i * n + p] * u[i * n + q];
        }
        if (fabs(pq) <= 1e-16 * sqrt(pp * qq)) continue;
        const double t = mote_matrix_tangent((qq - pp) / 2, pq), c = 1 / sqrt(1 + t * t);
        mote_matrix_turn(n, u, p, q, c, c * t);
        mote_matrix_turn(n, v, p, q, c, c * t);
        turned = 1;
      }
    if (!turned) break;
  }
  for (int k = 0; k < n; k++) {
    s[k] = 0;
    for (int i = 0; i < n; i++) s[k] += u[i * n + k] * u[i * n + k];
    s[k] = sqrt(s[k]);
  }
  for (int p = 0; p < n; p++)
    for (int q = p + 1; q < n; q++)
      if (s[q] > s[p]) {
        const double x = s[p];
        s[p] = s[q], s[q] = x;
        mote_matrix_swap(n, u, p, q), mote_matrix_swap(n, v, p, q);
      }
  for (int k = 0; k < n; k++) {
    if (s[k] > 1e-15 * s[0]) {
      for (int i = 0; i < n; i++) u[i * n + k] /= s[k];
      continue;
    }
    // Where F vanishes, any direction that is orthogonal to the others: of the axes the one that stands out most.
    double best = -1, column[3] = {0, 0, 0};
    for (int axis = 0; axis < n; axis++) {
      double rest[3] = {0, 0, 0}, size = 0;
      rest[axis] = 1;
      for (int l = 0; l < k; l++)
        for (int i = 0; i < n; i++) rest[i] -= u[axis * n + l] * u[i * n + l];
      for (int i = 0; i < n; i++) size += rest[i] * rest[i];
      if (size > best) best = size, memcpy(column, rest, sizeof column);
    }
    for (int i = 0; i < n; i++) u[i * n + k] = column[i] / sqrt(best);
  }
}

// The symmetric part of S = Q diag(values) Q^T: values, falling, and Q, whose columns belong to them. Jacobi's rotations.
static inline void mote_matrix_eigen(int n, const double *f, double *out) {
  double a[9], *values = out, *q = out + n;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) a[i * n + j] = (f[i * n + j] + f[j * n + i]) / 2;
  mote_matrix_unit(n, q);
  for (int sweep = 0; sweep < 30; sweep++) {
    double off = 0, all = 0;
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) all += a[i * n + j] * a[i * n + j], off += i == j ? 0 : a[i * n + j] * a[i * n + j];
    if (off <= 1e-34 * all) break;
    for (int k = 0; k < n; k++)
      for (int l = k + 1; l < n; l++) {
        if (a[k * n + l] == 0) continue;
        const double t = mote_matrix_tangent((a[l * n + l] - a[k * n + k]) / 2, a[k * n + l]), c = 1 / sqrt(1 + t * t);
        mote_matrix_turn(n, a, k, l, c, c * t);
        for (int j = 0; j < n; j++) {
          const double x = a[k * n + j], y = a[l * n + j];
          a[k * n + j] = c * x - c * t * y, a[l * n + j] = c * t * x + c * y;
        }
        mote_matrix_turn(n, q, k, l, c, c * t);
      }
  }
  for (int k = 0; k < n; k++) values[k] = a[k * n + k];
  for (int k = 0; k < n; k++)
    for (int l = k + 1; l < n; l++)
      if (values[l] > values[k]) {
        const double x = values[k];
        values[k] = values[l], values[l] = x;
        mote_matrix_swap(n, q, k, l);
      }
}

// The rotation R of F = R S with S symmetric: U V^T, with the last column turned round where that is a reflection.
static inline void mote_matrix_polar(int n, const double *f, double *out) {
  double parts[21], *u = parts, *v = parts + n * n + n;
  mote_matrix_svd(n, f, parts);
  double turn[9], lost = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      turn[i * n + j] = 0;
      for (int k = 0; k < n; k++) turn[i * n + j] += u[i * n + k] * v[j * n + k];
    }
  if (n == 1) lost = turn[0];
  if (n == 2) lost = turn[0] * turn[3] - turn[1] * turn[2];
  if (n == 3)
    for (int k = 0; k < 3; k++)
      lost += turn[k] * (turn[3 + (k + 1) % 3] * turn[6 + (k + 2) % 3] - turn[3 + (k + 2) % 3] * turn[6 + (k + 1) % 3]);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) out[i * n + j] = turn[i * n + j] - (lost < 0 ? 2 * u[i * n + n - 1] * v[j * n + n - 1] : 0);
}

static inline double mote_matrix_size(int n, const double *a) {
  double sum = 0;
  for (int k = 0; k < n * n; k++) sum += a[k] * a[k];
  return sqrt(sum);
}

// Taylor's series of A/2^k, squared k times; N. J. Higham, Functions of Matrices (2008), section 10.3.
static inline void mote_matrix_exp(int n, const double *f, double *out) {
  double a[36], term[36], next[36];
  int halvings = 0;
  for (double size = mote_matrix_size(n, f); size > 0.5 && halvings < 60; size /= 2) halvings++;
  for (int k = 0; k < n * n; k++) a[k] = ldexp(f[k], -halvings);
  mote_matrix_unit(n, out);
  mote_matrix_unit(n, term);
  for (int order = 1; order <= 15; order++) {
    mote_matrix_product(n, term, a, next);
    for (int k = 0; k < n * n; k++) term[k] = next[k] / order, out[k] += term[k];
  }
  for (; halvings > 0; halvings--) {
    mote_matrix_product(n, out, out, next);
    memcpy(out, next, sizeof(double) * (size_t)(n * n));
  }
}

// The square root by the iteration of Denman and Beavers; Higham, equation 6.15.
static inline void mote_matrix_root(int n, double *a) {
  double other[36], inverse[36], inverse_other[36];
  mote_matrix_unit(n, other);
  for (int round = 0; round < 30; round++) {
    double change = 0;
    mote_matrix_inverse(n, a, inverse);
    mote_matrix_inverse(n, other, inverse_other);
    for (int k = 0; k < n * n; k++) {
      const double step = (inverse_other[k] - a[k]) / 2;
      a[k] += step, other[k] = (other[k] + inverse[k]) / 2;
      change += step * step;
    }
    if (sqrt(change) <= 1e-16 * mote_matrix_size(n, a)) break;
  }
}

// Roots until the matrix is near the unit, then 2 artanh((A - 1)(A + 1)^-1) by its series; Higham, section 11.5.
static inline void mote_matrix_log(int n, const double *f, double *out) {
  double a[36], less[36], more[36], ratio[36], square[36], power[36], next[36];
  int roots = 0;
  memcpy(a, f, sizeof(double) * (size_t)(n * n));
  for (; roots < 40; roots++) {
    for (int k = 0; k < n * n; k++) less[k] = a[k] - (k % (n + 1) == 0);
    if (!(mote_matrix_size(n, less) > 0.25)) break;
    mote_matrix_root(n, a);
  }
  for (int k = 0; k < n * n; k++) more[k] = a[k] + (k % (n + 1) == 0);
  mote_matrix_inverse(n, more, next);
  mote_matrix_product(n, less, next, ratio);
  mote_matrix_product(n, ratio, ratio, square);
  memcpy(power, ratio, sizeof power);
  memset(out, 0, sizeof(double) * (size_t)(n * n));
  for (int order = 1; order <= 21; order += 2) {
    for (int k = 0; k < n * n; k++) out[k] += ldexp(power[k] / order, roots + 1);
    mote_matrix_product(n, power, square, next);
    memcpy(power, next, sizeof power);
  }
}

// The slope of exp or log by each element: the upper right block of the function of [[A, E], [0, A]]; Higham, equation 3.16.
// out[element of the function][element of A].
static inline void mote_matrix_slope(int n, int is_log, const double *f, double *out) {
  double block[36], result[36];
  for (int element = 0; element < n * n; element++) {
    memset(block, 0, sizeof block);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) block[i * 2 * n + j] = block[(i + n) * 2 * n + j + n] = f[i * n + j];
    block[element / n * 2 * n + element % n + n] = 1;
    if (is_log) mote_matrix_log(2 * n, block, result);
    else mote_matrix_exp(2 * n, block, result);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) out[(i * n + j) * n * n + element] = result[i * 2 * n + j + n];
  }
}
static inline void mote_matrix_exp_slope(int n, const double *f, double *out) { mote_matrix_slope(n, 0, f, out); }
static inline void mote_matrix_log_slope(int n, const double *f, double *out) { mote_matrix_slope(n, 1, f, out); }
#endif
