/* SPDX-License-Identifier: ISC */
/* child: limits, and the loop over tasks. */
#include "render/child/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "render/wire/wire.h"

enum { NICENESS = 10 }; /* a ninth of the share of a process that is not nice */

#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { WITH_SANITIZER = 1 };
#else
enum { WITH_SANITIZER = 0 };
#endif

static void limit(int resource, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
        value = now.rlim_max;
    setrlimit(resource, &(struct rlimit){value, value});
}

/* Take a small share of the processors when others want them. Where the kernel shares them out by
 * session first (autogroup), being nice counts only within one: so the farm starts each child in a
 * session of its own, and that is nice, too. Started by hand or by a test, it leaves the session of
 * others as it is. */
static void be_nice(void)
{
    setpriority(PRIO_PROCESS, 0, NICENESS);
    if (getsid(0) != getpid())
        return;
    int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return; /* there is no such thing here */
    char text[16];
    int len = snprintf(text, sizeof text, "%d", NICENESS);
    ssize_t written = write(fd, text, (size_t)len);
    (void)written; /* then it is only nice within its session */
    close(fd);
}

void child_begin(uint64_t memory_bytes)
{
    /* A parent that ends before this line closes the socket, which child_run sees. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (close_range(WIRE_FD + 1, ~0u, 0) != 0)
        for (int fd = WIRE_FD + 1; fd < 1024; fd++)
            close(fd);
    limit(RLIMIT_CORE, 0);
    if (memory_bytes > 0 && !WITH_SANITIZER)
        limit(RLIMIT_AS, memory_bytes);
    be_nice();
    signal(SIGINT, SIG_IGN); /* the farm ends its children by itself */
    signal(SIGPIPE, SIG_IGN);
}

/* Send one message. 0, or -1: the farm has gone. */
static int send_message(const struct wire_message *message)
{
    uint8_t head[WIRE_HEAD_MAX];
    struct iovec parts[2] = {{head, wire_head(message, head)},
                             {(void *)(uintptr_t)message->bytes, message->len}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = message->len > 0 ? 2 : 1};
    while (sendmsg(WIRE_FD, &packet, MSG_NOSIGNAL) < 0)
        if (errno != EINTR)
            return -1;
    return 0;
}

int child_send(struct child *child, unsigned place, const void *bytes, size_t len)
{
    const size_t most = WIRE_PACKET_BYTES - WIRE_HEAD_BYTES;
    const uint8_t *rest = bytes;
    if (place >= child->pictures || child->sent >> place & 1 || len == 0 || len > WIRE_PICTURE_MAX)
        return 0; /* child_run says that a picture is missing */
    do {
        struct wire_message piece = {.type = WIRE_PIECE, .place = place, .last = len <= most};
        piece.bytes = rest;
        piece.len = piece.last ? len : most;
        if (send_message(&piece) != 0) {
            child->gone = true;
            return -1;
        }
        rest += piece.len;
        len -= piece.len;
    } while (len > 0);
    child->sent |= UINT64_C(1) << place;
    return 0;
}

/* The descriptor that came with a packet, or -1. */
static int descriptor_of(struct msghdr *packet)
{
    int fd = -1;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(packet); part; part = CMSG_NXTHDR(packet, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS &&
            part->cmsg_len >= CMSG_LEN(sizeof fd))
            memcpy(&fd, CMSG_DATA(part), sizeof fd);
    return fd;
}

/* Wait for a task. 1; 0 when the farm has closed the socket; -1 after a message. */
static int receive_task(struct picture *first, unsigned *place, int *input)
{
    uint8_t bytes[WIRE_HEAD_BYTES + PICTURE_NAME_BYTES];
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr packet = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    struct wire_message task;
    struct picture picture;
    ssize_t len;
    while ((len = recvmsg(WIRE_FD, &packet, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    if (len < 0 && errno != ECONNRESET) {
        fprintf(stderr, "descriptor %d: %s\n", WIRE_FD, strerror(errno));
        return -1;
    }
    if (len <= 0)
        return 0;
    *input = descriptor_of(&packet);
    if (!(packet.msg_flags & MSG_TRUNC) && wire_read(&task, bytes, (size_t)len) &&
        task.type == WIRE_TASK && picture_parse(&picture, (const char *)task.bytes, task.len) &&
        picture_job(&picture, first) == 0 && task.place < picture_job_size(first)) {
        *place = task.place;
        return 1;
    }
    fprintf(stderr, "descriptor %d: not a task, but %zd other bytes\n", WIRE_FD, len);
    if (*input >= 0)
        close(*input);
    return -1;
}

static uint64_t processor_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Render one task and say how it went. 0, or -1: the farm has gone. */
static int run_task(struct child *child, const struct picture *first, unsigned place, int input)
{
    char error[CHILD_ERROR_BYTES] = "";
    uint64_t begun_us = processor_us();
    child->sent = 0;
    child->pictures = picture_job_size(first);
    int result = child->render(child, first, place, input, error);
    if (input >= 0)
        close(input);
    if (child->gone)
        return -1;
    if (result == 0 && child->sent == UINT64_MAX >> (64 - child->pictures)) {
        uint64_t cpu_us = processor_us() - begun_us;
        return send_message(&(struct wire_message){
            .type = WIRE_DONE, .cpu_us = cpu_us < UINT32_MAX ? (uint32_t)cpu_us : UINT32_MAX});
    }
    const char *reason = result != 0 && error[0] ? error : "not all pictures of the job came";
    return send_message(&(struct wire_message){.type = WIRE_FAILED,
                                               .bytes = (const uint8_t *)reason,
                                               .len = strnlen(reason, WIRE_REASON_MAX)});
}

int child_run(struct child *child)
{
    struct picture first;
    unsigned place;
    int input, result;
    if (send_message(&(struct wire_message){.type = WIRE_READY}) != 0)
        return 0;
    while ((result = receive_task(&first, &place, &input)) > 0)
        if (run_task(child, &first, place, input) != 0)
            return 0;
    return result == 0 ? 0 : 1;
}
