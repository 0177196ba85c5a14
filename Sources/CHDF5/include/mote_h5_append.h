// Appending to an HDF5 file so that a kill, a crash or a full disk at any moment leaves every committed byte readable.
//
// While a file is open for appending, only space past its committed end is written. Changes of committed bytes stay in memory
// until the file is closed. Then what they replace goes to FILE.journal (with a checksum and the committed length), the changes
// are written in one burst of microseconds, and the journal is removed. Whoever opens the file next and finds a whole journal
// puts the old bytes back: the append has not happened. A torn journal means that the burst had not begun, and is thrown away.
#pragma once
#include <hdf5.h>
#include <stdint.h>

/// One append: what is asked of it, and what became of it.
typedef struct mote_h5_append {
  /// errno of the first failure, 0 if there was none. Set it to ECANCELED before closing the file to forget the append.
  int error;
  /// Nonzero: survive a power failure too, at the price of two waits for the disk.
  int durable;
  /// Fault injection for tests: stop as a kill would before this write of the commit (the first is 0); negative: never.
  int64_t stops_before;
  /// Writes that the commit has made, the journal counted as two halves.
  int64_t writes;
} mote_h5_append;

/// Makes files that are created or opened with this access list report to `append`, which must outlive them.
herr_t mote_h5_use_append(hid_t access_list, mote_h5_append *append);

/// Puts back what an interrupted append had begun to replace: 1 if it did, 0 if there was nothing to do, else -errno.
int mote_h5_recover(const char *path);
