#pragma once

/// The widest instructions that this thread may use, for tests: 0 plain C, 1 AVX2, 2 AVX-512 with
/// VNNI or NEON with dotprod, 3 AVX-512 with BF16 too.
extern _Thread_local int akin_widest;

#if defined(__aarch64__)
/// Whether the processor has the instructions that sum products of bytes.
extern int akin_has_dotprod;
#endif
