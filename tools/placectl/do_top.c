/* SPDX-License-Identifier: ISC */
/*
 * do_top: see do_top.h. On a terminal the screen is written anew, and q or Ctrl-C leaves;
 * elsewhere, and with --json, it is printed once.
 */
#include "do_top.h"

#include <cjson/cJSON.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/columns.h"
#include "common/stop.h"
#include "common/text.h"
#include "options.h"
#include "sys/clock.h"
#include "values.h"

enum {
    INTERVAL_USUAL_S = 2,
    INTERVAL_MAX_S = 3600,
    SLICE_MS = 100,
};

#define SCREEN_ON  "\x1b[?1049h\x1b[?25l"
#define SCREEN_OFF "\x1b[?25h\x1b[?1049l"
#define SCREEN_TOP "\x1b[H\x1b[J"

/* The numbers of an object beside each other: refusals by their reasons. */
static void show_refused(const cJSON *refused)
{
    const cJSON *reason;
    if (!cJSON_IsObject(refused))
        return;
    cJSON_ArrayForEach(reason, refused)
    {
        char name[TEXT_BYTES];
        if (!cJSON_IsNumber(reason) || !(reason->valuedouble > 0))
            continue;
        text_clean(name, sizeof name, reason->string);
        printf("  %s %.1f", name, reason->valuedouble);
    }
}

static double rate_of(const cJSON *json, const char *member)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(json, member), *item;
    double sum = 0;
    if (cJSON_IsNumber(found))
        return found->valuedouble;
    cJSON_ArrayForEach(item, found)
    {
        if (cJSON_IsNumber(item))
            sum += item->valuedouble;
    }
    return sum;
}

static int show(struct ctl *ctl, cJSON *top)
{
    static const struct column networks[] = {{"network", "net", COLUMN_NETWORK},
                                             {"edits", "edits", COLUMN_COUNT}};
    static const struct column authors[] = {{"author", "author", COLUMN_TEXT},
                                            {"name", "name", COLUMN_TEXT},
                                            {"edits", "edits", COLUMN_COUNT}};
    static const struct column cells[] = {{"cell", NULL, COLUMN_PLACE},
                                          {"edits", "edits", COLUMN_COUNT}};
    char people[TEXT_BYTES], now[TEXT_BYTES];
    text_count(people, ctl_number(top, "people"));
    text_time(now, clock_wall_ms(), 0);
    printf("%s  %s people  %.1f edits/s  %.1f refused/s", now, people, rate_of(top, "edits"),
           rate_of(top, "refused"));
    show_refused(cJSON_GetObjectItemCaseSensitive(top, "refused"));
    printf("\n\n");
    int failed = columns_print(stdout, cJSON_GetObjectItemCaseSensitive(top, "networks"), networks,
                               2, ctl->now_ms, "no network draws");
    putchar('\n');
    failed |= columns_print(stdout, cJSON_GetObjectItemCaseSensitive(top, "authors"), authors, 3,
                            ctl->now_ms, "nobody draws");
    putchar('\n');
    failed |= columns_print(stdout, cJSON_GetObjectItemCaseSensitive(top, "cells"), cells, 2,
                            ctl->now_ms, "no cell is drawn on");
    return failed ? ctl_fail(ctl, "no memory") : EXIT_DONE;
}

/* Wait; true when somebody wants to leave. */
static bool wait_key(int64_t ms)
{
    int64_t until = clock_now_ms() + ms;
    while (!stop_asked() && clock_now_ms() < until) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        char key;
        if (poll(&input, 1, SLICE_MS) <= 0)
            continue;
        if (read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q')
            return true;
    }
    return stop_asked();
}

static int live(struct ctl *ctl, int64_t interval_ms)
{
    struct termios before, raw;
    bool keys = tcgetattr(STDIN_FILENO, &before) == 0;
    int status = EXIT_DONE;
    cJSON *top = ctl_get(ctl, "top"); /* before the screen changes: a message stays readable */
    if (!top)
        return ctl->status;
    if (keys) {
        raw = before;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    fputs(SCREEN_ON, stdout);
    bool left = false;
    while (top && !left) {
        fputs(SCREEN_TOP, stdout);
        status = show(ctl, top);
        cJSON_Delete(top);
        printf("\nq leaves\n");
        fflush(stdout);
        left = wait_key(interval_ms);
        top = left ? NULL : ctl_get(ctl, "top");
    }
    fputs(SCREEN_OFF, stdout);
    fflush(stdout);
    if (keys)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return left ? status : ctl_fail(ctl, "the server does not answer any more");
}

int do_top(struct ctl *ctl, const struct arguments *arguments)
{
    const char *text = arguments->values[OPTION_INTERVAL];
    int64_t seconds = INTERVAL_USUAL_S;
    if (text && (!value_duration(text, &seconds) || seconds > INTERVAL_MAX_S))
        return ctl_wrong(ctl, "--interval", "a duration from 1s to 1h", text);
    if (ctl->json || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
        return ctl_end_list(ctl, ctl_get(ctl, "top"), show);
    return live(ctl, seconds * 1000);
}
