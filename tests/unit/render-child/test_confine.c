/* SPDX-License-Identifier: ISC */
/* What a child has given up it cannot do any more. Each case is a process of its own. */
#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/child/confine.h"

enum { CANNOT_CONFINE = 100 };

static const struct child_rights none, files = {.read_files = true}, threads = {.threads = true},
                                       network = {.network = true};

/* Run `act` in a process that has these rights; its exit status, or 1000 and the signal. */
static int run_confined(const struct child_rights *rights, int (*act)(void))
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char error[CHILD_ERROR_BYTES];
        if (child_confine(rights, error) != 0) {
            fprintf(stderr, "%s\n", error);
            _exit(CANNOT_CONFINE);
        }
        _exit(act());
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The number of the first line that is not so. */
#define NEED(what)                                                                                 \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "line %d: %s: %s\n", __LINE__, #what, strerror(errno));                \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static bool refused(long result)
{
    return result == -1 && errno == EPERM;
}

static int compute(void)
{
    struct stat status;
    struct rlimit files_limit;
    for (size_t size = 1; size < 64 * 1024 * 1024; size *= 4) {
        char *memory = malloc(size);
        NEED(memory);
        memset(memory, 1, size);
        free(memory);
    }
    NEED(fstat(STDERR_FILENO, &status) == 0);
    NEED(getrlimit(RLIMIT_NOFILE, &files_limit) == 0);
    NEED(sched_yield() == 0);
    NEED(clock() != (clock_t)-1);
    int copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    NEED(copy >= 10 && write(copy, "", 0) == 0 && close(copy) == 0);
    return 0;
}

static void *do_nothing(void *argument)
{
    return argument;
}

static int reach_out(void)
{
    pthread_t thread;
    NEED(refused(open("/dev/null", O_RDONLY)));
    NEED(refused(open("/tmp/placed-confined", O_CREAT | O_WRONLY, 0600)));
    NEED(refused(access("/", F_OK)));
    NEED(refused(unlink("/nowhere")));
    NEED(refused(socket(AF_INET, SOCK_STREAM, 0)));
    NEED(refused(socket(AF_UNIX, SOCK_STREAM, 0)));
    NEED(refused(kill(getppid(), 0)));
    NEED(refused(fork()));
    NEED(pthread_create(&thread, NULL, do_nothing, NULL) == EPERM);
    NEED(refused(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0})));
    NEED(refused(prctl(PR_SET_DUMPABLE, 1)));
    NEED(refused(syscall(SYS_memfd_create, "x", 0)));
    NEED(syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS);
    return 0;
}

static int run_program(void)
{
    static char name[] = "/bin/true";
    char *const arguments[] = {name, NULL}, *const environment[] = {NULL};
    syscall(SYS_execve, name, arguments, environment);
    return 1;
}

static int read_parent(void)
{
    char byte;
    struct iovec own = {&byte, 1}, other = {&byte, 1};
    process_vm_readv(getppid(), &own, 1, &other, 1, 0);
    return 1;
}

static int trace_parent(void)
{
    ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
    return 1;
}

static int read_files(void)
{
    struct stat status;
    char byte;
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    NEED(fd >= 0 && read(fd, &byte, 1) == 1 && close(fd) == 0);
    NEED(stat("/etc/passwd", &status) == 0);
    NEED(refused(open("/dev/null", O_RDWR)));
    NEED(refused(open("/dev/null", O_WRONLY)));
    NEED(refused(open("/tmp/placed-confined", O_CREAT | O_RDONLY, 0600)));
    NEED(refused(openat(AT_FDCWD, "/tmp/placed-confined", O_TRUNC | O_RDONLY)));
    NEED(refused(rename("/nowhere", "/elsewhere")));
    NEED(refused(socket(AF_INET, SOCK_STREAM, 0)));
    return 0;
}

static int start_threads(void)
{
    pthread_t thread;
    NEED(pthread_create(&thread, NULL, do_nothing, NULL) == 0);
    NEED(pthread_join(thread, NULL) == 0);
    NEED(refused(fork()));
    NEED(refused(open("/dev/null", O_RDONLY)));
    return 0;
}

static int connect_out(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    NEED(fd >= 0 && close(fd) == 0);
    NEED(refused(socket(AF_NETLINK, SOCK_RAW, 0)));
    NEED(refused(socket(AF_PACKET, SOCK_RAW, 0)));
    NEED(refused(listen(STDERR_FILENO, 1)));
    NEED(refused(open("/dev/null", O_RDONLY)));
    return 0;
}

static void test_a_child_can_compute(void **state)
{
    assert_int_equal(run_confined(&none, compute), 0);
}

static void test_what_it_needs_no_right_for_is_refused(void **state)
{
    assert_int_equal(run_confined(&none, reach_out), 0);
}

static void test_what_only_an_attacker_does_ends_it(void **state)
{
    const struct child_rights all = {true, true, true};
    assert_int_equal(run_confined(&none, run_program), 1000 + SIGSYS);
    assert_int_equal(run_confined(&all, run_program), 1000 + SIGSYS);
    assert_int_equal(run_confined(&all, read_parent), 1000 + SIGSYS);
    assert_int_equal(run_confined(&all, trace_parent), 1000 + SIGSYS);
}

static void test_each_right_gives_its_own_and_no_more(void **state)
{
    assert_int_equal(run_confined(&files, read_files), 0);
    assert_int_equal(run_confined(&threads, start_threads), 0);
    assert_int_equal(run_confined(&network, connect_out), 0);
}

static sem_t go;

static void *try_to_open(void *argument)
{
    while (sem_wait(&go) != 0)
        ;
    return refused(open("/dev/null", O_RDONLY)) ? NULL : argument;
}

static void test_threads_that_run_already_are_confined_too(void **state)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char error[CHILD_ERROR_BYTES];
        pthread_t thread;
        int token;
        void *result = &token;
        if (sem_init(&go, 0, 0) != 0 || pthread_create(&thread, NULL, try_to_open, &token) != 0 ||
            child_confine(&none, error) != 0)
            _exit(CANNOT_CONFINE);
        sem_post(&go);
        pthread_join(thread, &result);
        _exit(result ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_child_can_compute),
        cmocka_unit_test(test_what_it_needs_no_right_for_is_refused),
        cmocka_unit_test(test_what_only_an_attacker_does_ends_it),
        cmocka_unit_test(test_each_right_gives_its_own_and_no_more),
        cmocka_unit_test(test_threads_that_run_already_are_confined_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
