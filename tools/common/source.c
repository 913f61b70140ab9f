/* SPDX-License-Identifier: ISC */
/* source: what is common to all kinds; see source.h. */
#include "source.h"

#include <string.h>

void source_close(struct source *source)
{
    if (source)
        source->ops->close(source);
}

bool source_genesis(const struct source *source, uint8_t genesis[GENESIS_BYTES])
{
    if (source->has_genesis)
        memcpy(genesis, source->genesis, GENESIS_BYTES);
    return source->has_genesis;
}

uint64_t source_begin(const struct source *source)
{
    return source->begin;
}

uint64_t source_end(const struct source *source)
{
    return source->end;
}

int source_offset_at(struct source *source, int64_t time_ms, uint64_t *version)
{
    return source->ops->offset_at(source, time_ms, version);
}

int source_seek(struct source *source, uint64_t from, uint64_t to)
{
    return source->ops->seek(source, from, to);
}

enum source_result source_next(struct source *source, struct source_record *record)
{
    return source->ops->next(source, record);
}

const char *source_error(const struct source *source)
{
    return source->error;
}
