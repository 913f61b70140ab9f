/* SPDX-License-Identifier: ISC */
/* listen: see listen.h. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/listen.h"
#include "net/loop_state.h"
#include "sys/diag.h"

enum {
    BACKLOG = 4096,
    ACCEPTS_A_TURN = 64, /* so that a storm of new clients does not starve the old ones */
    SLACK = 16,   /* connections over the limit that get an answer, and are not just dropped */
    RESERVE = 48, /* descriptors that are not for clients: log, checkpoint, files */
    LIMIT_MIN = 4,
    /* Bytes that the kernel may keep for a client whose window is shut; it would keep 4 MB. Two of
     * the longest frames fit. What is on its way to one that reads does not count. */
    UNSENT_MAX = 128 * 1024,
};

static const char no_room[] =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Retry-After: 5\r\n"
    "Content-Length: 0\r\n"
    "Connection: close\r\n\r\n";

static void accept_one(struct loop *loop, const struct listener *listener, int fd)
{
    struct accepted accepted = {
        .fd = fd,
        .tls = listener->tls,
        .admin = listener->admin,
        .over_limit = loop->n_conns >= loop->limit && !listener->admin,
    };
    if (accepted.over_limit)
        metric_add(loop->config.metrics, connections_refused_total, 1);
    loop->config.accepted(loop, &accepted);
}

static void refuse(struct loop *loop, const struct listener *listener, int fd)
{
    metric_add(loop->config.metrics, connections_refused_total, 1);
    if (!listener->tls)
        (void)!send(fd, no_room, sizeof no_room - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    close(fd);
}

static void start_accepting(struct loop *loop)
{
    for (size_t i = 0; i < loop->n_listeners; i++) {
        if (loop->listeners[i].watcher.fd >= 0)
            ev_io_start(loop->ev, &loop->listeners[i].watcher);
    }
}

static void on_retry(struct ev_loop *ev, ev_timer *watcher, int events)
{
    start_accepting(watcher->data);
}

/* No descriptors or memory for another socket: it would be readable for ever. Come back later. */
static void pause_accepting(struct loop *loop, int error)
{
    diag_warn("accept: %s; the next try in a second", strerror(error));
    for (size_t i = 0; i < loop->n_listeners; i++)
        ev_io_stop(loop->ev, &loop->listeners[i].watcher);
    ev_timer_stop(loop->ev, &loop->retry);
    ev_timer_init(&loop->retry, on_retry, 1., 0.);
    loop->retry.data = loop;
    ev_timer_start(loop->ev, &loop->retry);
}

static void on_accept(struct ev_loop *ev, ev_io *watcher, int events)
{
    struct listener *listener = (struct listener *)watcher;
    struct loop *loop = watcher->data;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int fd = accept4(watcher->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                pause_accepting(loop, errno);
            if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO)
                continue;
            return;
        }
        if (loop->n_conns >= loop->limit + SLACK)
            refuse(loop, listener, fd);
        else
            accept_one(loop, listener, fd);
    }
}

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
static int set_group(const struct listener *listener)
{
    const char *name = listener->address.group;
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
    return chown(listener->address.path, (uid_t)-1, group ? group->gr_gid : (gid_t)number);
}

static int open_unix(struct listener *listener)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", listener->address.path);
    remove_stale(&address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    /* Nobody may connect before the file has its group and its mode. */
    mode_t old = umask(0777);
    int bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    umask(old);
    listener->unlink = bound == 0;
    if (bound != 0 || set_group(listener) != 0 ||
        chmod(address.sun_path, listener->address.mode) != 0 || listen(fd, BACKLOG) != 0) {
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

/* share: with other sockets of this server; first: none of them is there yet. */
static int open_inet(struct listener *listener, bool share, bool first)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
    socklen_t len;
    if (inet_pton(AF_INET, listener->address.host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(listener->address.port);
        len = sizeof *v4;
    } else if (inet_pton(AF_INET6, listener->address.host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(listener->address.port);
        len = sizeof *v6;
    } else {
        errno = EINVAL;
        return -1;
    }
    if (share && first && probe(&storage, len) != 0)
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
    if ((share && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0) ||
        bind(fd, (struct sockaddr *)&storage, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&storage, &len) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    listener->address.port = ntohs(storage.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
    return fd;
}

static int add(struct loop *loop, const struct listen_address *address, bool admin,
               char error[LOOP_ERROR_BYTES])
{
    if (loop->n_listeners == LOOP_LISTENERS_MAX) {
        snprintf(error, LOOP_ERROR_BYTES, "more than %d addresses to listen on",
                 LOOP_LISTENERS_MAX);
        return -1;
    }
    struct listener *listener = &loop->listeners[loop->n_listeners];
    bool is_unix = address->path[0] != '\0';
    *listener = (struct listener){.address = *address, .admin = admin};
    /* TLS is for the open network: a Unix socket has a proxy at its other end. */
    listener->tls = loop->config.tls_cert && !admin && !is_unix;
    bool share = loop->config.share_ports && !admin, first = loop->config.admin != NULL;
    int fd = is_unix ? open_unix(listener) : open_inet(listener, share, first);
    if (fd < 0) {
        if (is_unix)
            snprintf(error, LOOP_ERROR_BYTES, "listen on unix:%s%s%s: %s", address->path,
                     *address->group ? ", group " : "", address->group, strerror(errno));
        else
            snprintf(error, LOOP_ERROR_BYTES, "listen on %s port %u: %s", address->host,
                     address->port, strerror(errno));
        return -1;
    }
    ev_io_init(&listener->watcher, on_accept, fd, EV_READ);
    listener->watcher.data = loop;
    loop->n_listeners++;
    return 0;
}

/* How many clients the descriptor limit leaves room for. */
static unsigned descriptors(void)
{
    struct rlimit limit;
    unsigned used = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir))
        used++;
    if (dir)
        closedir(dir);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT32_MAX)
        return INT32_MAX;
    unsigned long all = (unsigned long)limit.rlim_cur;
    return all > used + RESERVE + LIMIT_MIN ? (unsigned)(all - used - RESERVE) : LIMIT_MIN;
}

int listen_open(struct loop *loop, char error[LOOP_ERROR_BYTES])
{
    const struct loop_config *config = &loop->config;
    for (size_t i = 0; i < config->n_listen; i++) {
        if (add(loop, &config->listen[i], false, error) != 0)
            return -1;
    }
    if (config->admin && add(loop, config->admin, true, error) != 0)
        return -1;
    loop->limit = descriptors();
    if (config->max_connections > 0 && config->max_connections < loop->limit)
        loop->limit = config->max_connections;
    start_accepting(loop);
    return 0;
}

void listen_close(struct loop *loop)
{
    ev_timer_stop(loop->ev, &loop->retry);
    for (size_t i = 0; i < loop->n_listeners; i++) {
        struct listener *listener = &loop->listeners[i];
        if (listener->watcher.fd < 0)
            continue;
        ev_io_stop(loop->ev, &listener->watcher);
        close(listener->watcher.fd);
        listener->watcher.fd = -1;
        if (listener->unlink)
            unlink(listener->address.path);
    }
}
