// The journal file: previous contents of what a commit is about to overwrite.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// A stretch of committed bytes that an append changes.
typedef struct change {
  uint64_t address;
  uint64_t length;
  const uint8_t *before;
  const uint8_t *after;
} change;

/// The journal of these changes as bytes, for the caller to free; NULL without memory.
uint8_t *journal_encode(uint64_t committed_length, const change *changes, size_t count, size_t *length);

/// Puts the old bytes of a whole journal back into `file` and cuts it to its committed length: 1 done, 0 if torn, else -errno.
int journal_roll_back(int file, const uint8_t *journal, size_t length);

/// Writes all of it, however often the system stops half way: 0, else errno.
int write_fully(int file, const void *bytes, size_t length, uint64_t address);

/// The name of the journal of `path`, for the caller to free.
char *journal_name(const char *path);
