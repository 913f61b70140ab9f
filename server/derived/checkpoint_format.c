/* SPDX-License-Identifier: ISC */
/* checkpoint_format: see checkpoint_format.h. */
#include "derived/checkpoint_format.h"

#include <string.h>

#include "core/bytes.h"
#include "core/canvas.h"
#include "core/checksum.h"
#include "core/crc32c.h"
#include "core/palette.h"

enum {
    FORMAT = 2,
    AT_CRC = 0,
    AFTER_CRC = 4,
    AT_FORMAT = 4,
    /* of a canvas */
    AT_POSITION = 8,
    AT_CANVAS_VERSION = 16,
    AT_CHECKSUM = 24,
    AT_PIXELS = 32,
    PACKED_BYTES = CANVAS_PIXELS / 2,
    /* of the plane */
    AT_PALETTE = 8,
    AT_COMPLETE = 12,
    AT_VERSION = 16,
    AT_ANCHOR_OFFSET = 24,
    AT_ANCHOR_TIME = 32,
    AT_ANCHOR_CRC = 40,
    AT_HAS_GENESIS = 44,
    AT_GENESIS = 48,
    AT_CANVASES = 64,
    AT_DIGEST = 68,
    AT_CLUSTER = 72,
    AT_TOPIC = 136,
};

_Static_assert(AT_PIXELS + PACKED_BYTES == CANVAS_ENTRY_BYTES, "as the layout says");

static void seal(uint8_t *entry, size_t len)
{
    store_u32(entry + AT_CRC, crc32c(0, entry + AFTER_CRC, len - AFTER_CRC));
}

/* What both kinds of entry can have wrong. */
static const char *common_fault(const uint8_t *entry, size_t len, size_t expected)
{
    if (len != expected)
        return "has a wrong length";
    if (load_u32(entry + AT_CRC) != crc32c(0, entry + AFTER_CRC, len - AFTER_CRC))
        return "is damaged (CRC)";
    if (load_u32(entry + AT_FORMAT) != FORMAT)
        return "has an unknown format";
    return NULL;
}

/* ---- a canvas ---- */

void canvas_key(uint8_t key[CANVAS_KEY_BYTES], struct position position)
{
    key[0] = 'c';
    position_store(key + 1, position);
}

void canvas_entry_encode(uint8_t *entry, const struct checkpoint_canvas *canvas)
{
    memset(entry, 0, AT_PIXELS);
    store_u32(entry + AT_FORMAT, FORMAT);
    position_store(entry + AT_POSITION, canvas->position);
    store_u64(entry + AT_CANVAS_VERSION, canvas->version);
    store_u64(entry + AT_CHECKSUM, canvas->checksum);
    const uint8_t *pixel = canvas->pixels;
    for (size_t i = 0; i < PACKED_BYTES; i++)
        entry[AT_PIXELS + i] = (uint8_t)(pixel[2 * i] << 4 | pixel[2 * i + 1]);
    seal(entry, CANVAS_ENTRY_BYTES);
}

/* What a pixel adds to the two halves of the checksum, without a branch for white. */
static inline void add_pixel(uint32_t pixel, uint32_t colour, uint32_t *low, uint32_t *high)
{
    uint32_t value = pixel << 4 | colour, counts = colour ? UINT32_MAX : 0;
    *low ^= checksum_low(value) & counts;
    *high ^= checksum_high(value) & counts;
}

__attribute__((always_inline)) static inline uint64_t checksum_of(const uint8_t *packed)
{
    uint32_t low = 0, high = 0;
    for (uint32_t i = 0; i < PACKED_BYTES; i++) {
        add_pixel(2 * i, packed[i] >> 4, &low, &high);
        add_pixel(2 * i + 1, packed[i] & 15, &low, &high);
    }
    return (uint64_t)high << 32 | low;
}

/* A third of the time (0.3 ms a canvas): a start with hundreds of canvases is to be short. */
#if defined(__x86_64__)
__attribute__((target("avx2"))) static uint64_t checksum_of_avx2(const uint8_t *packed)
{
    return checksum_of(packed);
}
#endif

static uint64_t packed_checksum(const uint8_t *packed)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return checksum_of_avx2(packed);
#endif
    return checksum_of(packed);
}

const char *canvas_entry_fault(const uint8_t *key, size_t key_len, const uint8_t *entry, size_t len)
{
    if (key_len != CANVAS_KEY_BYTES || key[0] != 'c' || !position_in_range(position_load(key + 1)))
        return "has an unknown name";
    const char *fault = common_fault(entry, len, CANVAS_ENTRY_BYTES);
    if (fault)
        return fault;
    if (memcmp(key + 1, entry + AT_POSITION, POSITION_BYTES) != 0)
        return "has the name of another one";
    if (load_u64(entry + AT_CHECKSUM) != packed_checksum(entry + AT_PIXELS))
        return "does not match its checksum";
    return NULL;
}

