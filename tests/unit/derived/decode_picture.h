/* SPDX-License-Identifier: ISC */
/* decode_picture: a PNG of ours back to pixels and texts. For the tests. */
#ifndef PLACED_TESTS_DECODE_PICTURE_H
#define PLACED_TESTS_DECODE_PICTURE_H

#include <stddef.h>
#include <stdint.h>

enum { DECODED_TEXTS = 4 };

struct decoded_text {
    char key[16], value[64];
};

/* Fails the test when it is no PNG of the form that we promise. Returns how many texts there are,
 * in their order. pixels: CANVAS_PIXELS, one a byte. */
size_t decode_picture(const uint8_t *bytes, size_t len, uint8_t *pixels,
                      struct decoded_text texts[DECODED_TEXTS]);

#endif
