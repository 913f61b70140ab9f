/* SPDX-License-Identifier: ISC */
/* listening: see listening.h. */
#include "sys/listening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sys/diag.h"

enum {
    BACKLOG = 4096,
    /* Bytes that the kernel may keep for a client whose window is shut; it would keep 4 MB. Two of
     * the longest frames fit. What is on its way to one that reads does not count. */
    UNSENT_MAX = 128 * 1024,
};

/* A Unix socket's file that is left over from a server that has died is in the way; one on which
 * somebody answers is not ours to remove, and nothing else is a socket. */
static void remove_stale(const struct sockaddr_un *address)
{
    struct stat stat;
    if (lstat(address->sun_path, &stat) != 0 || !S_ISSOCK(stat.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
        errno == ECONNREFUSED)
        unlink(address->sun_path);
    close(fd);
}

/* By name or number. 0, or -1 with errno. */
static int set_group(const struct listen_address *address)
{
    const char *name = address->group;
    if (!*name)
        return 0;
    char *end;
    errno = 0;
    const struct group *group = getgrnam(name);
    unsigned long number = strtoul(name, &end, 10);
    if (!group && (*end != '\0' || number > INT32_MAX)) {
        errno = EINVAL; /* there is no such group */
        return -1;
    }
    return chown(address->path, (uid_t)-1, group ? group->gr_gid : (gid_t)number);
}

static int open_unix(const struct listen_address *wanted)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", wanted->path);
    remove_stale(&address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    /* Nobody may connect before the file has its group and its mode. */
    mode_t old = umask(0777);
    int bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    umask(old);
    if (bound != 0 || set_group(wanted) != 0 || chmod(address.sun_path, wanted->mode) != 0 ||
        listen(fd, BACKLOG) != 0) {
        int error = errno;
        close(fd);
        if (bound == 0)
            unlink(address.sun_path);
        errno = error;
        return -1;
    }
    return fd;
}

/* Does nobody listen there yet? Sockets that share a port would not notice: a second server on the
 * same port would take half of the first one's clients. */
static int probe(const struct sockaddr_storage *address, socklen_t len)
{
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    int result = bind(fd, (const struct sockaddr *)address, len);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

static int open_inet(struct listen_address *address, enum listening_share share)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
    socklen_t len;
    if (inet_pton(AF_INET, address->host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(address->port);
        len = sizeof *v4;
    } else if (inet_pton(AF_INET6, address->host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(address->port);
        len = sizeof *v6;
    } else {
        errno = EINVAL;
        return -1;
    }
    if (share == LISTENING_FIRST && probe(&storage, len) != 0)
        return -1;
    int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int one = 1, unsent = UNSENT_MAX;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    /* Accepted sockets inherit both. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    if (storage.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if ((share != LISTENING_ALONE &&
         setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0) ||
        bind(fd, (struct sockaddr *)&storage, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&storage, &len) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    address->port = ntohs(storage.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
    return fd;
}

int listening_open(struct listen_address *address, enum listening_share share,
                   char error[LISTENING_ERROR_BYTES])
{
    bool is_unix = address->path[0] != '\0';
    int fd = is_unix ? open_unix(address) : open_inet(address, share);
    if (fd < 0 && is_unix)
        snprintf(error, LISTENING_ERROR_BYTES, "listen on unix:%s%s%s: %s", address->path,
                 *address->group ? ", group " : "", address->group, strerror(errno));
    else if (fd < 0)
        snprintf(error, LISTENING_ERROR_BYTES, "listen on %s port %u: %s", address->host,
                 address->port, strerror(errno));
    return fd;
}

void listening_close(int fd, const struct listen_address *address)
{
    close(fd);
    if (address->path[0])
        unlink(address->path);
}

void listening_say(const char *what, bool tls, const struct listen_address *address)
{
    if (address->path[0])
        diag_info("%s on unix:%s", what, address->path);
    else
        diag_info(strchr(address->host, ':') ? "%s on %s://[%s]:%u" : "%s on %s://%s:%u", what,
                  tls ? "https" : "http", address->host, address->port);
}
