#ifndef MOTE_KERNEL_H
#define MOTE_KERNEL_H
#include <stdint.h>
#endif
