/* SPDX-License-Identifier: ISC */
/*
 * fuzz_parse: the parsers of what strangers write. Nothing to compare with but a few laws: no byte
 * outside of the input is read, and what is accepted is what it says it is.
 * Input: the first line is one text, the rest another.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "core/utf8.h"
#include "http/field.h"
#include "ws/frame.h"

static char *string(const uint8_t *data, size_t len)
{
    char *text = malloc(len + 1); /* on the heap, where a sanitizer sees its end */
    if (!text)
        abort();
    if (len > 0)
        memcpy(text, data, len);
    text[len] = '\0';
    return text;
}

static void check_decimal(const char *text, size_t len)
{
    uint64_t value = 0;
    if (!decimal_parse(text, len, 999, &value))
        return;
    if (value > 999 || len == 0 || memchr(text, '-', len))
        abort();
}

/* Valid UTF-8 stays valid when a character is added, and not when half of one is. */
static void check_utf8(const uint8_t *data, size_t len)
{
    char *more = string(data, len);
    char *longer = malloc(len + 3);
    if (!longer)
        abort();
    memcpy(longer, more, len);
    memcpy(longer + len, "\xe2\x82\xac", 3);
    bool valid = utf8_valid(data, len);
    if (valid != utf8_valid((uint8_t *)longer, len + 3) || utf8_valid((uint8_t *)longer, len + 2))
        abort();
    free(longer);
    free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *newline = len > 0 ? memchr(data, '\n', len) : NULL;
    size_t first = newline ? (size_t)(newline - data) : len;
    size_t rest = newline ? len - first - 1 : 0;
    char *a = string(data, first);
    char *b = string(newline ? newline + 1 : data, rest);

    check_decimal(a, first);
    check_utf8(data, len);
    if (field_list_has(a, b) && *b == '\0')
        abort();
    (void)field_none_match(a, b);
    (void)field_accepts_gzip(a);
    if (len >= FRAME_HEADER_MAX) {
        uint8_t *frame = (uint8_t *)string(data, len);
        for (unsigned opcode = 1; opcode <= 2; opcode++)
            (void)frame_unmasked(frame + FRAME_HEADER_MAX, len - FRAME_HEADER_MAX, opcode);
        free(frame);
    }
    free(b);
    free(a);
    return 0;
}
