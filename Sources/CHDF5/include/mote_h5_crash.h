// What the process does when HDF5 itself crashes, as its releases of Debian do on some files whose inner tables are damaged.
#pragma once

/// From now on, a crash inside HDF5 ends the process with `status`, after a message that names the file opened last.
///
/// Crashes elsewhere take their usual course.
void mote_h5_guard(int status);

/// Names the file for that message.
void mote_h5_opening(const char *path);
