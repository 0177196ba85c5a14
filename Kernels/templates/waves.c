// Discrete Fourier transforms of real lattices, of eight lines at a time. Along the last axis two real lines are one complex one, and
// of the amplitudes, which are conjugate in pairs, those with half the wave numbers are kept: the first planes of the lattice.
enum { mote_together = 8 };
typedef double mote_lines __attribute__((ext_vector_type(8)));
typedef double mote_lines_anywhere __attribute__((ext_vector_type(8), aligned(8)));
typedef struct {
  mote_lines re, im;
} mote_amplitudes;
typedef struct {
  double re, im;
} mote_turn;
#define MOTE_WAVES_INLINE static inline __attribute__((always_inline))

MOTE_WAVES_INLINE mote_amplitudes mote_turned_by(mote_amplitudes a, mote_turn t) {
  return (mote_amplitudes){a.re * t.re - a.im * t.im, a.re * t.im + a.im * t.re};
}
MOTE_WAVES_INLINE mote_amplitudes mote_plus(mote_amplitudes a, mote_amplitudes b) {
  return (mote_amplitudes){a.re + b.re, a.im + b.im};
}
MOTE_WAVES_INLINE mote_amplitudes mote_minus(mote_amplitudes a, mote_amplitudes b) {
  return (mote_amplitudes){a.re - b.re, a.im - b.im};
}
// i h a
MOTE_WAVES_INLINE mote_amplitudes mote_turned_square(mote_amplitudes a, double h) { return (mote_amplitudes){-h * a.im, h * a.re}; }

// The transform of few numbers; `turn` holds the powers of exp(-+2 pi i / total).
MOTE_WAVES_INLINE void mote_butterfly(const mote_amplitudes *a, mote_amplitudes *b, int64_t count, const mote_turn *turn, int64_t total) {
  if (count == 2) {
    b[0] = mote_plus(a[0], a[1]), b[1] = mote_minus(a[0], a[1]);
  } else if (count == 3) {
    const mote_amplitudes sum = mote_plus(a[1], a[2]), middle = {a[0].re - sum.re / 2, a[0].im - sum.im / 2};
    const mote_amplitudes aside = mote_turned_square(mote_minus(a[1], a[2]), turn[total / 3].im);
    b[0] = mote_plus(a[0], sum), b[1] = mote_plus(middle, aside), b[2] = mote_minus(middle, aside);
  } else if (count == 4) {
    const mote_amplitudes even = mote_plus(a[0], a[2]), odd = mote_plus(a[1], a[3]), middle = mote_minus(a[0], a[2]);
    const mote_amplitudes aside = mote_turned_square(mote_minus(a[1], a[3]), turn[total / 4].im);
    b[0] = mote_plus(even, odd), b[1] = mote_plus(middle, aside), b[2] = mote_minus(even, odd), b[3] = mote_minus(middle, aside);
  } else {
    for (int64_t u = 0; u < count; u++) {
      b[u] = a[0];
      for (int64_t t = 1; t < count; t++) b[u] = mote_plus(b[u], mote_turned_by(a[t], turn[t * u % count * (total / count)]));
    }
  }
}

// One factor of the number of sites, after those whose product is `stride`.
MOTE_WAVES_INLINE void mote_transform_factor(const mote_amplitudes *from, mote_amplitudes *to, const int64_t factor, int64_t stride,
                                             const mote_turn *turn, int64_t total) {
  const int64_t parts = total / stride / factor;
  mote_amplitudes a[factor], b[factor];
  for (int64_t p = 0; p < parts; p++)
    for (int64_t q = 0; q < stride; q++) {
      for (int64_t t = 0; t < factor; t++) a[t] = from[q + stride * (p + parts * t)];
      mote_butterfly(a, b, factor, turn, total);
      for (int64_t u = 0; u < factor; u++)
        to[q + stride * (factor * p + u)] = u * p == 0 ? b[u] : mote_turned_by(b[u], turn[u * p * stride]);
    }
}

// The transform of lines of any number of sites, which is in the array that is returned: T. G. Stockham, AFIPS Conf. Proc. 28 (1966)
// 229, after J. W. Cooley, J. W. Tukey, Math. Comput. 19 (1965) 297.
static mote_amplitudes *mote_transform(mote_amplitudes *from, mote_amplitudes *to, const mote_turn *turn, int64_t total) {
  for (int64_t stride = 1, rest = total; rest > 1;) {
    int64_t factor = rest % 4 == 0 ? 4 : 2;
    while (rest % factor != 0) factor = factor * factor > rest ? rest : factor + 1;
    if (factor == 4) mote_transform_factor(from, to, 4, stride, turn, total);
    else if (factor == 3) mote_transform_factor(from, to, 3, stride, turn, total);
    else if (factor == 2) mote_transform_factor(from, to, 2, stride, turn, total);
    else mote_transform_factor(from, to, factor, stride, turn, total);
    mote_amplitudes *const done = to;
    to = from, from = done, stride *= factor, rest /= factor;
  }
  return from;
}

