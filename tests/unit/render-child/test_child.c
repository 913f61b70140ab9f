/* SPDX-License-Identifier: ISC */
/* A child begins with few descriptors and low limits, and does one task after the other. */
#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/child/child.h"
#include "render/wire/wire.h"

#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif

#define TILE "/map/0123456789abcdef/1/0/0.png" /* a job of four */

enum { LARGE = 2 * WIRE_PACKET_BYTES + 5 };

/* Start a process whose descriptor 3 is the other end of *fd. */
static pid_t start(int (*body)(void), int *fd)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int copy = fcntl(ends[1], F_DUPFD, 20);
        if (copy < 0 || dup2(copy, WIRE_FD) != WIRE_FD)
            _exit(100);
        _exit(body());
    }
    close(ends[1]);
    *fd = ends[0];
    return pid;
}

/* Its exit status, or 1000 and the signal that ended it. */
static int end_of(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static uint8_t packet[WIRE_PACKET_BYTES + 1];

static struct wire_message receive(int fd)
{
    struct wire_message message;
    ssize_t len = recv(fd, packet, sizeof packet, 0);
    assert_true(len > 0);
    assert_true(wire_read(&message, packet, (size_t)len));
    return message;
}

static void send_task(int fd, const char *name, unsigned place, int input)
{
    uint8_t head[WIRE_HEAD_MAX];
    struct wire_message task = {.type = WIRE_TASK, .place = place};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr head;
    } control = {{0}};
    struct iovec parts[] = {{head, wire_head(&task, head)},
                            {(void *)(uintptr_t)name, strlen(name)}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (input >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN(sizeof input);
        memcpy(CMSG_DATA(&control.head), &input, sizeof input);
    }
    assert_true(sendmsg(fd, &message, 0) > 0);
}

/* Renders by zoom: 0 one large picture; 1 all four; 2 fails; 3 too little; 4 what its input says.
 */
static int render(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES])
{
    static uint8_t large[LARGE];
    uint8_t bytes[8] = {0};
    ssize_t len;
    switch (first->z) {
    case 0:
        for (size_t i = 0; i < sizeof large; i++)
            large[i] = (uint8_t)(i % 251);
        return child_send(child, 0, large, sizeof large);
    case 1:
        for (unsigned i = 0; i < 4; i++) {
            bytes[0] = (uint8_t)('a' + (place + i) % 4);
            if (child_send(child, (place + i) % 4, bytes, 1) != 0)
                return -1;
            child_send(child, place, "again", 5); /* is not sent twice */
        }
        child_send(child, 4, "outside", 7);
        return 0;
    case 2:
        snprintf(error, CHILD_ERROR_BYTES, "cannot draw %d", (int)first->x);
        return -1;
    case 3:
        return child_send(child, 0, bytes, 0);
    default:
        len = read(input, bytes, sizeof bytes);
        return len <= 0 ? -1 : child_send(child, place, bytes, (size_t)len);
    }
}

static int run(void)
{
    struct child child = {.render = render};
    child_begin(0);
    return child_run(&child);
}

static void test_it_says_that_it_is_ready_and_ends_with_the_socket(void **state)
{
    int fd;
    pid_t pid = start(run, &fd);
    assert_int_equal(receive(fd).type, WIRE_READY);
    close(fd);
    assert_int_equal(end_of(pid), 0);
}

static void test_a_large_picture_comes_in_pieces(void **state)
{
    int fd;
    size_t len = 0;
    pid_t pid = start(run, &fd);
    receive(fd);
    send_task(fd, "/mandelbrot/1/0/0/0.png", 0, -1);
    for (bool last = false; !last;) {
        struct wire_message piece = receive(fd);
        assert_int_equal(piece.type, WIRE_PIECE);
        assert_int_equal(piece.place, 0);
        for (size_t i = 0; i < piece.len; i++, len++)
            if (piece.bytes[i] != len % 251)
                fail_msg("byte %zu is another", len);
        last = piece.last;
    }
    assert_int_equal(len, LARGE);
    assert_int_equal(receive(fd).type, WIRE_DONE);
    close(fd);
    assert_int_equal(end_of(pid), 0);
}

static void test_the_place_that_is_asked_for_is_known_to_it(void **state)
{
    int fd;
    pid_t pid = start(run, &fd);
    receive(fd);
    send_task(fd, TILE, 2, -1);
    for (unsigned i = 0; i < 4; i++) {
        struct wire_message piece = receive(fd);
        assert_int_equal(piece.type, WIRE_PIECE);
        assert_int_equal(piece.place, (2 + i) % 4);
        assert_int_equal(piece.bytes[0], 'a' + (2 + i) % 4);
        assert_true(piece.last && piece.len == 1);
    }
    assert_int_equal(receive(fd).type, WIRE_DONE);
    close(fd);
    assert_int_equal(end_of(pid), 0);
}

static void test_it_goes_on_after_a_task_that_failed(void **state)
{
    int fd;
    pid_t pid = start(run, &fd);
    receive(fd);
    send_task(fd, "/mandelbrot/1/2/3/0.png", 0, -1);
    struct wire_message failed = receive(fd);
    assert_int_equal(failed.type, WIRE_FAILED);
    assert_memory_equal(failed.bytes, "cannot draw 3", failed.len);
    send_task(fd, "/mandelbrot/1/3/0/0.png", 0, -1);
    failed = receive(fd);
    assert_int_equal(failed.type, WIRE_FAILED);
    assert_memory_equal(failed.bytes, "not all pictures", 16);
    send_task(fd, TILE, 0, -1);
    assert_int_equal(receive(fd).type, WIRE_PIECE);
    close(fd); /* in the midst of a task */
    assert_int_equal(end_of(pid), 0);
}

