// What Swift cannot call of the file system.

#ifndef CAKIN_FILES_H
#define CAKIN_FILES_H

#include <stdint.h>

/// Exchanges what two paths name, atomically: 0, or an errno.
int akin_exchange(const char *first, const char *second);

/// Gives a file another name in its file system, if nothing has that: 0, or an errno, EEXIST if something has.
int akin_rename_to_new(const char *old, const char *name);

/// Opens those of standard input, output and error that are closed, on nothing: else the next file that is opened, an
/// index say, would get what is written there.
void akin_open_standard_streams(void);

/// Writes what is buffered of standard output: 0, the errno of what failed, or -1 if an earlier write failed.
int akin_finish_output(void);

/// How many bytes the files that this process writes may have at most.
int64_t akin_file_size_limit(void);

#endif
