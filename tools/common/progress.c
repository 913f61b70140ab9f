/* SPDX-License-Identifier: ISC */
/* progress: the line. Its numbers have commas between thousands, because they are long. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/clock.h"

enum {
    EVERY_MS = 200,
    RATE_FROM_MS = 500, /* a rate or a time left is a guess before */
    NUMBER_BYTES = 32,
};

/* 16500000 as 16,500,000. */
static void group(char text[NUMBER_BYTES], uint64_t value)
{
    char digits[NUMBER_BYTES];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value), at = 0;
    for (int i = 0; i < n; i++) {
        text[at++] = digits[i];
        if (i + 1 < n && (n - i - 1) % 3 == 0)
            text[at++] = ',';
    }
    text[at] = '\0';
}

void progress_line(char line[PROGRESS_LINE_BYTES], const struct progress *progress,
                   int64_t elapsed_ms, uint64_t count, uint64_t at, uint64_t total)
{
    char number[NUMBER_BYTES];
    group(number, count);
    const char *unit = progress->unit;
    size_t len = (size_t)snprintf(line, PROGRESS_LINE_BYTES, "%.30s %s%s%.30s", progress->verb,
                                  unit ? number : "", unit ? " " : "", unit ? unit : "");
    if (total > 0)
        len += (size_t)snprintf(line + len, PROGRESS_LINE_BYTES - len, "%s%.1f %%",
                                unit ? ", " : "", 100.0 * (double)at / (double)total);
    if (elapsed_ms < RATE_FROM_MS)
        return;
    group(number, (uint64_t)((double)count * 1000 / (double)elapsed_ms));
    if (unit)
        len += (size_t)snprintf(line + len, PROGRESS_LINE_BYTES - len, ", %s/s", number);
    uint64_t done = at > progress->begun_at ? at - progress->begun_at : 0;
    if (total <= at || done == 0)
        return;
    double left_s = (double)(total - at) / (double)done * (double)elapsed_ms / 1000;
    if (left_s < 360000) /* a hundred hours */
        snprintf(line + len, PROGRESS_LINE_BYTES - len, ", %d:%02d:%02d left", (int)left_s / 3600,
                 (int)left_s / 60 % 60, (int)left_s % 60);
}

void progress_begin(struct progress *progress, const char *verb, const char *unit, bool quiet,
                    uint64_t at)
{
    int64_t now = clock_now_ms();
    *progress = (struct progress){
        .verb = verb,
        .unit = unit,
        .shown = !quiet && isatty(STDERR_FILENO),
        .begun_ms = now,
        .next_ms = now + EVERY_MS,
        .begun_at = at,
    };
}

void progress_show(struct progress *progress, uint64_t count, uint64_t at, uint64_t total)
{
    if (!progress->shown)
        return;
    int64_t now = clock_now_ms();
    if (now < progress->next_ms)
        return;
    char line[PROGRESS_LINE_BYTES];
    progress_line(line, progress, now - progress->begun_ms, count, at, total);
    fprintf(stderr, "\r%s\x1b[K", line);
    fflush(stderr);
    progress->dirty = true;
    progress->next_ms = now + EVERY_MS;
}

void progress_end(struct progress *progress)
{
    if (progress->dirty) {
        fputs("\r\x1b[K", stderr);
        fflush(stderr);
    }
    progress->dirty = false;
}
