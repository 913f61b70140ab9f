/* SPDX-License-Identifier: ISC */
/* side: see side.h. */
#include "side.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/blocks_folder.h"
#include "common/blocks_server.h"

int side_open(struct side *side, const char *who, const char *where,
              const struct source_options *options, char error[SOURCE_ERROR_BYTES])
{
    *side = (struct side){.who = who, .where = where, .kind = source_kind(where)};
    if (side->kind == SOURCE_LOG) {
        side->log = source_open(where, options, error);
        if (!side->log)
            return -1;
        side->version = source_end(side->log);
        if (source_begin(side->log) == 0)
            return 0;
        snprintf(error, SOURCE_ERROR_BYTES,
                 "the log's beginning was deleted, its oldest offset is %" PRIu64
                 ": its blocks cannot be made",
                 source_begin(side->log));
        source_close(side->log);
        side->log = NULL;
        return -1;
    }
    side->blocks = side->kind == SOURCE_SERVER
                       ? blocks_server_open(where, options->timeout_s, error)
                       : blocks_folder_open(where, error);
    if (!side->blocks)
        return -1;
    side->version = side->blocks->version;
    return 0;
}

void side_close(struct side *side)
{
    source_close(side->log);
    blocks_close(side->blocks);
    *side = (struct side){0};
}

const uint8_t *side_genesis(const struct side *side)
{
    if (side->log)
        return side->log->has_genesis ? side->log->genesis : NULL;
    return side->blocks->has_genesis ? side->blocks->genesis : NULL;
}

const char *side_kind_name(const struct side *side)
{
    static const char *const names[] = {
        [SOURCE_LOG] = "log", [SOURCE_SERVER] = "server", [SOURCE_FOLDER] = "folder"};
    return names[side->kind];
}
