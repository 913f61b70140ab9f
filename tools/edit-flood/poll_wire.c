/* SPDX-License-Identifier: ISC */
/* poll_wire: see poll_wire.h. */
#include "poll_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/decimal.h"

enum {
    RETRY_MAX = 3600,
    STATUS_DIGITS = 3,
    NO_CONTENT = 204,
};

size_t poll_request(char *out, size_t room, const char *host, const char *genesis,
                    struct position position, uint64_t version)
{
    int len =
        snprintf(out, room, "GET /h/%.*s/%d,%d/edits/%" PRIu64 " HTTP/1.1\r\nHost: %s\r\n\r\n",
                 POLL_NAME_DIGITS, genesis, position.gx, position.gy, version, host);
    return len > 0 && (size_t)len < room ? (size_t)len : 0;
}

struct value {
    const char *text;
    size_t len;
};

/* The value of a line of the head, if it has that name. */
static bool value_of(const char *line, size_t len, const char *name, struct value *value)
{
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return false;
    size_t at = name_len + 1;
    while (at < len && (line[at] == ' ' || line[at] == '\t'))
        at++;
    while (len > at && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        len--;
    *value = (struct value){line + at, len - at};
    return true;
}

static bool is(struct value value, const char *text)
{
    return value.len == strlen(text) && strncasecmp(value.text, text, value.len) == 0;
}

/* The version in .../edits/VERSION. */
static bool version_of(struct value location, uint64_t *version)
{
    static const char before[] = "/edits/";
    const char *at = memmem(location.text, location.len, before, sizeof before - 1);
    if (!at)
        return false;
    at += sizeof before - 1;
    return decimal_parse(at, (size_t)(location.text + location.len - at), UINT64_MAX, version);
}

/* False: no head is like this. */
static bool take_line(const char *line, size_t len, struct poll_answer *answer, bool *measured)
{
    struct value value;
    uint64_t number;
    if (value_of(line, len, "Content-Length", &value)) {
        if (*measured || !decimal_parse(value.text, value.len, POLL_BODY_MAX, &number))
            return false;
        *measured = true;
        answer->body_len = (size_t)number;
    } else if (value_of(line, len, "Transfer-Encoding", &value)) {
        return false; /* the length of every answer is known beforehand */
    } else if (value_of(line, len, "X-Cache-Status", &value)) {
        answer->cache = is(value, "HIT")    ? POLL_CACHE_HIT
                        : is(value, "MISS") ? POLL_CACHE_MISS
                                            : POLL_CACHE_OTHER;
    } else if (value_of(line, len, "Location", &value)) {
        answer->moved = version_of(value, &answer->moved_to);
    } else if (value_of(line, len, "Retry-After", &value)) {
        if (decimal_parse(value.text, value.len, RETRY_MAX, &number))
            answer->retry_after = (unsigned)number;
    } else if (value_of(line, len, "Connection", &value)) {
        answer->closes = is(value, "close");
    }
    return true;
}

static bool take_status(const char *line, size_t len, int *status)
{
    static const char before[] = "HTTP/1.1 ";
    uint64_t number;
    size_t at = sizeof before - 1;
    if (len < at + STATUS_DIGITS || memcmp(line, before, at) != 0 ||
        !decimal_parse(line + at, STATUS_DIGITS, 599, &number) || number < 200)
        return false;
    *status = (int)number;
    return true;
}

enum poll_parse poll_parse(const uint8_t *bytes, size_t len, struct poll_answer *answer)
{
    const char *text = (const char *)bytes;
    const char *end = memmem(text, len, "\r\n\r\n", 4);
    *answer = (struct poll_answer){0};
    if (!end)
        return len < POLL_HEAD_MAX ? POLL_MORE : POLL_BAD;
    answer->head_len = (size_t)(end - text) + 4;
    bool first = true, measured = false;
    for (const char *line = text; line < end + 2;) {
        const char *line_end = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
        size_t line_len = (size_t)(line_end - line);
        if (first ? !take_status(line, line_len, &answer->status)
                  : !take_line(line, line_len, answer, &measured))
            return POLL_BAD;
        first = false;
        line = line_end + 2;
    }
    if (!measured && answer->status != NO_CONTENT)
        return POLL_BAD;
    if (answer->status == NO_CONTENT)
        answer->body_len = 0;
    return len - answer->head_len < answer->body_len ? POLL_MORE : POLL_WHOLE;
}
