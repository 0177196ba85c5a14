// The end of an append: all of it comes true, or none.
#pragma once
#include "journal.h"
#include "mote_h5_append.h"
#include "pages.h"

typedef struct target {
  int descriptor;
  char *path;
  /// Bytes of the file that the last commit left, in use by its readers.
  uint64_t committed;
  pages pages;
  mote_h5_append *append;
} target;

/// The length that the superblock of an HDF5 file gives; `size` if the file is no such file, or shorter than it says.
uint64_t committed_length(int descriptor, uint64_t size);

/// Makes the held pages part of a file of at least `allocated` bytes. Failures go to `append->error`.
void commit(target *target, uint64_t allocated);

/// Cuts off what an append that failed has written.
void forget(target *target);
