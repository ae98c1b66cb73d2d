#include "CAkinKernels.h"
