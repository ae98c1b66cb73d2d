#define _GNU_SOURCE
#include "CAkinFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int akin_exchange(const char *first, const char *second) {
#ifdef __linux__
    int result = renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
#else
    int result = renamex_np(first, second, RENAME_SWAP);
#endif
    return result == 0 ? 0 : errno;
}

int akin_rename_to_new(const char *old, const char *name) {
#ifdef __linux__
    if (renameat2(AT_FDCWD, old, AT_FDCWD, name, RENAME_NOREPLACE) == 0) return 0;
#else
    if (renamex_np(old, name, RENAME_EXCL) == 0) return 0;
#endif
    if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) return errno;
    // A file system that cannot do both at once may know links.
    if (link(old, name) == 0) return unlink(old) == 0 ? 0 : errno;
    if (errno == EEXIST) return EEXIST;
    struct stat status;
    if (lstat(name, &status) == 0) return EEXIST;
    return rename(old, name) == 0 ? 0 : errno;
}

void akin_open_standard_streams(void) {
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        // The lowest free number is given: this one. What is printed where there is no standard output is lost, and is to fail.
        if (fcntl(descriptor, F_GETFD) < 0 &&
            open("/dev/null", descriptor == 1 ? O_RDONLY : O_RDWR) < 0)
            _exit(1);
}

int akin_finish_output(void) {
    errno = 0;
    const int flushed = fflush(stdout);
    return flushed == 0 && !ferror(stdout) ? 0 : errno ? errno : -1;
}

int64_t akin_file_size_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur > INT64_MAX) return INT64_MAX;
    return (int64_t)limit.rlim_cur;
}
