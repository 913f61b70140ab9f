/* SPDX-License-Identifier: ISC */
/* text: see text.h. */
#include "text.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DELETE = 0x7f,
    C1_END = 0xa0,
    NEAR_S = 48 * 3600, /* a time is told as a distance within this */
};

/* The next character of UTF-8 and its length; -1 and 1 when these bytes are none. */
static int32_t next(const char *text, size_t *len)
{
    const uint8_t *c = (const uint8_t *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = *c < 0x80 ? 1 : *c >= 0xf0 && *c < 0xf8 ? 4 : *c >= 0xe0 ? 3 : *c >= 0xc0 ? 2 : 0;
    *len = 1;
    if (n == 1)
        return *c;
    if (n == 0 || *c >= 0xf8)
        return -1;
    uint32_t code = *c & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((c[i] & 0xc0) != 0x80) /* a NUL too */
            return -1;
        code = code << 6 | (c[i] & 0x3fU);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return -1;
    *len = n;
    return (int32_t)code;
}

/* Does it act on a terminal instead of showing itself? */
static bool acts(int32_t code)
{
    return code < ' ' || (code >= DELETE && code < C1_END) || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xfeff;
}

size_t text_clean(char *clean, size_t room, const char *text)
{
    size_t at = 0, columns = 0, len;
    for (; *text; text += len) {
        int32_t code = next(text, &len);
        bool bad = code < 0 || acts(code);
        size_t n = bad ? 1 : len;
        if (at + n >= room)
            break;
        if (bad)
            clean[at] = '?';
        else
            memcpy(clean + at, text, n);
        at += n;
        columns++;
    }
    clean[at] = '\0';
    return columns;
}

size_t text_width(const char *clean)
{
    size_t columns = 0;
    for (; *clean; clean++)
        columns += ((uint8_t)*clean & 0xc0) != 0x80;
    return columns;
}

void text_count(char text[TEXT_BYTES], uint64_t count)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, count), at = 0;
    for (int i = 0; i < n; i++) {
        text[at++] = digits[i];
        if (i + 1 < n && (n - i - 1) % 3 == 0)
            text[at++] = ',';
    }
    text[at] = '\0';
}

void text_duration(char text[TEXT_BYTES], int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t len = 0, shown = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof units / sizeof *units && shown < 2; i++) {
        int64_t n = seconds / units[i].seconds;
        seconds %= units[i].seconds;
        if (n == 0 && (shown == 0 || units[i].seconds == 1))
            continue;
        if (n > 0)
            len += (size_t)snprintf(text + len, TEXT_BYTES - len, "%s%" PRId64 " %s%s",
                                    shown ? " " : "", n, units[i].name, n == 1 ? "" : "s");
        shown++;
    }
    if (len == 0)
        snprintf(text, TEXT_BYTES, "0 seconds");
}

void text_time(char text[TEXT_BYTES], int64_t ms, int64_t now_ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    if (!gmtime_r(&seconds, &utc)) {
        snprintf(text, TEXT_BYTES, "%" PRId64 " ms", ms);
        return;
    }
    size_t len = strftime(text, TEXT_BYTES, "%Y-%m-%d %H:%M:%S", &utc);
    int64_t away = (now_ms - ms) / 1000, distance = away < 0 ? -away : away;
    char words[TEXT_BYTES];
    if (distance >= NEAR_S)
        return;
    if (distance < 5) {
        snprintf(text + len, TEXT_BYTES - len, " (now)");
        return;
    }
    text_duration(words, distance < 60 ? distance : (distance + 30) / 60 * 60);
    snprintf(text + len, TEXT_BYTES - len, away < 0 ? " (in %.60s)" : " (%.60s ago)", words);
}

bool text_print_json(FILE *out, const struct cJSON *json)
{
    char *text = cJSON_Print(json);
    size_t len;
    if (!text)
        return false;
    for (const char *at = text; *at; at += len) {
        int32_t code = next(at, &len);
        if (code == '\n' || code == '\t' || (code >= ' ' && code < DELETE))
            fputc(code, out);
        else if (code < 0)
            fputs("\\ufffd", out);
        else if (code < 0x10000)
            fprintf(out, "\\u%04" PRIx32, (uint32_t)code);
        else
            fprintf(out, "\\u%04" PRIx32 "\\u%04" PRIx32,
                    0xd800 + ((uint32_t)(code - 0x10000) >> 10),
                    0xdc00 + ((uint32_t)(code - 0x10000) & 0x3ff));
    }
    fputc('\n', out);
    cJSON_free(text);
    return true;
}