struct checkpoint_canvas canvas_entry_head(const uint8_t *entry)
{
    return (struct checkpoint_canvas){.position = position_load(entry + AT_POSITION),
                                      .version = load_u64(entry + AT_CANVAS_VERSION),
                                      .checksum = load_u64(entry + AT_CHECKSUM)};
}

void canvas_entry_pixels(const uint8_t *entry, uint8_t *pixels)
{
    for (size_t i = 0; i < PACKED_BYTES; i++) {
        pixels[2 * i] = entry[AT_PIXELS + i] >> 4;
        pixels[2 * i + 1] = entry[AT_PIXELS + i] & 15;
    }
}

void checkpoint_digest_add(struct checkpoint_digest *digest, const uint8_t *entry)
{
    uint64_t version = canvas_entry_head(entry).version;
    if (version > digest->newest)
        digest->newest = version;
    digest->n++;
    digest->crc = crc32c(digest->crc, entry + AT_CRC, AFTER_CRC);
}

/* ---- the plane ---- */

static uint32_t palette_crc(void)
{
    uint8_t bytes[3 * CANVAS_COLOURS];
    for (size_t i = 0; i < CANVAS_COLOURS; i++) {
        bytes[3 * i] = palette[i].red;
        bytes[3 * i + 1] = palette[i].green;
        bytes[3 * i + 2] = palette[i].blue;
    }
    return crc32c(0, bytes, sizeof bytes);
}

void plane_entry_encode(uint8_t *entry, const struct checkpoint_plane *plane, bool complete,
                        struct checkpoint_digest digest)
{
    memset(entry, 0, PLANE_ENTRY_BYTES);
    store_u32(entry + AT_FORMAT, FORMAT);
    store_u32(entry + AT_PALETTE, palette_crc());
    store_u32(entry + AT_COMPLETE, complete);
    if (complete) {
        store_u64(entry + AT_VERSION, plane->version);
        store_u32(entry + AT_HAS_GENESIS, plane->has_genesis);
        if (plane->has_genesis)
            memcpy(entry + AT_GENESIS, plane->genesis, GENESIS_BYTES);
        memcpy(entry + AT_CLUSTER, plane->cluster,
               strnlen(plane->cluster, sizeof plane->cluster - 1));
        memcpy(entry + AT_TOPIC, plane->topic, strnlen(plane->topic, sizeof plane->topic - 1));
    }
    plane_entry_set_canvases(entry, digest, complete ? &plane->anchor : NULL);
}

void plane_entry_set_canvases(uint8_t *entry, struct checkpoint_digest digest,
                              const struct anchor *anchor)
{
    if (load_u32(entry + AT_COMPLETE) == 1) { /* else there is nothing that they belong to */
        store_u64(entry + AT_ANCHOR_OFFSET, anchor->offset);
        store_u64(entry + AT_ANCHOR_TIME, (uint64_t)anchor->time_ms);
        store_u32(entry + AT_ANCHOR_CRC, anchor->crc);
    }
    store_u32(entry + AT_CANVASES, digest.n);
    store_u32(entry + AT_DIGEST, digest.crc);
    seal(entry, PLANE_ENTRY_BYTES);
}

const char *plane_entry_fault(const uint8_t *entry, size_t len, struct checkpoint_digest digest)
{
    const char *fault = common_fault(entry, len, PLANE_ENTRY_BYTES);
    if (fault)
        return fault;
    if (load_u32(entry + AT_PALETTE) != palette_crc())
        return "was made with another palette";
    if (load_u32(entry + AT_CANVASES) != digest.n || load_u32(entry + AT_DIGEST) != digest.crc)
        return "does not match its canvases";
    if (load_u32(entry + AT_COMPLETE) != 1)
        return NULL;
    uint64_t version = load_u64(entry + AT_VERSION), offset = load_u64(entry + AT_ANCHOR_OFFSET);
    if (version > 0 && offset < version - 1)
        return "has an anchor before its version";
    if (digest.newest > 0 && offset < digest.newest - 1)
        return "has an anchor that is older than a canvas";
    return NULL;
}

bool plane_entry_decode(const uint8_t *entry, struct checkpoint_plane *plane)
{
    memset(plane, 0, sizeof *plane);
    plane->version = load_u64(entry + AT_VERSION);
    plane->anchor.offset = load_u64(entry + AT_ANCHOR_OFFSET);
    plane->anchor.time_ms = (int64_t)load_u64(entry + AT_ANCHOR_TIME);
    plane->anchor.crc = load_u32(entry + AT_ANCHOR_CRC);
    plane->has_genesis = load_u32(entry + AT_HAS_GENESIS) == 1;
    memcpy(plane->genesis, entry + AT_GENESIS, GENESIS_BYTES);
    memcpy(plane->cluster, entry + AT_CLUSTER, sizeof plane->cluster - 1);
    memcpy(plane->topic, entry + AT_TOPIC, sizeof plane->topic - 1);
    return load_u32(entry + AT_COMPLETE) == 1;
}
