// Discrete Fourier transforms of lattices (J. W. Cooley, J. W. Tukey, Math. Comput. 19 (1965) 297, for any factors).
#include <complex.h>

// The transform of n numbers that lie `stride` apart into `out`; `turn` holds the powers of exp(-+2 pi i / total).
static void mote_transform(const double complex *in, double complex *out, int64_t n, int64_t stride, const double complex *turn,
                           int64_t total) {
  if (n == 1) {
    out[0] = in[0];
    return;
  }
  int64_t factor = 2;
  while (n % factor != 0) factor = factor * factor > n ? n : factor + 1;
  const int64_t part = n / factor, skip = total / n;
  for (int64_t r = 0; r < factor; r++) mote_transform(in + r * stride, out + r * part, part, stride * factor, turn, total);
  double complex kept[factor];
  for (int64_t m = 0; m < part; m++) {
    for (int64_t r = 0; r < factor; r++) kept[r] = out[r * part + m] * turn[r * m * skip];
    for (int64_t q = 0; q < factor; q++) {
      double complex sum = kept[0];
      for (int64_t r = 1; r < factor; r++) sum += kept[r] * turn[r * q % factor * part * skip];
      out[q * part + m] = sum;
    }
  }
}

// Transforms the lines of a lattice along an axis, those from `begin` up to `end`: forward for sense -1, back (times the number of
// sites) for +1.
void mote_transform_lines(double *re, double *im, const int64_t counts[3], int32_t axis, int32_t sense, int64_t begin, int64_t end) {
  const int64_t n = counts[axis], before = axis == 0 ? 1 : axis == 1 ? counts[0] : counts[0] * counts[1];
  double complex *const line = malloc(sizeof(double complex) * (size_t)n * 3);
  double complex *const found = line + n, *const turn = found + n;
  for (int64_t m = 0; m < n; m++) {
    const double angle = sense * 2 * 3.14159265358979323846 * (double)m / (double)n;
    turn[m] = cos(angle) + I * sin(angle);
  }
  for (int64_t at = begin; at < end; at++) {
    const int64_t first = at / before * before * n + at % before;
    for (int64_t m = 0; m < n; m++) line[m] = re[first + m * before] + I * im[first + m * before];
    mote_transform(line, found, n, 1, turn, n);
    for (int64_t m = 0; m < n; m++) re[first + m * before] = creal(found[m]), im[first + m * before] = cimag(found[m]);
  }
  free(line);
}