// Memory for lines of n sites, twice, and the powers of exp(sense 2 pi i / n).
typedef struct {
  mote_amplitudes *line, *other;
  mote_turn *turn;
} mote_workbench;

static mote_workbench mote_make_workbench(int64_t n, int32_t sense) {
  mote_amplitudes *const line = aligned_alloc(64, (sizeof *line * 2 + sizeof(mote_turn) * 4) * (size_t)n);
  const mote_workbench bench = {line, line + n, (mote_turn *)(line + 2 * n)};
  for (int64_t m = 0; m < n; m++) {
    const double angle = sense * 2 * 3.14159265358979323846 * (double)m / (double)n;
    bench.turn[m] = (mote_turn){cos(angle), sin(angle)};
  }
  return bench;
}

// Eight numbers that follow one another, or as many as there are.
MOTE_WAVES_INLINE mote_lines mote_take_lines(const double *from, int64_t several) {
  if (several >= mote_together) return *(const mote_lines_anywhere *)from;
  mote_lines v = (mote_lines)0;
  for (int64_t l = 0; l < several; l++) v[l] = from[l];
  return v;
}
MOTE_WAVES_INLINE void mote_put_lines(double *to, mote_lines v, int64_t several) {
  if (several >= mote_together) *(mote_lines_anywhere *)to = v;
  else
    for (int64_t l = 0; l < several; l++) to[l] = v[l];
}

// Amplitudes of real lines whose n sites lie `apart` numbers from each other, as many lines as that: blocks begin ..< end of 16.
void mote_waves_of_lines(const double *from, double *re, double *im, int64_t n, int64_t apart, int64_t begin, int64_t end) {
  const mote_workbench bench = mote_make_workbench(n, -1);
  for (int64_t at = 2 * mote_together * begin; at < 2 * mote_together * end && at < apart; at += 2 * mote_together) {
    const int64_t left = apart - at, right = left - mote_together;
    for (int64_t m = 0; m < n; m++) {
      const double *const own = from + at + m * apart;
      bench.line[m] = (mote_amplitudes){mote_take_lines(own, left), mote_take_lines(own + mote_together, right)};
    }
    const mote_amplitudes *const z = mote_transform(bench.line, bench.other, bench.turn, n);
    for (int64_t m = 0; m <= n / 2; m++) {
      const mote_amplitudes a = z[m], b = z[m == 0 ? 0 : n - m];
      mote_put_lines(re + at + m * apart, (a.re + b.re) / 2, left);
      mote_put_lines(im + at + m * apart, (a.im - b.im) / 2, left);
      mote_put_lines(re + at + m * apart + mote_together, (a.im + b.im) / 2, right);
      mote_put_lines(im + at + m * apart + mote_together, (b.re - a.re) / 2, right);
    }
  }
  free(bench.line);
}

// Back to real lines, times `scale`; `adds`: to what stands there.
void mote_lines_of_waves(const double *re, const double *im, double *to, int64_t n, int64_t apart, double scale, int32_t adds,
                         int64_t begin, int64_t end) {
  const mote_workbench bench = mote_make_workbench(n, 1);
  for (int64_t at = 2 * mote_together * begin; at < 2 * mote_together * end && at < apart; at += 2 * mote_together) {
    const int64_t left = apart - at, right = left - mote_together;
    for (int64_t m = 0; m <= n / 2; m++) {
      // The constant, and with even n the shortest wave, are their own conjugates.
      const double own = m == 0 || 2 * m == n ? 0 : 1;
      const int64_t place = at + m * apart, next = place + mote_together;
      const mote_amplitudes a = {mote_take_lines(re + place, left), own * mote_take_lines(im + place, left)};
      const mote_amplitudes b = {mote_take_lines(re + next, right), own * mote_take_lines(im + next, right)};
      bench.line[m] = (mote_amplitudes){a.re - b.im, a.im + b.re};
      if (own != 0) bench.line[n - m] = (mote_amplitudes){a.re + b.im, b.re - a.im};
    }
    const mote_amplitudes *const z = mote_transform(bench.line, bench.other, bench.turn, n);
    for (int64_t m = 0; m < n; m++) {
      double *const first = to + at + m * apart, *const second = first + mote_together;
      mote_put_lines(first, z[m].re * scale + (adds ? mote_take_lines(first, left) : (mote_lines)0), left);
      mote_put_lines(second, z[m].im * scale + (adds ? mote_take_lines(second, right) : (mote_lines)0), right);
    }
  }
  free(bench.line);
}

