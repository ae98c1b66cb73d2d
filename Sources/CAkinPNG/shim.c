#include "CAkinPNG.h"
