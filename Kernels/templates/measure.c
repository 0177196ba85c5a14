// Counts over exact pairs, such as the histogram of distances behind g(r). The generated section before this text defines
//   MOTE_INLINE I mote_pair_measure(const mote_uniforms *u, const mote_pair_point *p);
// which gives the bin of each lane, negative for pairs that do not count. It runs over a half list with unit weights.
void mote_measure(const mote_pair_call *call, int64_t *counts, int64_t bins, int64_t begin, int64_t end) {
  mote_uniforms u;
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
        mote_point(seen, &other, part, &p);
        const I bin = mote_pair_measure(&u, &p);
        for (int lane = 0; lane < MOTE_LANES; lane++)
          if (bin[lane] >= 0 && bin[lane] < bins) counts[bin[lane]]++;
      }
    }
  }
}
