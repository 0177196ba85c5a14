// The library as a whole: one lock around it, and what its error stack says.
#pragma once
#include <stddef.h>

/// Takes the one lock around HDF5, whose Debian builds with MPI are not thread-safe; the same thread may take it again.
void mote_h5_lock(void);
void mote_h5_unlock(void);
/// Whether this thread holds the lock.
int mote_h5_is_inside(void);

/// Writes the innermost description of the current error stack into `text` and clears the stack.
void mote_h5_last_error(char *text, size_t capacity);
