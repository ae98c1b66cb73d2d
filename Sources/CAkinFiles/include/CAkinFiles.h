// What Swift cannot call of the file system.

#ifndef CAKIN_FILES_H
#define CAKIN_FILES_H

#include <stdint.h>

/// Exchanges what two paths name, atomically: 0, or an errno.
int akin_exchange(const char *first, const char *second);

/// How many bytes the files that this process writes may have at most.
int64_t akin_file_size_limit(void);

#endif
