/* SPDX-License-Identifier: ISC */
/*
 * receiving: the body of one upload on its way into a file without a name, which vanishes with the
 * process. While it comes it is hashed, its header is read, and it is given up as soon as it is too
 * large or cannot be good.
 */
#ifndef PLACED_RENDER_HTTP_RECEIVING_H
#define PLACED_RENDER_HTTP_RECEIVING_H

#include <stddef.h>
#include <stdint.h>

#include "render/http/original.h"
#include "render/image/budget.h"
#include "render/name/blob.h"

struct MHD_Connection;
struct receiving;

enum {
    RECEIVING_WHY_BYTES = 256,
    RECEIVING_FORM_BYTES = 64 * 1024, /* what a form may have beside the picture */
};

struct receiving_config {
    const char *dir; /* for files that have no name */
    uint64_t bytes;  /* of a picture, at most */
    struct budget budget;
};

/* What came of it so far. */
struct receiving_state {
    unsigned status; /* 0: all is well; else the HTTP status that says why not */
    char why[RECEIVING_WHY_BYTES];
};

/* form: the connection whose multipart/form-data has the picture as its first file; NULL: the body
 * is the picture. NULL with a reason in state. */
struct receiving *receiving_create(const struct receiving_config *config,
                                   struct MHD_Connection *form, struct receiving_state *state);
void receiving_destroy(struct receiving *receiving); /* NULL is fine */

/* The next bytes of the body. What comes after an error is ignored. */
const struct receiving_state *receiving_take(struct receiving *receiving, const void *bytes,
                                             size_t len);

/* The body is complete: what it is, but for its time, and its bytes. */
const struct receiving_state *receiving_end(struct receiving *receiving, struct original *original,
                                            struct blob **bytes);

#endif
