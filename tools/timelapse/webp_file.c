/* SPDX-License-Identifier: ISC */
/* webp_file: see webp_file.h. */
#include "webp_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/crc32c.h"

enum {
    RIFF_BYTES = 8, /* the name, and the length of what follows */
    HEAD_BYTES = 12 + 18 + 14,
    FRAME_BYTES = 8 + 16,
    FLAG_ANIMATION = 0x02,
    FLAG_ALPHA = 0x10,
    FRAME_NO_BLEND = 0x02,
    READ_BYTES = 64 * 1024,
};

static void store_u24(uint8_t *b, uint32_t v)
{
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
    b[2] = (uint8_t)(v >> 16);
}

static int append(struct webp_file *webp, const uint8_t *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, webp->file) != len)
        return -1;
    size_t skipped = webp->bytes < RIFF_BYTES ? RIFF_BYTES : 0; /* the head comes in one piece */
    webp->crc = crc32c(webp->crc, bytes + skipped, len - skipped);
    webp->bytes += len;
    return 0;
}

int webp_file_begin(struct webp_file *webp, FILE *file, uint32_t width, uint32_t height)
{
    uint8_t head[HEAD_BYTES] = {0};
    *webp = (struct webp_file){.file = file};
    memcpy(head, "RIFF", 4);
    memcpy(head + 8, "WEBPVP8X", 8);
    store_u32(head + 16, 10);
    head[20] = FLAG_ANIMATION | FLAG_ALPHA;
    store_u24(head + 24, width - 1);
    store_u24(head + 27, height - 1);
    memcpy(head + 30, "ANIM", 4);
    store_u32(head + 34, 6);
    store_u32(head + 38, UINT32_MAX); /* a white background, which no pixel ever shows; 0 loops:
                                         for ever */
    return append(webp, head, sizeof head);
}

bool webp_file_is(FILE *file, uint64_t bytes, uint32_t crc)
{
    uint8_t buffer[READ_BYTES];
    uint32_t found = 0;
    if (bytes < HEAD_BYTES || fseeko(file, 0, SEEK_SET) != 0 ||
        fread(buffer, 1, RIFF_BYTES, file) != RIFF_BYTES || memcmp(buffer, "RIFF", 4) != 0)
        return false;
    for (uint64_t left = bytes - RIFF_BYTES; left > 0;) {
        size_t part = left < sizeof buffer ? (size_t)left : sizeof buffer;
        if (fread(buffer, 1, part, file) != part)
            return false;
        found = crc32c(found, buffer, part);
        left -= part;
    }
    return found == crc;
}

int webp_file_continue(struct webp_file *webp, FILE *file, uint64_t bytes, uint32_t crc)
{
    *webp = (struct webp_file){file, bytes, crc};
    if (fflush(file) != 0 || ftruncate(fileno(file), (off_t)bytes) != 0)
        return -1;
    return fseeko(file, (off_t)bytes, SEEK_SET);
}

int webp_file_frame(struct webp_file *webp, const struct webp_frame *frame)
{
    uint8_t head[FRAME_BYTES];
    if (webp->bytes + sizeof head + frame->chunk.len > WEBP_FILE_BYTES_MAX) {
        errno = EFBIG;
        return -1;
    }
    memcpy(head, "ANMF", 4);
    store_u32(head + 4, (uint32_t)(16 + frame->chunk.len));
    store_u24(head + 8, frame->rect.x / 2);
    store_u24(head + 11, frame->rect.y / 2);
    store_u24(head + 14, frame->rect.width - 1);
    store_u24(head + 17, frame->rect.height - 1);
    store_u24(head + 20, frame->duration_ms);
    head[23] = frame->blend ? 0 : FRAME_NO_BLEND;
    if (append(webp, head, sizeof head) != 0)
        return -1;
    return append(webp, frame->chunk.bytes, frame->chunk.len);
}

int webp_file_complete(struct webp_file *webp)
{
    uint8_t length[4];
    store_u32(length, (uint32_t)(webp->bytes - RIFF_BYTES));
    if (fseeko(webp->file, 4, SEEK_SET) != 0 ||
        fwrite(length, 1, sizeof length, webp->file) != sizeof length || fflush(webp->file) != 0)
        return -1;
    return fseeko(webp->file, (off_t)webp->bytes, SEEK_SET);
}
