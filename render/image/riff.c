/* SPDX-License-Identifier: ISC */
/* riff: a WebP is RIFF, length, "WEBP", and chunks of four letters, length, bytes, padded to even.
 */
#include "render/image/riff.h"

#include <stdbool.h>
#include <string.h>

#include "core/bytes.h"

enum {
    HEAD_BYTES = 12,
    CHUNK_BYTES = 8,
    FLAG_PROFILE = 0x20,
    FLAG_EXIF = 0x08,
    FLAG_XMP = 0x04,
};

static bool is_metadata(const uint8_t *chunk)
{
    return memcmp(chunk, "EXIF", 4) == 0 || memcmp(chunk, "XMP ", 4) == 0 ||
           memcmp(chunk, "ICCP", 4) == 0;
}

size_t riff_strip(uint8_t *webp, size_t len)
{
    if (len < HEAD_BYTES || memcmp(webp, "RIFF", 4) != 0 || memcmp(webp + 8, "WEBP", 4) != 0)
        return len;
    size_t from = HEAD_BYTES, to = HEAD_BYTES;
    while (len - from >= CHUNK_BYTES) {
        uint8_t *chunk = webp + from;
        const uint64_t wanted = CHUNK_BYTES + (uint64_t)load_u32(chunk + 4) + (chunk[4] & 1);
        const size_t size = wanted < len - from ? (size_t)wanted : len - from;
        if (memcmp(chunk, "VP8X", 4) == 0 && size > CHUNK_BYTES)
            chunk[CHUNK_BYTES] &= (uint8_t) ~(FLAG_PROFILE | FLAG_EXIF | FLAG_XMP);
        if (!is_metadata(chunk)) {
            memmove(webp + to, chunk, size);
            to += size;
        }
        from += size;
    }
    store_u32(webp + 4, (uint32_t)(to - CHUNK_BYTES));
    return to;
}
