/* SPDX-License-Identifier: ISC */
/* frame: see frame.h. */
#include "ws/frame.h"

enum {
    FIN = 0x80,
};

size_t frame_header(uint8_t header[FRAME_HEADER_OURS_MAX], enum frame_opcode opcode, size_t len)
{
    header[0] = (uint8_t)(FIN | opcode);
    if (len < 126) {
        header[1] = (uint8_t)len;
        return 2;
    }
    bool wide = len > UINT16_MAX;
    size_t n = wide ? 8 : 2;
    header[1] = wide ? 127 : 126;
    for (size_t i = 0; i < n; i++)
        header[2 + i] = (uint8_t)((uint64_t)len >> 8 * (n - 1 - i));
    return 2 + n;
}

/* Do the bytes before end look like the header of such a frame, with this mask bit? */
static bool header_before(const uint8_t *end, uint64_t frame_len, unsigned opcode, unsigned mask)
{
    const uint8_t *short_form = end - 2, *middle = end - 4, *long_form = end - 10;
    if (frame_len < 126 && (short_form[0] & 0x7f) == opcode &&
        short_form[1] == (mask | (unsigned)frame_len))
        return true;
    if (frame_len <= 0xffff && (middle[0] & 0x7f) == opcode && middle[1] == (mask | 126) &&
        (uint64_t)(middle[2] << 8 | middle[3]) == frame_len)
        return true;
    if ((long_form[0] & 0x7f) != opcode || long_form[1] != (mask | 127))
        return false;
    uint64_t len = 0;
    for (int i = 2; i < 10; i++)
        len = len << 8 | long_form[i];
    return len == frame_len;
}

bool frame_unmasked(const uint8_t *payload, uint64_t frame_len, unsigned opcode)
{
    return !header_before(payload - 4, frame_len, opcode, 0x80) &&
           header_before(payload, frame_len, opcode, 0);
}
