#pragma once

/// The widest instructions that this thread may use, for tests: 0 plain C, 1 AVX2, 2 all that there are.
extern _Thread_local int akin_widest;
