/* SPDX-License-Identifier: ISC */
/*
 * fuzz_wire: packets between the farm and its children. No byte beside the packet is read; what is
 * taken is a message of these very bytes.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "render/wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wire_message message;
    uint8_t head[WIRE_HEAD_MAX];
    uint8_t *packet = malloc(len + 1); /* on the heap, where a sanitizer sees its end */
    if (!packet)
        abort();
    if (len > 0)
        memcpy(packet + 1, data, len);
    if (wire_read(&message, packet + 1, len)) {
        size_t n = wire_head(&message, head);
        if (n + message.len != len || memcmp(head, data, n) != 0 ||
            (message.len > 0 && memcmp(message.bytes, data + n, message.len) != 0))
            abort();
    }
    free(packet);
    return 0;
}
