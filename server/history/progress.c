/* SPDX-License-Identifier: ISC */
/* progress: see progress.h. */
#include "history/progress.h"

#include <string.h>

#include "core/bytes.h"
#include "core/crc32c.h"

enum {
    FORMAT = 1,
    AT_MAGIC = 0,
    AT_FORMAT = 8,
    AT_CRC = 12,
    AT_GENESIS = 16,
    AT_READ = 32,
    AT_ANCHOR_OFFSET = 40,
    AT_ANCHOR_TIME = 48,
    AT_ANCHOR_CRC = 56,
    AT_ZERO = 60,
    AT_CANVASES = 64,
    AT_EDITS = 72,
    AT_CLUSTER = 80,
    AT_TOPIC = AT_CLUSTER + PROGRESS_CLUSTER_BYTES,
};

_Static_assert(AT_TOPIC + PROGRESS_TOPIC_BYTES == PROGRESS_BYTES, "as the layout says");

static const uint8_t magic[8] = {'p', 'l', 'a', 'c', 'e', 'd', 'h', 'p'};

/* All bytes but the checksum's own. */
static uint32_t crc_of(const uint8_t *bytes)
{
    return crc32c(crc32c(0, bytes, AT_CRC), bytes + AT_GENESIS, PROGRESS_BYTES - AT_GENESIS);
}

void progress_encode(uint8_t bytes[PROGRESS_BYTES], const struct progress *progress)
{
    memset(bytes, 0, PROGRESS_BYTES);
    memcpy(bytes + AT_MAGIC, magic, sizeof magic);
    store_u32(bytes + AT_FORMAT, FORMAT);
    memcpy(bytes + AT_GENESIS, progress->genesis, GENESIS_BYTES);
    store_u64(bytes + AT_READ, progress->read);
    store_u64(bytes + AT_ANCHOR_OFFSET, progress->anchor.offset);
    store_u64(bytes + AT_ANCHOR_TIME, (uint64_t)progress->anchor.time_ms);
    store_u32(bytes + AT_ANCHOR_CRC, progress->anchor.crc);
    store_u64(bytes + AT_CANVASES, progress->canvases);
    store_u64(bytes + AT_EDITS, progress->edits);
    memcpy(bytes + AT_CLUSTER, progress->cluster,
           strnlen(progress->cluster, PROGRESS_CLUSTER_BYTES - 1));
    memcpy(bytes + AT_TOPIC, progress->topic, strnlen(progress->topic, PROGRESS_TOPIC_BYTES - 1));
    store_u32(bytes + AT_CRC, crc_of(bytes));
}

bool progress_decode(const uint8_t *bytes, size_t len, struct progress *progress)
{
    if (len != PROGRESS_BYTES || memcmp(bytes + AT_MAGIC, magic, sizeof magic) != 0 ||
        load_u32(bytes + AT_FORMAT) != FORMAT || load_u32(bytes + AT_CRC) != crc_of(bytes))
        return false;
    memset(progress, 0, sizeof *progress);
    memcpy(progress->genesis, bytes + AT_GENESIS, GENESIS_BYTES);
    progress->read = load_u64(bytes + AT_READ);
    progress->anchor.offset = load_u64(bytes + AT_ANCHOR_OFFSET);
    progress->anchor.time_ms = (int64_t)load_u64(bytes + AT_ANCHOR_TIME);
    progress->anchor.crc = load_u32(bytes + AT_ANCHOR_CRC);
    progress->canvases = load_u64(bytes + AT_CANVASES);
    progress->edits = load_u64(bytes + AT_EDITS);
    memcpy(progress->cluster, bytes + AT_CLUSTER, PROGRESS_CLUSTER_BYTES - 1);
    memcpy(progress->topic, bytes + AT_TOPIC, PROGRESS_TOPIC_BYTES - 1);
    return progress->read > 0 && progress->anchor.offset == progress->read - 1;
}
