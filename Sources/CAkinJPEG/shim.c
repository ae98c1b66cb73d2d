#include "CAkinJPEG.h"
