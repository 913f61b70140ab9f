/* SPDX-License-Identifier: ISC */
/* The program makes variants behind all its limits, in as much memory as the budget says. */
#include "cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/image/budget.h"
#include "render/name/picture.h"
#include "render/wire/wire.h"
#include "sample.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#if defined(__SANITIZE_ADDRESS__)
enum { WITH_SANITIZER = 1 }; /* takes terabytes of address space for itself */
#else
enum { WITH_SANITIZER = 0 };
#endif

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
    if (len <= 0)
        fail_msg("the child has ended");
    assert_true(wire_read(&message, packet, (size_t)len));
    return message;
}

/* input: -1: none. */
static void ask(int fd, const char *op, int input)
{
    char task[WIRE_HEAD_MAX + PICTURE_NAME_BYTES];
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    const size_t head = wire_head(&(struct wire_message){.type = WIRE_TASK}, (uint8_t *)task);
    const int len = snprintf(task + head, sizeof task - head, "/images/" ID "/%s", op);
    struct iovec part = {task, head + (size_t)len};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (input >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof input);
        memcpy(CMSG_DATA(rights), &input, sizeof input);
    }
    assert_true(sendmsg(fd, &message, 0) > 0);
}

/* Wait for the whole picture. "" or why there is none. */
static const char *outcome(int fd)
{
    static char why[WIRE_REASON_MAX + 1];
    struct wire_message message;
    bool last = false;
    while ((message = receive(fd)).type == WIRE_PIECE)
        last = message.last;
    if (message.type == WIRE_DONE)
        return last ? "" : "not complete";
    snprintf(why, sizeof why, "%.*s", (int)message.len, (const char *)message.bytes);
    return why;
}

static struct header header_of(int file)
{
    struct header_scan scan;
    size_t len;
    void *bytes = sample_read(file, &len);
    header_begin(&scan);
    assert_int_equal(header_feed(&scan, bytes, len), HEADER_FOUND);
    free(bytes);
    return scan.header;
}

/* With small pictures, which take no time, the part that grows with them must be seen: what the
 * budget has for large results stays out. */
static void the_budget_is_enough_for_every_operation(void **state)
{
    static const struct {
        int width, height, bands, bits;
        const char *suffix;
    } kinds[] = {
        {1000, 1000, 3, 8, ".jpg[Q=60]"},
        {1600, 1500, 3, 8, ".jpg[Q=60,interlace,subsample_mode=off]"},
        {1000, 1000, 4, 8, ".png[compression=1]"},
        {2000, 1500, 4, 16, ".png[compression=0,interlace]"},
        {1000, 1000, 3, 8, ".webp[Q=80,effort=0]"},
        {1000, 700, 4, 8, ".webp[Q=80,effort=0]"},
        {500, 500, 4, 8, ".webp[lossless,effort=0]"},
    };
    const uint64_t large_results = 50 * 1000 * 1000;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char memory[32];
        int fd, file = sample_file(
                    sample_noise(kinds[i].width, kinds[i].height, kinds[i].bands, kinds[i].bits),
                    kinds[i].suffix);
        const struct header header = header_of(file);
        const uint64_t budget = budget_memory(&header), limit = budget - large_results;
        snprintf(memory, sizeof memory, "%llu", (unsigned long long)budget);
        const pid_t pid = start(&fd, (const char *[]){"image", "--memory", memory, NULL});
        if (!WITH_SANITIZER)
            assert_int_equal(prlimit(pid, RLIMIT_AS, &(struct rlimit){limit, limit}, NULL), 0);
        assert_int_equal(receive(fd).type, WIRE_READY);
        for (int op = PICTURE_OP_grayscale; op <= PICTURE_OP_rotate90; op++) {
            if (WITH_SANITIZER && op != PICTURE_OP_rotate90)
                continue; /* without a limit there is nothing to be seen, only time to be spent */
            ask(fd, picture_op_name((enum picture_op)op), file);
            const char *why = outcome(fd);
            if (*why)
                fail_msg("%s of %s in %s bytes: %s", picture_op_name((enum picture_op)op),
                         kinds[i].suffix, memory, why);
        }
        close(file);
        close(fd);
        assert_int_equal(status_of(pid), 0);
    }
}

static void it_goes_on_after_what_it_cannot_do(void **state)
{
    int fd, good = sample_file(sample_flag(300, 200), ".png"), bad = sample_bytes("GIF89a", 6);
    const pid_t pid = start(&fd, (const char *[]){"image", "--op", "blur", "--pixels", "60000",
                                                  "--memory", "536870912", NULL});
    assert_int_equal(receive(fd).type, WIRE_READY);
    for (int i = 0; i < 3; i++) {
        ask(fd, "blur", bad);
        assert_string_equal(outcome(fd), "not a JPEG, PNG or WebP picture");
        ask(fd, "blur", -1);
        assert_string_equal(outcome(fd), "the uploaded picture is not there");
        ask(fd, "rotate90", good);
        assert_string_equal(outcome(fd), "asked for a picture that others make");
        ask(fd, "blur", good);
        assert_string_equal(outcome(fd), "");
    }
    close(good);
    good = sample_file(sample_flag(301, 200), ".png");
    ask(fd, "blur", good);
    assert_non_null(strstr(outcome(fd), "60200 pixels, at most 60000"));
    close(good);
    close(bad);
    close(fd);
    assert_int_equal(status_of(pid), 0);
}

static void wrong_options_are_refused(void **state)
{
    const char *const wrong[][4] = {{"x", "--op", "sharpen"},
                                    {"x", "--memory", "1M"},
                                    {"x", "--pixels", "-1"},
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
        cmocka_unit_test(the_budget_is_enough_for_every_operation),
        cmocka_unit_test(it_goes_on_after_what_it_cannot_do),
        cmocka_unit_test(wrong_options_are_refused),
    };
    if (argc != 2 || VIPS_INIT(argv[0]) != 0)
        return 2;
    program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
