/* SPDX-License-Identifier: ISC */
/*
 * child: the program that the tests' pools run. What it does with a task is the picture's x, see
 * child_acts.h; how it starts is its argument.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "child_acts.h"
#include "render/child/child.h"
#include "render/wire/wire.h"

static uint8_t large[ACT_LARGE_BYTES];
static bool always_fails;

static void hang(void)
{
    for (;;)
        pause();
}

/* Send a packet that child_send would not. */
static void send_bytes(const void *bytes, size_t len)
{
    if (send(WIRE_FD, bytes, len, MSG_NOSIGNAL) < 0)
        _exit(9);
}

static void send_for_ever(void)
{
    large[0] = WIRE_PIECE;
    large[1] = large[2] = large[3] = 0;
    for (;;)
        send_bytes(large, WIRE_PACKET_BYTES);
}

static int eat_memory(char error[CHILD_ERROR_BYTES])
{
    enum { STEP = 16 * 1024 * 1024, STEPS = 64 };
    for (int i = 0; i < STEPS; i++) {
        char *volatile memory = malloc(STEP);
        if (!memory) {
            snprintf(error, CHILD_ERROR_BYTES, "no memory");
            return -1;
        }
        memset(memory, 1, STEP);
    }
    return 0;
}

/* Each picture's bytes are its name. */
static int send_names(struct child *child, const struct picture *first, unsigned place)
{
    for (unsigned i = 0; i < child->pictures; i++) {
        struct picture picture;
        char name[PICTURE_NAME_BYTES];
        unsigned at = (place + i) % child->pictures;
        picture_of_job(first, at, &picture);
        picture_format(&picture, name);
        if (child_send(child, at, name, strlen(name)) != 0)
            return -1;
    }
    return 0;
}

/* What the test has put into the input, one letter an attempt; nothing: render. */
static enum act act_of_input(int input)
{
    char letter;
    if (read(input, &letter, 1) != 1)
        return ACT_RENDER;
    return letter == 'c' ? ACT_ABORT : letter == 'h' ? ACT_HANG : ACT_FAIL;
}

static int render(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES])
{
    enum act act = first->kind == PICTURE_MAP ? ACT_RENDER : (enum act)first->x;
    char name[PICTURE_NAME_BYTES];
    if (always_fails)
        act = ACT_FAIL;
    if (act == ACT_GATE || (first->kind == PICTURE_MAP && input >= 0))
        act = act_of_input(input);
    switch (act) {
    case ACT_HANG:
        hang();
        break;
    case ACT_ABORT:
        abort();
    case ACT_SEGFAULT:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case ACT_EXIT:
        _exit(3);
    case ACT_FAIL:
        snprintf(error, CHILD_ERROR_BYTES, "as asked\n\x1b[2J\xff");
        return -1;
    case ACT_EAT:
        return eat_memory(error);
    case ACT_OTHER_PLACE:
        send_bytes("\3\5\1\0x", 5);
        hang();
        break;
    case ACT_DONE_EARLY:
        send_bytes("\4\0\0\0\1\0\0\0", 8);
        hang();
        break;
    case ACT_TOO_LARGE:
        large[0] = WIRE_PIECE;
        large[2] = 1;
        send_bytes(large, WIRE_PACKET_BYTES + 1);
        hang();
        break;
    case ACT_NO_MESSAGE:
        send_bytes("hello", 5);
        hang();
        break;
    case ACT_READY_AGAIN:
        send_bytes("\1", 1);
        hang();
        break;
    case ACT_PICTURE_TWICE:
        send_bytes("\3\0\1\0x", 5);
        send_bytes("\3\0\1\0x", 5);
        hang();
        break;
    case ACT_ENDLESS:
        send_for_ever();
        break;
    case ACT_CLOSE:
        close(WIRE_FD);
        hang();
        break;
    case ACT_LARGE:
        for (size_t i = 0; i < sizeof large; i++)
            large[i] = (uint8_t)(i % 251);
        return child_send(child, place, large, sizeof large);
    case ACT_UNASKED: /* an answer to nothing, when it is idle again */
        picture_format(first, name);
        child_send(child, place, name, strlen(name));
        send_bytes("\4\0\0\0\1\0\0\0", 8);
        send_bytes("\4\0\0\0\1\0\0\0", 8);
        hang();
        break;
    case ACT_RENDER:
    case ACT_GATE:
        break;
    }
    return send_names(child, first, place);
}

int main(int argc, char **argv)
{
    struct child child = {.render = render};
    const char *how = argc > 1 ? argv[1] : "";
    child_begin(256 * 1024 * 1024);
    if (strcmp(how, "never-ready") == 0)
        hang();
    if (strcmp(how, "exits") == 0)
        return 1;
    if (strcmp(how, "early-answer") == 0)
        send_bytes("\3\0\1\0x", 5);
    if (strcmp(how, "ready-and-exits") == 0) {
        send_bytes("\1", 1);
        return 0;
    }
    always_fails = strcmp(how, "fails") == 0;
    return child_run(&child);
}
