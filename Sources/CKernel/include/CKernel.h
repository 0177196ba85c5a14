#include "../../../Kernels/include/mote_kernel.h"
