/* Makes one system call on the files of a directory fail, or come short: the layer of
 * `test_batch_faults.py`. It is preloaded before the C library, looks at the calls by which Rust's
 * standard library works on files, and passes on all that is not about the directory.
 *
 * `fault_watch` names the directory, `fault_arm` says which call fails and how, and whether those
 * after it fail, too. Calls are counted from 1, over all threads.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024, NAME = 64, SHORT = -1 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char directory[4096];
static size_t directory_length;
static char watched[DESCRIPTORS];
static long seen, fails_at;
static int how, is_lasting;
static char failed[NAME];

void fault_watch(const char *path) {
    pthread_mutex_lock(&lock);
    strncpy(directory, path, sizeof directory - 1);
    directory_length = strlen(directory);
    memset(watched, 0, sizeof watched);
    pthread_mutex_unlock(&lock);
}

/* The call of that number fails with `number`, a number of errno.h, or comes short. */
void fault_arm(long at, int number, int lasting) {
    pthread_mutex_lock(&lock);
    seen = 0;
    fails_at = at;
    how = number;
    is_lasting = lasting;
    failed[0] = '\0';
    pthread_mutex_unlock(&lock);
}

/* The name of the call that failed first; empty where none has. */
const char *fault_failed(void) { return failed; }

long fault_seen(void) { return seen; }

static int is_inside(const char *path) {
    return directory_length > 0 && path != NULL &&
           strncmp(path, directory, directory_length) == 0 &&
           (path[directory_length] == '/' || path[directory_length] == '\0');
}

static int is_watched(int fd) { return fd >= 0 && fd < DESCRIPTORS && watched[fd]; }

static int is_about(int fd, const char *path) {
    if (path != NULL && path[0] == '/') return is_inside(path);
    return is_watched(fd);
}

/* Whether this call is the one. A call that moves no bytes can't come short. */
static int is_the_one(const char *call, int moves_bytes) {
    int is_it = 0;
    pthread_mutex_lock(&lock);
    seen++;
    if ((fails_at == seen || (is_lasting && fails_at < seen)) && (how != SHORT || moves_bytes)) {
        is_it = 1;
        if (failed[0] == '\0') strncpy(failed, call, NAME - 1);
    }
    pthread_mutex_unlock(&lock);
    return is_it;
}

static int opened(int fd, int is_it) {
    if (fd >= 0 && fd < DESCRIPTORS) watched[fd] = (char)is_it;
    return fd;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL(result)                                                                               \
    do {                                                                                           \
        errno = how;                                                                               \
        return result;                                                                             \
    } while (0)

/* A call that answers `int`, about a path or a descriptor. */
#define CALL(name, parameters, arguments, about)                                                   \
    int name parameters {                                                                          \
        REAL(name);                                                                                \
        if ((about) && is_the_one(#name, 0)) FAIL(-1);                                             \
        return real arguments;                                                                     \
    }

#define MODE                                                                                       \
    mode_t mode = 0;                                                                               \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                           \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

int open(const char *path, int flags, ...) {
    MODE;
    REAL(open);
    int is_it = is_inside(path);
    if (is_it && is_the_one("open", 0)) FAIL(-1);
    return opened(real(path, flags, mode), is_it);
}

int open64(const char *path, int flags, ...) {
    MODE;
    REAL(open64);
    int is_it = is_inside(path);
    if (is_it && is_the_one("open", 0)) FAIL(-1);
    return opened(real(path, flags, mode), is_it);
}

int openat(int fd, const char *path, int flags, ...) {
    MODE;
    REAL(openat);
    int is_it = is_about(fd, path);
    if (is_it && is_the_one("openat", 0)) FAIL(-1);
    return opened(real(fd, path, flags, mode), is_it);
}

int openat64(int fd, const char *path, int flags, ...) {
    MODE;
    REAL(openat64);
    int is_it = is_about(fd, path);
    if (is_it && is_the_one("openat", 0)) FAIL(-1);
    return opened(real(fd, path, flags, mode), is_it);
}

int close(int fd) {
    REAL(close);
    opened(fd, 0);
    return real(fd);
}

ssize_t write(int fd, const void *from, size_t count) {
    REAL(write);
    if (is_watched(fd) && is_the_one("write", count > 1)) {
        if (how == SHORT) return real(fd, from, count / 2);
        FAIL(-1);
    }
    return real(fd, from, count);
}

ssize_t read(int fd, void *into, size_t count) {
    REAL(read);
    if (is_watched(fd) && is_the_one("read", count > 1)) {
        if (how == SHORT) return real(fd, into, count / 2);
        FAIL(-1);
    }
    return real(fd, into, count);
}

DIR *opendir(const char *path) {
    REAL(opendir);
    if (is_inside(path) && is_the_one("opendir", 0)) FAIL(NULL);
    DIR *entries = real(path);
    if (entries != NULL && is_inside(path)) opened(dirfd(entries), 1);
    return entries;
}

struct dirent64 *readdir64(DIR *entries) {
    REAL(readdir64);
    if (is_watched(dirfd(entries)) && is_the_one("readdir", 0)) FAIL(NULL);
    return real(entries);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if ((is_inside(from) || is_inside(to)) && is_the_one("rename", 0)) FAIL(-1);
    return real(from, to);
}

CALL(fsync, (int fd), (fd), is_watched(fd))
CALL(fdatasync, (int fd), (fd), is_watched(fd))
CALL(ftruncate64, (int fd, off64_t length), (fd, length), is_watched(fd))
CALL(flock, (int fd, int operation), (fd, operation), is_watched(fd) && operation != LOCK_UN)
CALL(fchmod, (int fd, mode_t mode), (fd, mode), is_watched(fd))
CALL(chmod, (const char *path, mode_t mode), (path, mode), is_inside(path))
CALL(unlink, (const char *path), (path), is_inside(path))
CALL(unlinkat, (int fd, const char *path, int flags), (fd, path, flags), is_about(fd, path))
CALL(mkdir, (const char *path, mode_t mode), (path, mode), is_inside(path))
CALL(rmdir, (const char *path), (path), is_inside(path))
CALL(statx, (int fd, const char *path, int flags, unsigned mask, struct statx *into),
     (fd, path, flags, mask, into), is_about(fd, path))

off64_t lseek64(int fd, off64_t offset, int whence) {
    REAL(lseek64);
    if (is_watched(fd) && is_the_one("lseek", 0)) FAIL(-1);
    return real(fd, offset, whence);
}
