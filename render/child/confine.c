/* SPDX-License-Identifier: ISC */
/* confine: the lists of system calls, and the filter made of them. */
#include "render/child/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Whoever has given up its rights cannot stop its threads to look for leaks. LeakSanitizer asks. */
static bool confined;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return confined;
}

/* Computing, memory, time, and the descriptors that are open. */
static const char *const for_all[] = {
    "read",
    "pread64",
    "readv",
    "preadv",
    "write",
    "writev",
    "lseek",
    "close",
    "fstat",
    "dup",
    "poll",
    "ppoll",
    "fadvise64",
    "recvmsg",
    "recvfrom",
    "sendmsg",
    "sendto",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "mincore",
    "brk",
    "futex",
    "rseq",
    "set_robust_list",
    "sched_yield",
    "sched_getaffinity",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "getrandom",
    "getrusage",
    "getrlimit",
    "sysinfo",
    "uname",
    "getcpu",
    "membarrier",
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "restart_syscall",
    "exit",
    "exit_group",
};

static const char *const for_files[] = {
    "stat",       "lstat",      "newfstatat", "statx",      "statfs",
    "fstatfs",    "access",     "faccessat",  "faccessat2", "readlink",
    "readlinkat", "getdents64", "getcwd",     "readahead",  "flock",
};

static const char *const for_network[] = {
    "connect",       "getsockopt", "setsockopt", "getsockname", "getpeername", "sendmmsg",
    "recvmmsg",      "shutdown",   "select",     "pselect6",    "eventfd2",    "pipe2",
    "epoll_create1", "epoll_ctl",  "epoll_wait", "epoll_pwait",
};

/* No library does these on the way; code that somebody has smuggled in might. */
static const char *const deadly[] = {
    "execve",
    "execveat",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "pidfd_getfd",
    "kcmp",
    "bpf",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "keyctl",
    "add_key",
    "request_key",
    "unshare",
    "setns",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
};

/* Each function below returns 0, or a negative errno value as libseccomp does. A call that this
 * machine or libseccomp does not have needs no rule: it is refused. */

static int add(scmp_filter_ctx filter, uint32_t action, const char *name)
{
    int call = seccomp_syscall_resolve_name(name);
    return call == __NR_SCMP_ERROR || call < 0 ? 0 : seccomp_rule_add(filter, action, call, 0);
}

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
    int result = 0;
    for (size_t i = 0; i < n && result == 0; i++)
        result = add(filter, action, names[i]);
    return result;
}

#define ADD_ALL(filter, action, names)                                                             \
    add_all(filter, action, names, sizeof(names) / sizeof *(names))

/* Allow a call when one of its arguments, seen through a mask, has a value. */
static int allow_if(scmp_filter_ctx filter, const char *name, unsigned argument, uint64_t mask,
                    uint64_t value)
{
    struct scmp_arg_cmp condition = {argument, SCMP_CMP_MASKED_EQ, mask, value};
    int call = seccomp_syscall_resolve_name(name);
    return call == __NR_SCMP_ERROR || call < 0
               ? 0
               : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

static const uint64_t whole = UINT32_MAX; /* an argument of the type int */

static int allow_for_all(scmp_filter_ctx filter)
{
    static const uint64_t fcntls[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC};
    int result = ADD_ALL(filter, SCMP_ACT_ALLOW, for_all);
    for (size_t i = 0; i < sizeof fcntls / sizeof *fcntls && result == 0; i++)
        result = allow_if(filter, "fcntl", 1, whole, fcntls[i]);
    if (result == 0) /* abort() */
        result = allow_if(filter, "tgkill", 0, whole, (uint32_t)getpid());
    if (result == 0) /* limits are read, not set */
        result = allow_if(filter, "prlimit64", 2, UINT64_MAX, 0);
    if (result == 0) /* fstat() of newer C libraries: newfstatat(fd, "", .., AT_EMPTY_PATH) */
        result = allow_if(filter, "newfstatat", 3, AT_EMPTY_PATH, AT_EMPTY_PATH);
    if (result == 0)
        result = allow_if(filter, "prctl", 0, whole, PR_SET_NAME);
    return result;
}

static int allow_files(scmp_filter_ctx filter)
{
    const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC;
    int result = ADD_ALL(filter, SCMP_ACT_ALLOW, for_files);
    if (result == 0)
        result = allow_if(filter, "open", 1, writing, O_RDONLY);
    if (result == 0)
        result = allow_if(filter, "openat", 2, writing, O_RDONLY);
    return result;
}

static int allow_threads(scmp_filter_ctx filter)
{
    int result = allow_if(filter, "clone", 0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM);
    return result != 0 ? result : add(filter, SCMP_ACT_ALLOW, "sched_getattr");
}

static int allow_network(scmp_filter_ctx filter)
{
    static const uint64_t families[] = {AF_UNIX, AF_INET, AF_INET6};
    int result = ADD_ALL(filter, SCMP_ACT_ALLOW, for_network);
    for (size_t i = 0; i < sizeof families / sizeof *families && result == 0; i++)
        result = allow_if(filter, "socket", 0, whole, families[i]);
    if (result == 0)
        result = allow_if(filter, "ioctl", 1, whole, FIONBIO);
    return result;
}

static int fill(scmp_filter_ctx filter, const struct child_rights *rights)
{
    int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (result == 0)
        result = ADD_ALL(filter, SCMP_ACT_KILL_PROCESS, deadly);
    if (result == 0)
        result = allow_for_all(filter);
    /* Its flags lie in memory where no filter can see them; the C library then uses clone. */
    if (result == 0)
        result = add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3");
    if (result == 0 && rights->read_files)
        result = allow_files(filter);
    if (result == 0 && rights->threads)
        result = allow_threads(filter);
    if (result == 0 && rights->network)
        result = allow_network(filter);
    return result;
}

int child_confine(const struct child_rights *rights, char error[CHILD_ERROR_BYTES])
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int result = filter ? fill(filter, rights) : -ENOMEM;
    if (result == 0)
        result = seccomp_load(filter);
    if (filter)
        seccomp_release(filter);
    confined = result == 0;
    if (confined)
        return 0;
    snprintf(error, CHILD_ERROR_BYTES, "the system calls cannot be limited (seccomp): %s",
             strerror(-result));
    return -1;
}
