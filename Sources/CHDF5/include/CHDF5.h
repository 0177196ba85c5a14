// What Swift needs of HDF5 beyond its functions: macros as functions, one lock, and crash-safe appending.
#pragma once
#include "mote_h5_append.h"
#include "mote_h5_crash.h"
#include "mote_h5_library.h"
#include "mote_h5_macros.h"
#include "mote_sha256.h"
