// Discrete Fourier transforms of lattices (J. W. Cooley, J. W. Tukey, Math. Comput. 19 (1965) 297, for any factors), of eight
// lines at a time.
enum { mote_together = 8 };
typedef double mote_lines __attribute__((ext_vector_type(8)));
typedef struct {
  mote_lines re, im;
} mote_amplitudes;
typedef struct {
  double re, im;
} mote_turn;

static inline mote_amplitudes mote_turned_by(mote_amplitudes a, mote_turn t) {
  return (mote_amplitudes){a.re * t.re - a.im * t.im, a.re * t.im + a.im * t.re};
}
static inline mote_amplitudes mote_plus(mote_amplitudes a, mote_amplitudes b) { return (mote_amplitudes){a.re + b.re, a.im + b.im}; }
static inline mote_amplitudes mote_minus(mote_amplitudes a, mote_amplitudes b) { return (mote_amplitudes){a.re - b.re, a.im - b.im}; }

// The transforms of four numbers; `quarter` is the turn by a quarter, -i or i.
static inline void mote_transform_four(const mote_amplitudes *kept, mote_amplitudes *out, int64_t apart, double quarter) {
  const mote_amplitudes a = mote_plus(kept[0], kept[2]), b = mote_minus(kept[0], kept[2]);
  const mote_amplitudes c = mote_plus(kept[1], kept[3]), e = mote_minus(kept[1], kept[3]);
  const mote_amplitudes d = {-quarter * e.im, quarter * e.re};
  out[0] = mote_plus(a, c), out[apart] = mote_plus(b, d), out[2 * apart] = mote_minus(a, c), out[3 * apart] = mote_minus(b, d);
}

// The transform of n numbers that lie `stride` apart into `out`; `turn` holds the powers of exp(-+2 pi i / total).
static void mote_transform(const mote_amplitudes *in, mote_amplitudes *out, int64_t n, int64_t stride, const mote_turn *turn,
                           int64_t total) {
  if (n == 1) {
    out[0] = in[0];
    return;
  }
  int64_t factor = n % 4 == 0 ? 4 : 2;
  while (n % factor != 0) factor = factor * factor > n ? n : factor + 1;
  const int64_t part = n / factor, skip = total / n;
  for (int64_t r = 0; r < factor; r++) mote_transform(in + r * stride, out + r * part, part, stride * factor, turn, total);
  mote_amplitudes kept[factor];
  for (int64_t m = 0; m < part; m++) {
    for (int64_t r = 0; r < factor; r++) kept[r] = mote_turned_by(out[r * part + m], turn[r * m * skip]);
    if (factor == 4) {
      mote_transform_four(kept, out + m, part, turn[total / 4].im);
      continue;
    }
    for (int64_t q = 0; q < factor; q++) {
      mote_amplitudes sum = kept[0];
      for (int64_t r = 1; r < factor; r++) sum = mote_plus(sum, mote_turned_by(kept[r], turn[r * q % factor * part * skip]));
      out[q * part + m] = sum;
    }
  }
}

// Transforms the lines of a lattice along an axis, those from `begin` up to `end`: forward for sense -1, back (times the number of
// sites) for +1.
void mote_transform_lines(double *re, double *im, const int64_t counts[3], int32_t axis, int32_t sense, int64_t begin, int64_t end) {
  const int64_t n = counts[axis], before = axis == 0 ? 1 : axis == 1 ? counts[0] : counts[0] * counts[1];
  mote_amplitudes *const line = aligned_alloc(64, sizeof(mote_amplitudes) * (size_t)n * 2), *const found = line + n;
  mote_turn *const turn = malloc(sizeof(mote_turn) * (size_t)n);
  for (int64_t m = 0; m < n; m++) {
    const double angle = sense * 2 * 3.14159265358979323846 * (double)m / (double)n;
    turn[m] = (mote_turn){cos(angle), sin(angle)};
  }
  for (int64_t at = begin; at < end; at += mote_together) {
    int64_t first[mote_together];
    const int64_t several = end - at < mote_together ? end - at : mote_together;
    for (int64_t l = 0; l < mote_together; l++) {
      const int64_t number = at + (l < several ? l : 0);
      first[l] = number / before * before * n + number % before;
    }
    for (int64_t m = 0; m < n; m++)
      for (int64_t l = 0; l < mote_together; l++) line[m].re[l] = re[first[l] + m * before], line[m].im[l] = im[first[l] + m * before];
    mote_transform(line, found, n, 1, turn, n);
    for (int64_t m = 0; m < n; m++)
      for (int64_t l = 0; l < several; l++) re[first[l] + m * before] = found[m].re[l], im[first[l] + m * before] = found[m].im[l];
  }
  free(turn);
  free(line);
}
