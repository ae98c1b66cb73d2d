// What Swift cannot call of the file system.

#ifndef CAKIN_FILES_H
#define CAKIN_FILES_H

/// Exchanges what two paths name, atomically: 0, or an errno.
int akin_exchange(const char *first, const char *second);

#endif
