/* SPDX-License-Identifier: ISC */
/* diag: format, escape, and write each line with one system call. */
#include "sys/diag.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_BYTES = 1024,
    LINES_A_SECOND = 100,
};

static const char *speaker = "placed";

void diag_name(const char *name)
{
    speaker = name;
}

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

/* Bytes of the character of UTF-8 at c that a terminal shows and does not obey; 0: none. Beside the
 * bytes below 0x20 those are U+0080 to U+009F, of which terminals make control sequences too, and
 * the characters that turn the direction of writing, which make a line look like another one. */
static size_t printable(const char *c)
{
    const unsigned char *b = (const unsigned char *)c;
    if (b[0] < 0x80)
        return b[0] >= 0x20 && b[0] != 0x7f;
    size_t len = b[0] >= 0xf0 && b[0] < 0xf5   ? 4
                 : b[0] >= 0xe0 && b[0] < 0xf0 ? 3
                 : b[0] >= 0xc2 && b[0] < 0xe0 ? 2
                                               : 0;
    for (size_t i = 1; i < len; i++)
        if ((b[i] & 0xc0) != 0x80) /* also the end of the text */
            return 0;
    bool control = b[0] == 0xc2 && b[1] < 0xa0;
    bool turns =
        b[0] == 0xe2 &&
        ((b[1] == 0x80 && (b[2] == 0x8e || b[2] == 0x8f || (b[2] >= 0xa8 && b[2] <= 0xae))) ||
         (b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9));
    return control || turns ? 0 : len;
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
    size_t n = (size_t)snprintf(line, sizeof line, "%s: %s", speaker, level);
    for (size_t i = 0; text[i] && n + 5 < sizeof line;) {
        size_t len = printable(text + i);
        if (len == 0) {
            n += (size_t)snprintf(line + n, sizeof line - n, "\\x%02x", (unsigned char)text[i++]);
            continue;
        }
        memcpy(line + n, text + i, len);
        n += len;
        i += len;
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
