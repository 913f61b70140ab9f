/* SPDX-License-Identifier: ISC */
/* difference: see difference.h. */
#include "difference.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/edit.h"
#include "core/hex.h"
#include "core/palette.h"

enum { BYTES_SHOWN = 32 };

void difference_at_canvas(struct difference *d, struct position position, const char *what)
{
    *d = (struct difference){.has_position = true, .position = position, .what = what};
}

void difference_at_block(struct difference *d, struct position position, uint64_t block,
                         const char *what)
{
    difference_at_canvas(d, position, what);
    d->has_block = true;
    d->block = block;
}

bool difference_u64(struct difference *d, uint64_t expected, uint64_t found)
{
    snprintf(d->expected, sizeof d->expected, "%" PRIu64, expected);
    snprintf(d->found, sizeof d->found, "%" PRIu64, found);
    return false;
}

bool difference_i64(struct difference *d, int64_t expected, int64_t found)
{
    snprintf(d->expected, sizeof d->expected, "%" PRId64, expected);
    snprintf(d->found, sizeof d->found, "%" PRId64, found);
    return false;
}

bool difference_text(struct difference *d, const char *expected, const char *found)
{
    snprintf(d->expected, sizeof d->expected, "%s", expected);
    snprintf(d->found, sizeof d->found, "%s", found);
    return false;
}

bool difference_bytes(struct difference *d, const uint8_t *expected, const uint8_t *found, size_t n)
{
    n = n < BYTES_SHOWN ? n : BYTES_SHOWN;
    hex_encode(d->expected, expected, n);
    hex_encode(d->found, found, n);
    return false;
}

static void say_edit(char text[DIFFERENCE_VALUE_BYTES], const uint8_t *bytes)
{
    uint32_t word = edit_load(bytes), colour = edit_colour(word);
    snprintf(text, DIFFERENCE_VALUE_BYTES, "x %" PRIu32 ", y %" PRIu32 ", colour %" PRIu32 " (%s)",
             edit_x(word), edit_y(word), colour, palette[colour].name);
}

bool difference_edit(struct difference *d, const uint8_t *expected, const uint8_t *found)
{
    say_edit(d->expected, expected);
    say_edit(d->found, found);
    return false;
}

const char *difference_say(const struct difference *d, char text[DIFFERENCE_TEXT_BYTES])
{
    char where[160] = "";
    size_t n = 0;
    if (d->has_position)
        n += (size_t)snprintf(where, sizeof where, "canvas (%d, %d)", d->position.gx,
                              d->position.gy);
    if (d->has_block)
        n += (size_t)snprintf(where + n, sizeof where - n, ", block %" PRIu64, d->block);
    if (d->has_offset)
        n += (size_t)snprintf(where + n, sizeof where - n, "%srecord at offset %" PRIu64,
                              n > 0 ? ", " : "", d->offset);
    if (d->has_edit)
        n += (size_t)snprintf(where + n, sizeof where - n, ", edit %zu", d->edit);
    snprintf(text, DIFFERENCE_TEXT_BYTES, "%s%s%.60s: expected %s, found %s", where,
             n > 0 ? ": " : "", d->what, d->expected, d->found);
    return text;
}
