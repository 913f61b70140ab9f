/* SPDX-License-Identifier: ISC */
/*
 * fuzz_place: rows of r/place's published files. No byte beside the line is read; what is taken is
 * in range, and is taken again the same.
 * Input: the first line is a header (else the columns are those of 2017), the rest are rows.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "common/place_row.h"

static void check_row(const uint8_t *data, size_t len, const struct place_layout *layout)
{
    struct place_row row, again;
    char *line = malloc(len + 1); /* on the heap, where a sanitizer sees its end */
    if (!line)
        abort();
    char *at = line + 1;
    memcpy(at, data, len);
    if (place_row(at, len, layout, &row) == PLACE_PIXEL) {
        if (row.x < -PLACE_FAR || row.x > PLACE_FAR || row.y < -PLACE_FAR || row.y > PLACE_FAR ||
            row.time_ms < 0 || row.colour > (row.is_rgb ? 0xffffffu : 15u))
            abort();
        if (row.user_len > 0 && (row.user < at || row.user + row.user_len > at + len))
            abort();
        if (place_row(at, len, layout, &again) != PLACE_PIXEL || again.x != row.x ||
            again.y != row.y || again.time_ms != row.time_ms || again.colour != row.colour)
            abort();
    }
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct place_layout layout;
    const uint8_t *end = len > 0 ? memchr(data, '\n', len) : NULL;
    size_t first = end ? (size_t)(end - data) : len;
    char *header = calloc(1, first + 1);
    if (!header)
        abort();
    if (first > 0)
        memcpy(header + 1, data, first);
    if (!place_header(header + 1, first, &layout))
        layout = place_layout_of(PLACE_2017);
    free(header);
    while (end) {
        data += first + 1;
        len -= first + 1;
        end = len > 0 ? memchr(data, '\n', len) : NULL;
        first = end ? (size_t)(end - data) : len;
        check_row(data, first, &layout);
    }
    return 0;
}