static void test_an_input_is_read_and_closed(void **state)
{
    int fd;
    pid_t pid = start(run, &fd);
    receive(fd);
    for (int i = 0; i < 40; i++) { /* more than the child may open */
        int pipes[2];
        char byte;
        assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        assert_int_equal(write(pipes[1], "input", 5), 5);
        send_task(fd, "/mandelbrot/1/4/0/0.png", 0, pipes[0]);
        close(pipes[0]);
        struct wire_message piece = receive(fd);
        assert_int_equal(piece.type, WIRE_PIECE);
        assert_memory_equal(piece.bytes, "input", 5);
        assert_int_equal(receive(fd).type, WIRE_DONE);
        /* Nobody can read from the pipe any more. */
        assert_int_equal(write(pipes[1], &byte, 1), -1);
        assert_int_equal(errno, EPIPE);
        close(pipes[1]);
    }
    close(fd);
    assert_int_equal(end_of(pid), 0);
}

static void test_what_is_not_a_task_ends_it(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"\1", 1},
        {"\2\0\0\0/mandelbrot/1/0/0/1.png", 27},
        {"\2\1\0\0/mandelbrot/1/0/0/0.png", 27},         /* has one place only */
        {"\2\0\0\0/map/0123456789abcdef/1/1/0.png", 35}, /* not the first of its job */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd;
        pid_t pid = start(run, &fd);
        receive(fd);
        assert_true(send(fd, rows[i].bytes, rows[i].len, 0) > 0);
        assert_int_equal(end_of(pid), 1);
        close(fd);
    }
}

static int begin_and_look(void)
{
    struct rlimit core;
    int others = 0;
    for (int fd = WIRE_FD + 1; fd < 100; fd++)
        others += fcntl(fd, F_GETFD) >= 0;
    if (others == 0)
        return 1; /* the test would show nothing */
    child_begin(512 * 1024 * 1024);
    for (int fd = 0; fd < 100; fd++)
        if ((fcntl(fd, F_GETFD) >= 0) != (fd <= WIRE_FD))
            return 2;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
        return 3;
    if (getpriority(PRIO_PROCESS, 0) < 10)
        return 4;
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
    void *volatile memory = malloc(1024 * 1024 * 1024);
    if (memory)
        return 5;
#endif
    return 0;
}

static void test_it_begins_with_low_limits_and_few_descriptors(void **state)
{
    int fd;
    pid_t pid = start(begin_and_look, &fd);
    assert_int_equal(end_of(pid), 0);
    close(fd);
}

static int hang(void)
{
    child_begin(0);
    if (send(WIRE_FD, "\1", 1, 0) != 1)
        return 1;
    for (;;)
        pause();
}

static void test_it_ends_with_its_parent(void **state)
{
    int pipes[2], fd;
    char byte;
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) { /* the parent, whose child has a copy of the pipe's end as its standard input */
        if (dup2(pipes[1], STDIN_FILENO) != STDIN_FILENO)
            _exit(1);
        start(hang, &fd);
        receive(fd);
        raise(SIGKILL);
    }
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 0); /* nobody has the other end any more */
    close(pipes[0]);
    assert_int_equal(end_of(pid), 1000 + SIGKILL);
}

/* How nice the kernel is told that this process's session is: "/autogroup-NUMBER nice N". False:
 * there is no such thing here. */
static bool read_group(char text[64])
{
    const int fd = open("/proc/self/autogroup", O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd < 0 ? -1 : read(fd, text, 63);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static int begin_and_read_group(void)
{
    char before[64], after[64];
    if (!read_group(before))
        return 0;
    child_begin(0);
    return read_group(after) && strcmp(before, after) == 0 ? 0 : 1;
}

static int begin_a_session_and_read_group(void)
{
    char text[64];
    if (setsid() < 0)
        return 2;
    child_begin(0);
    return !read_group(text) || strstr(text, " nice 10") ? 0 : 3;
}

static void test_it_makes_its_own_session_nice_and_no_other(void **state)
{
    int fd;
    pid_t pid = start(begin_and_read_group, &fd);
    assert_int_equal(end_of(pid), 0);
    close(fd);
    pid = start(begin_a_session_and_read_group, &fd);
    assert_int_equal(end_of(pid), 0);
    close(fd);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    alarm(600); /* whatever hangs is ended */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_says_that_it_is_ready_and_ends_with_the_socket),
        cmocka_unit_test(test_a_large_picture_comes_in_pieces),
        cmocka_unit_test(test_the_place_that_is_asked_for_is_known_to_it),
        cmocka_unit_test(test_it_goes_on_after_a_task_that_failed),
        cmocka_unit_test(test_an_input_is_read_and_closed),
        cmocka_unit_test(test_what_is_not_a_task_ends_it),
        cmocka_unit_test(test_it_begins_with_low_limits_and_few_descriptors),
        cmocka_unit_test(test_it_ends_with_its_parent),
        cmocka_unit_test(test_it_makes_its_own_session_nice_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
