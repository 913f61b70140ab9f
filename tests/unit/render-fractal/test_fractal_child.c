/* SPDX-License-Identifier: ISC */
/* The program renders what it is asked for, behind all limits, and says what it cannot. */
#include "cmocka_all.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/fractal/fractal.h"
#include "render/wire/wire.h"

extern char **environ;

static const char *program;
static uint8_t packet[WIRE_PACKET_BYTES];

static pid_t start(int *fd, const char *const argv[])
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const int copy = fcntl(ends[1], F_DUPFD, 20);
        if (copy < 0 || dup2(copy, WIRE_FD) != WIRE_FD)
            _exit(100);
        execve(program, (char *const *)(uintptr_t)argv, environ);
        _exit(101);
    }
    close(ends[1]);
    *fd = ends[0];
    return pid;
}

static int status_of(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static struct wire_message receive(int fd)
{
    struct wire_message message;
    const ssize_t len = recv(fd, packet, sizeof packet, 0);
    assert_true(len > 0 && wire_read(&message, packet, (size_t)len));
    return message;
}

static void ask(int fd, const char *name)
{
    uint8_t task[WIRE_HEAD_MAX + PICTURE_NAME_BYTES];
    const size_t head = wire_head(&(struct wire_message){.type = WIRE_TASK}, task);
    memcpy(task + head, name, strlen(name));
    assert_true(send(fd, task, head + strlen(name), 0) > 0);
}

static void it_renders_one_tile_after_the_other(void **state)
{
    static const char *const names[] = {"/mandelbrot/1/0/0/0.png",
                                        "/julia/1-canvas/-0.8,0.156/3/4/3.png"};
    struct fractal *fractal = fractal_create(1, ESCAPE_PLAIN);
    int fd;
    const pid_t pid = start(&fd, (const char *[]){"placed-render-fractal", "--threads", "3",
                                                  "--memory", "500000000", NULL});
    assert_int_equal(receive(fd).type, WIRE_READY);
    for (size_t i = 0; i < 2; i++) {
        struct picture tile;
        size_t len;
        ask(fd, "/map/0123456789abcdef/0/0/0.png");
        assert_int_equal(receive(fd).type, WIRE_FAILED);
        ask(fd, names[i]);
        assert_true(picture_parse(&tile, names[i], strlen(names[i])));
        const uint8_t *expected = fractal_render(fractal, &tile, &len);
        const struct wire_message piece = receive(fd);
        assert_int_equal(piece.type, WIRE_PIECE);
        assert_true(piece.last);
        assert_int_equal(piece.len, len);
        assert_memory_equal(piece.bytes, expected, len);
        const struct wire_message done = receive(fd);
        assert_int_equal(done.type, WIRE_DONE);
        assert_true(done.cpu_us > 0);
    }
    close(fd);
    assert_int_equal(status_of(pid), 0);
    fractal_destroy(fractal);
}

static void wrong_options_are_refused(void **state)
{
    const char *const wrong[][4] = {{"x", "--threads", "0"},
                                    {"x", "--threads", "257"},
                                    {"x", "--memory", "1M"},
                                    {"x", "more"},
                                    {"x", "--fast"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int fd;
        assert_int_equal(status_of(start(&fd, wrong[i])), 2);
        close(fd);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_renders_one_tile_after_the_other),
        cmocka_unit_test(wrong_options_are_refused),
    };
    if (argc != 2)
        return 2;
    program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
