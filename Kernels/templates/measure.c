// Histograms over exact pairs, such as that of distances behind g(r). The generated section before this text defines
//   MOTE_INLINE I mote_pair_measure(const mote_uniforms *u, const mote_pair_point *p, V *weight);
// which gives the bin of each lane, negative for pairs that do not count, and their weights. It runs over a half list.
// The first call finds the largest weight; the second adds whole numbers of a power of two that follows from it, so that neither
// order nor threads change a bit.
#include <math.h>

MOTE_INLINE void mote_measure_run(const mote_pair_call *call, int64_t *sums, int64_t bins, int64_t begin, int64_t end,
                                  const int survey) {
  mote_uniforms u;
  double largest = 0;
  mote_read_uniforms(call, &u);
  for (int64_t e = begin; e < end; e++) {
    const mote_entry entry = call->entries[e];
    mote_own own, parted;
    mote_spread_own(call, &entry, &own);
    const int diagonal = mote_has_diagonal(call, &entry);
    parted = own;
    if (diagonal) mote_part_diagonal(call, &entry, &parted);
    for (int32_t k = entry.begin; k < entry.end; k++) {
      mote_pair_point p;
      mote_other other;
      const mote_own *seen = diagonal && k == entry.begin ? &parted : &own;
      mote_repeat_other(call, call->partners[k], &other);
      for (int part = 0; part < MOTE_PARTS; part++) {
        V weight;
        mote_point(seen, &other, part, &p);
        const I bin = mote_pair_measure(&u, &p, &weight);
        for (int lane = 0; lane < MOTE_LANES; lane++) {
          if (bin[lane] < 0 || bin[lane] >= bins) continue;
          const double w = weight[lane], size = w < 0 ? -w : w;
          if (survey) largest = size > largest ? size : largest;
          else sums[bin[lane]] += (int64_t)__builtin_rint(w * call->scales[0]);
        }
      }
    }
  }
  if (survey && largest > call->largest[0]) call->largest[0] = largest;
}

void mote_measure_survey(const mote_pair_call *call, int64_t *sums, int64_t bins, int64_t begin, int64_t end) {
  mote_measure_run(call, sums, bins, begin, end, 1);
}

void mote_measure(const mote_pair_call *call, int64_t *sums, int64_t bins, int64_t begin, int64_t end) {
  mote_measure_run(call, sums, bins, begin, end, 0);
}
