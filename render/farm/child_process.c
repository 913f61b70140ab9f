/* SPDX-License-Identifier: ISC */
/* child_process: posix_spawn, which does not copy the parent's memory, however large that is. */
#include "render/farm/child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/wire/wire.h"

/* Each function returns 0 or an errno value, as those of posix_spawn do. */

static int set_files(posix_spawn_file_actions_t *files, int socket)
{
    int rc = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(files, STDERR_FILENO, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(files, socket, WIRE_FD);
    return rc != 0 ? rc : posix_spawn_file_actions_addclosefrom_np(files, WIRE_FD + 1);
}

/* What the parent ignores or blocks is its own business. In a session of its own a child does not
 * get the Ctrl-C of a terminal, and can be nice (child_begin). */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int rc = posix_spawnattr_setsigdefault(attributes, &all);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(attributes, &none);
    const short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
    return rc != 0 ? rc : posix_spawnattr_setflags(attributes, flags);
}

static int start(pid_t *pid, const char *const *command, int socket)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int rc = posix_spawn_file_actions_init(&files);
    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (rc == 0) {
        rc = set_files(&files, socket);
        if (rc == 0)
            rc = set_attributes(&attributes);
        if (rc == 0) /* argv is not written to; its type is older than const */
            rc = posix_spawn(pid, command[0], &files, &attributes,
                             (char *const *)(uintptr_t)command, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

int child_process_start(struct child_process *child, const char *const *command)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    int rc = fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 ? errno : 0;
    if (rc == 0)
        rc = start(&child->pid, command, ends[1]);
    close(ends[1]);
    if (rc == 0) {
        child->socket = ends[0];
        child->pidfd = pidfd_open(child->pid, 0); /* is closed on exec */
        if (child->pidfd >= 0)
            return 0;
        rc = errno;
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close(ends[0]);
    errno = rc;
    return -1;
}
