// What passes over random pairs in cells use; the generated functions follow this text.

// Puts the particles of a cell into a random order (R. A. Fisher, F. Yates 1938) that follows from seed, step, place and cell alone.
static inline void mote_shuffle(const mote_lattice_call *call, uint32_t place, int64_t cell, int64_t *list, int64_t many) {
  for (int64_t last = many - 1; last > 0; last--) {
    const mote_block b = mote_noise(call->seed, mote_counter(call->step, place, cell), (uint32_t)last);
    const int64_t other = (int64_t)(mote_unit(b.word[0], b.word[1]) * (double)(last + 1));
    const int64_t kept = list[last];
    list[last] = list[other];
    list[other] = kept;
  }
}

// A difference of coordinates, to the nearest periodic image.
static inline double mote_nearest_image(const mote_lattice_call *call, int axis, double difference) {
  const double side = (double)call->counts[axis] * call->spacing;
  return call->is_periodic[axis] ? difference - side * rint(difference / side) : difference;
}
