/* SPDX-License-Identifier: ISC */
/* side: one of what is compared: a log, or blocks of a server or of a folder. */
#ifndef PLACED_VERIFY_SIDE_H
#define PLACED_VERIFY_SIDE_H

#include "common/blocks.h"
#include "common/source_open.h"

struct side {
    const char *who; /* "A" or "B" */
    const char *where;
    enum source_kind kind;
    struct source *log; /* one of these two */
    struct blocks *blocks;
    uint64_t version; /* of the plane, as far as it goes */
};

/* 0, or -1 with a reason in error. */
int side_open(struct side *side, const char *who, const char *where,
              const struct source_options *options, char error[SOURCE_ERROR_BYTES]);
void side_close(struct side *side);

/* NULL when it has none. */
const uint8_t *side_genesis(const struct side *side);

/* "log", "server" or "folder". */
const char *side_kind_name(const struct side *side);

#endif
