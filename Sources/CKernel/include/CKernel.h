#ifndef CKERNEL_H
#define CKERNEL_H
#include "../../../Kernels/include/mote_kernel.h"
#include "../../../Kernels/include/mote_far.h"
#include "../../../Kernels/include/mote_images.h"
#include "../../../Kernels/include/mote_matrix.h"
#include "../../../Kernels/include/mote_member.h"
#include "../../../Kernels/include/mote_meeting.h"
#include "../../../Kernels/include/mote_lattice.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Gives memory that was freed back to the system, where the allocator keeps it.
static inline void mote_release_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
#endif
