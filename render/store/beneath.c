/* SPDX-License-Identifier: ISC */
/* beneath: see beneath.h. */
#include "render/store/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "render/name/picture.h"

enum {
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
    /* NONBLOCK: somebody could have put a pipe there, which would make the open wait for ever. */
    FILE_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
};

/* Close fd, which may be the folder of the caller, and keep errno. */
static void leave(int fd, int folder)
{
    int error = errno;
    if (fd != folder)
        close(fd);
    errno = error;
}

static int make_folder(int parent, const char *part, bool durable)
{
    if (mkdirat(parent, part, 0755) != 0)
        return errno == EEXIST ? 0 : -1;
    return durable ? fsync(parent) : 0;
}

/* One call instead of one a part. Kernels before 5.6 do not have it, and sandboxes that are older
 * than it say so or refuse it: *known is false then. */
static int open_at_once(int folder, const char *path, int flags, bool *known)
{
    static atomic_bool missing;
    struct open_how how = {
        .flags = (unsigned)flags,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    *known = !atomic_load_explicit(&missing, memory_order_relaxed);
    if (!*known)
        return -1;
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd < 0 && errno == ENOSYS)
        atomic_store_explicit(&missing, true, memory_order_relaxed);
    /* EPERM: of the sandbox, or of the file; then the other way gives EACCES or EPERM, too. */
    *known = fd >= 0 || (errno != ENOSYS && errno != EPERM);
    return fd;
}

/* Part by part, each made when it is missing and `make` says so. */
static int walk(int folder, const char *name, bool make, bool durable)
{
    char part[PICTURE_NAME_BYTES];
    int at = folder;
    const char *begin = name + 1, *end;
    while ((end = strchr(begin, '/'))) {
        memcpy(part, begin, (size_t)(end - begin));
        part[end - begin] = '\0';
        int next = openat(at, part, FOLDER_FLAGS);
        if (next < 0 && errno == ENOENT && make && make_folder(at, part, durable) == 0)
            next = openat(at, part, FOLDER_FLAGS);
        leave(at, folder);
        if (next < 0)
            return -1;
        at = next;
        begin = end + 1;
    }
    return at;
}

int beneath_parent(int folder, const char *name, bool make, bool durable, const char **last)
{
    char path[PICTURE_NAME_BYTES];
    bool known;
    *last = strrchr(name, '/') + 1;
    size_t len = (size_t)(*last - name) - 2; /* without the slashes at both ends */
    memcpy(path, name + 1, len);
    path[len] = '\0';
    int fd = open_at_once(folder, path, FOLDER_FLAGS, &known);
    if (fd >= 0 || (known && (errno != ENOENT || !make)))
        return fd;
    return walk(folder, name, make, durable);
}

int beneath_open(int folder, const char *name)
{
    const char *last;
    bool known;
    int fd = open_at_once(folder, name + 1, FILE_FLAGS, &known);
    if (fd >= 0 || known)
        return fd;
    int parent = beneath_parent(folder, name, false, false, &last);
    if (parent < 0)
        return -1;
    fd = openat(parent, last, FILE_FLAGS);
    leave(parent, folder);
    return fd;
}
