/* SPDX-License-Identifier: ISC */
/* wire: see wire.h. */
#include "render/wire/wire.h"

#include "core/bytes.h"
#include "render/name/picture.h"

bool wire_read(struct wire_message *message, const uint8_t *packet, size_t len)
{
    *message = (struct wire_message){0};
    if (len == 0 || packet[0] < WIRE_READY || packet[0] > WIRE_FAILED)
        return false;
    message->type = (enum wire_type)packet[0];
    if (message->type == WIRE_READY)
        return len == 1;
    if (len < WIRE_HEAD_BYTES || len > WIRE_PACKET_BYTES || packet[3] != 0)
        return false;
    message->place = packet[1];
    message->bytes = packet + WIRE_HEAD_BYTES;
    message->len = len - WIRE_HEAD_BYTES;
    switch (message->type) {
    case WIRE_TASK:
        return packet[1] < PICTURE_JOB_MAX && packet[2] == 0 && message->len > 0 &&
               message->len < PICTURE_NAME_BYTES;
    case WIRE_PIECE:
        message->last = packet[2] == 1;
        return packet[1] < PICTURE_JOB_MAX && packet[2] <= 1 && message->len > 0;
    case WIRE_DONE:
        if (packet[1] != 0 || packet[2] != 0 || len != WIRE_HEAD_MAX)
            return false;
        message->cpu_us = load_u32(message->bytes);
        message->bytes = NULL;
        message->len = 0;
        return true;
    case WIRE_FAILED:
        return packet[1] == 0 && packet[2] == 0 && message->len <= WIRE_REASON_MAX;
    case WIRE_READY:
        break;
    }
    return false;
}

size_t wire_head(const struct wire_message *message, uint8_t head[WIRE_HEAD_MAX])
{
    head[0] = (uint8_t)message->type;
    if (message->type == WIRE_READY)
        return 1;
    head[1] = (uint8_t)message->place;
    head[2] = message->last;
    head[3] = 0;
    if (message->type != WIRE_DONE)
        return WIRE_HEAD_BYTES;
    store_u32(head + WIRE_HEAD_BYTES, message->cpu_us);
    return WIRE_HEAD_MAX;
}
