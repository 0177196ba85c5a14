#include "CVTK.h"
