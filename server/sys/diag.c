/* SPDX-License-Identifier: ISC */
/* diag: format, escape, and write each line with one system call. */
#include "sys/diag.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_BYTES = 1024,
    LINES_A_SECOND = 100,
};

/* Count lines of the current second; the first one over the limit says so, the rest are dropped. */
static int over_limit(void)
{
    static atomic_long second;
    static atomic_int lines;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (atomic_exchange(&second, now.tv_sec) != now.tv_sec)
        atomic_store(&lines, 0);
    return atomic_fetch_add(&lines, 1) - LINES_A_SECOND;
}

static void say(const char *level, const char *format, va_list args)
{
    int over = over_limit();
    if (over > 0)
        return;
    char text[LINE_BYTES], line[2 * LINE_BYTES];
    if (over == 0)
        snprintf(text, sizeof text, "(too many messages: the rest of this second is left out)");
    else
        vsnprintf(text, sizeof text, format, args);
    size_t n = (size_t)snprintf(line, sizeof line, "placed: %s", level);
    for (const char *c = text; *c && n + 5 < sizeof line; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            n += (size_t)snprintf(line + n, sizeof line - n, "\\x%02x", (unsigned char)*c);
        else
            line[n++] = *c;
    }
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, n) < 0)
        return; /* nobody listens; nothing better to do */
}

void diag_info(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void diag_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("warning: ", format, args);
    va_end(args);
}

void diag_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("error: ", format, args);
    va_end(args);
}
