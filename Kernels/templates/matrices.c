// Functions of small matrices, lane by lane; `count` results.
typedef void (*mote_matrix_function)(int n, const double *in, double *out);
static inline void mote_matrix_lanes(mote_matrix_function function, int n, int count, const V *in, V *out) {
  for (int lane = 0; lane < MOTE_LANES; lane++) {
    double f[9], result[81];
    for (int k = 0; k < n * n; k++) f[k] = in[k][lane];
    function(n, f, result);
    for (int k = 0; k < count; k++) out[k][lane] = (mote_real)result[k];
  }
}