// Rows of eight become columns: three perfect shuffles.
MOTE_WAVES_INLINE void mote_transpose(mote_lines *v) {
  for (int round = 0; round < 3; round++) {
    mote_lines w[8];
    for (int k = 0; k < 4; k++) {
      w[2 * k] = __builtin_shufflevector(v[k], v[k + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      w[2 * k + 1] = __builtin_shufflevector(v[k], v[k + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    for (int k = 0; k < 8; k++) v[k] = w[k];
  }
}

// Eight numbers of each of eight lines that lie in memory one after another.
MOTE_WAVES_INLINE void mote_take_block(const double *from, int64_t n, int64_t several, mote_lines *v) {
  for (int64_t l = 0; l < mote_together; l++) v[l] = *(const mote_lines_anywhere *)(from + (l < several ? l : 0) * n);
  mote_transpose(v);
}
MOTE_WAVES_INLINE void mote_put_block(double *to, int64_t n, int64_t several, mote_lines *v) {
  mote_transpose(v);
  for (int64_t l = 0; l < mote_together && l < several; l++) *(mote_lines_anywhere *)(to + l * n) = v[l];
}

// Eight lines whose sites follow one another.
static void mote_transform_rows(double *re, double *im, int64_t n, int64_t several, const mote_workbench *bench) {
  const int64_t whole = n / mote_together * mote_together;
  mote_lines v[8], w[8];
  for (int64_t m = 0; m < whole; m += mote_together) {
    mote_take_block(re + m, n, several, v), mote_take_block(im + m, n, several, w);
    for (int k = 0; k < mote_together; k++) bench->line[m + k] = (mote_amplitudes){v[k], w[k]};
  }
  for (int64_t m = whole; m < n; m++)
    for (int64_t l = 0; l < mote_together; l++) {
      const int64_t row = l < several ? l : 0;
      bench->line[m].re[l] = re[row * n + m], bench->line[m].im[l] = im[row * n + m];
    }
  const mote_amplitudes *const z = mote_transform(bench->line, bench->other, bench->turn, n);
  for (int64_t m = 0; m < whole; m += mote_together) {
    for (int k = 0; k < mote_together; k++) v[k] = z[m + k].re, w[k] = z[m + k].im;
    mote_put_block(re + m, n, several, v), mote_put_block(im + m, n, several, w);
  }
  for (int64_t m = whole; m < n; m++)
    for (int64_t l = 0; l < several && l < mote_together; l++) re[l * n + m] = z[m].re[l], im[l * n + m] = z[m].im[l];
}

// Transforms lines of n amplitudes in place: forward for sense -1, back (times n) for +1. With `apart` numbers between the sites of a
// line, as many lines lie side by side; blocks begin ..< end of up to eight such, or if that is one, of eight lines in a row of `rows`.
void mote_transform_lines(double *re, double *im, int64_t n, int64_t apart, int64_t rows, int32_t sense, int64_t begin, int64_t end) {
  const mote_workbench bench = mote_make_workbench(n, sense);
  const int64_t across = (apart + mote_together - 1) / mote_together;
  for (int64_t block = begin; block < end; block++) {
    if (apart == 1) {
      const int64_t row = block * mote_together;
      mote_transform_rows(re + row * n, im + row * n, n, rows - row, &bench);
      continue;
    }
    const int64_t side = block % across * mote_together, first = block / across * apart * n + side, left = apart - side;
    for (int64_t m = 0; m < n; m++)
      bench.line[m] = (mote_amplitudes){mote_take_lines(re + first + m * apart, left), mote_take_lines(im + first + m * apart, left)};
    const mote_amplitudes *const z = mote_transform(bench.line, bench.other, bench.turn, n);
    for (int64_t m = 0; m < n; m++) {
      mote_put_lines(re + first + m * apart, z[m].re, left);
      mote_put_lines(im + first + m * apart, z[m].im, left);
    }
  }
  free(bench.line);
}

// Amplitudes times a real factor for each; `adds`: to what stands there.
void mote_weigh_waves(const double *factor, const double *restrict from, double *restrict to, int32_t adds, int64_t begin, int64_t end) {
  for (int64_t m = begin; m < end; m++) to[m] = factor[m] * from[m] + (adds ? to[m] : 0);
}
