/* SPDX-License-Identifier: ISC */
/* chunked: see chunked.h. */
#include "http/chunked.h"

#include <string.h>

enum state {
    SIZE, /* hexadecimal digits */
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER, /* at the beginning of a line after the last chunk */
    TRAILER_LINE,
    TRAILER_LF,
    END_LF,
};

enum {
    DIGITS_MAX = 8,      /* 4 GB, far more than is taken */
    OVERHEAD_MAX = 1024, /* extensions of one chunk, or all trailers */
};

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* One byte that is no data. The next state, or -1. */
static int step(struct chunked *chunked, char c)
{
    switch ((enum state)chunked->state) {
    case SIZE:
        if (hex(c) >= 0 && chunked->digits < DIGITS_MAX) {
            chunked->left = chunked->left << 4 | (uint64_t)hex(c);
            chunked->digits++;
            return SIZE;
        }
        if (chunked->digits == 0)
            return -1;
        return c == ';' ? EXTENSION : c == '\r' ? SIZE_LF : -1;
    case EXTENSION:
        return c == '\r' ? SIZE_LF : c == '\n' ? -1 : EXTENSION;
    case SIZE_LF:
        chunked->digits = 0;
        return c != '\n' ? -1 : chunked->left > 0 ? DATA : TRAILER;
    case DATA_CR:
        return c == '\r' ? DATA_LF : -1;
    case DATA_LF:
        chunked->overhead = 0;
        return c == '\n' ? SIZE : -1;
    case TRAILER:
        return c == '\r' ? END_LF : c == '\n' ? -1 : TRAILER_LINE;
    case TRAILER_LINE:
        return c == '\r' ? TRAILER_LF : c == '\n' ? -1 : TRAILER_LINE;
    case TRAILER_LF:
        return c == '\n' ? TRAILER : -1;
    case END_LF:
    case DATA:
        break;
    }
    return -1;
}

enum chunked_result chunked_decode(struct chunked *chunked, char *bytes, size_t *len, size_t *used)
{
    size_t data = 0, at = 0, end = *len;
    enum chunked_result result = CHUNKED_MORE;
    while (at < end && result == CHUNKED_MORE) {
        if (chunked->state == DATA) {
            size_t n = end - at < chunked->left ? end - at : (size_t)chunked->left;
            memmove(bytes + data, bytes + at, n);
            data += n;
            at += n;
            chunked->left -= n;
            if (chunked->left == 0)
                chunked->state = DATA_CR;
            continue;
        }
        char c = bytes[at++];
        if (chunked->state == END_LF) {
            result = c == '\n' ? CHUNKED_END : CHUNKED_BAD;
            break;
        }
        int next = ++chunked->overhead > OVERHEAD_MAX ? -1 : step(chunked, c);
        if (next < 0)
            result = CHUNKED_BAD;
        else
            chunked->state = (uint8_t)next;
    }
    *len = data;
    *used = at;
    return result;
}
