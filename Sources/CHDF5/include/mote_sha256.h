// SHA-256 (FIPS 180-4): digests of frames, and the checksum of the append journal.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct mote_sha256 {
  uint32_t state[8];
  uint64_t length;
  uint8_t block[64];
} mote_sha256;

void mote_sha256_start(mote_sha256 *hash);
void mote_sha256_add(mote_sha256 *hash, const void *bytes, size_t count);
void mote_sha256_finish(mote_sha256 *hash, uint8_t digest[32]);
