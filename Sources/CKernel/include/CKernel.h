#ifndef CKERNEL_H
#define CKERNEL_H
#include "../../../Kernels/include/mote_kernel.h"
#include "../../../Kernels/include/mote_member.h"
#endif
