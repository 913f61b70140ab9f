/* SPDX-License-Identifier: ISC */
/* picture: the server's /canvas.png, fetched (blocking, within seconds) and decoded. */
#ifndef PLACED_EDIT_FLOOD_PICTURE_H
#define PLACED_EDIT_FLOOD_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "target.h"
#include "tls.h"

/* pixels: CANVAS_PIXELS bytes, a colour each. 0, or -1 and *error says why. */
int picture_fetch(const struct target *target, struct tls_context *context, uint64_t *version,
                  uint8_t *pixels, const char **error);

/* Only the decoding. */
int picture_decode(const uint8_t *png, size_t len, uint8_t *pixels);

#endif
