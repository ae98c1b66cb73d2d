#pragma once
#include "CAkinKernelsDistances.h"
