/* SPDX-License-Identifier: ISC */
/* picture: a canvas as the server shows it, fetched (blocking, within seconds) and decoded. */
#ifndef PLACED_EDIT_FLOOD_PICTURE_H
#define PLACED_EDIT_FLOOD_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "said.h"
#include "target.h"
#include "tls.h"

struct picture {
    uint64_t version;
    char genesis[SAID_GENESIS_BYTES]; /* of the log; "": the server does not say */
    uint8_t *pixels;                  /* CANVAS_PIXELS bytes, a colour each; the caller's */
};

/* position: of the canvas, or NULL for the target's own. picture->pixels must be set. 0, or -1 and
 * *error says why; then the pixels may have changed. */
int picture_fetch(const struct target *target, struct tls_context *context,
                  const struct position *position, struct picture *picture, const char **error);

/* Only the decoding. */
int picture_decode(const uint8_t *bytes, size_t len, uint8_t *pixels);

#endif
