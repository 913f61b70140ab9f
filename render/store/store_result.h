/* SPDX-License-Identifier: ISC */
/* store_result: what comes of looking into a store. */
#ifndef PLACED_RENDER_STORE_STORE_RESULT_H
#define PLACED_RENDER_STORE_STORE_RESULT_H

enum { STORE_ERROR_BYTES = 256 };

enum store_result {
    STORE_FOUND,
    STORE_ABSENT,
    STORE_ERROR, /* a message has been printed; treat it as absent */
};

#endif
