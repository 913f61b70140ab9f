/* SPDX-License-Identifier: ISC */
/* tally: see tally.h. */
#include "tally.h"

#include "core/nearest.h"
#include "core/palette.h"

static const struct {
    const char *name, *text;
} reasons[] = {
#define X(name, text) {#name, text},
    REJECTIONS(X)
#undef X
};

const char *rejection_name(enum rejection reason)
{
    return reasons[reason].name;
}

const char *rejection_text(enum rejection reason)
{
    return reasons[reason].text;
}

static uint32_t rgb_of(uint8_t colour)
{
    const struct colour *c = &palette[colour];
    return (uint32_t)c->red << 16 | (uint32_t)c->green << 8 | c->blue;
}

uint8_t tally_colour(struct tally *tally, uint32_t rgb)
{
    /* A palette has some 32 colours: those that were met first are found at once. */
    for (size_t i = 0; i < tally->n_colours; i++) {
        struct mapped_colour *m = &tally->colours[i];
        if (m->rgb != rgb)
            continue;
        m->rows++;
        tally->nearest++;
        return m->colour;
    }
    uint8_t colour = nearest_colour((uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb);
    if (rgb_of(colour) == rgb)
        return colour;
    if (tally->n_colours < TALLY_COLOURS)
        tally->colours[tally->n_colours++] = (struct mapped_colour){rgb, colour, 1};
    tally->nearest++;
    return colour;
}

uint64_t tally_rejected(const struct tally *tally)
{
    uint64_t sum = 0;
    for (int i = 0; i < REJECTION_COUNT; i++)
        sum += tally->rejected[i];
    return sum;
}
