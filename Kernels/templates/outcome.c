// What mote_pair reads and gives; the generated section defines the macros before this text, mote_pair after it.
typedef struct {
  mote_real k[MOTE_CONSTANTS > 0 ? MOTE_CONSTANTS : 1];
  const mote_real *table[MOTE_TABLES > 0 ? MOTE_TABLES : 1];   // [species of i * species + species of j]
  mote_whole species;
  mote_real time, dt;
  uint64_t seed;
  int64_t step;
} mote_uniforms;

typedef struct {
  V d[MOTE_SPACE];   // from j to i
  V r2;
  V i[MOTE_EXTRA > 0 ? MOTE_EXTRA : 1], j[MOTE_EXTRA > 0 ? MOTE_EXTRA : 1];
  I si, sj;          // species, if MOTE_SPECIES
  I idi, idj;        // low halves of ids, if MOTE_IDS
} mote_pair_point;

typedef struct {
  V ff;              // central force on i: ff * d, if MOTE_CENTRAL
  V f[MOTE_SPACE];   // else the force on i
  V e;
  V sum_i[MOTE_SUMS > 0 ? MOTE_SUMS : 1], sum_j[MOTE_SUMS > 0 ? MOTE_SUMS : 1];
} mote_pair_outcome;
