/* SPDX-License-Identifier: ISC */
/* keyframe: see keyframe.h. */
#include "history/keyframe.h"

#include <string.h>

#include "core/bytes.h"
#include "core/crc32c.h"

enum {
    FORMAT = 1,
    AT_MAGIC = 0,
    AT_FORMAT = 8,
    AT_POSITION = 10,
    AT_ZERO = 14,
    AT_GENESIS = 16,
    AT_BLOCK = 32,
    AT_VERSION = 40,
    AT_CHAIN = 48,
    AT_ZERO_TOO = 80,
    AT_CRC = 84,
    AT_PIXELS = KEYFRAME_HEAD_BYTES,
};

static const uint8_t magic[8] = {'p', 'l', 'a', 'c', 'e', 'd', 'h', 'k'};

/* All bytes but the checksum's own. */
static uint32_t crc_of(const uint8_t *bytes)
{
    return crc32c(crc32c(0, bytes, AT_CRC), bytes + AT_PIXELS, KEYFRAME_BYTES - AT_PIXELS);
}

static void encode_head(uint8_t *bytes, const struct keyframe_head *head)
{
    memset(bytes, 0, AT_PIXELS);
    memcpy(bytes + AT_MAGIC, magic, sizeof magic);
    store_u16(bytes + AT_FORMAT, FORMAT);
    position_store(bytes + AT_POSITION, head->position);
    memcpy(bytes + AT_GENESIS, head->genesis, GENESIS_BYTES);
    store_u64(bytes + AT_BLOCK, head->block);
    store_u64(bytes + AT_VERSION, head->version);
    memcpy(bytes + AT_CHAIN, head->chain, DIGEST_BYTES);
}

void keyframe_encode(uint8_t bytes[KEYFRAME_BYTES], const struct keyframe_head *head,
                     const uint8_t *pixels)
{
    encode_head(bytes, head);
    for (size_t i = 0; i < CANVAS_PIXELS / 2; i++)
        bytes[AT_PIXELS + i] = (uint8_t)(pixels[2 * i] << 4 | pixels[2 * i + 1]);
    store_u32(bytes + AT_CRC, crc_of(bytes));
}

const char *keyframe_decode(const uint8_t *bytes, size_t len, const struct keyframe_head *expected,
                            uint8_t *pixels)
{
    uint8_t head[AT_PIXELS];
    if (len != KEYFRAME_BYTES)
        return "has a wrong length";
    if (load_u32(bytes + AT_CRC) != crc_of(bytes))
        return "is damaged (CRC)";
    encode_head(head, expected);
    if (memcmp(bytes, head, AT_CRC) != 0)
        return "is of another history, or of an unknown format";
    for (size_t i = 0; i < CANVAS_PIXELS / 2; i++) {
        pixels[2 * i] = bytes[AT_PIXELS + i] >> 4;
        pixels[2 * i + 1] = bytes[AT_PIXELS + i] & 15;
    }
    return NULL;
}
