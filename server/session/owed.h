/* SPDX-License-Identifier: ISC */
/* owed: the shard's side of a session: what it is owed, and the sending of it. Shard's thread. */
#ifndef PLACED_SESSION_OWED_H
#define PLACED_SESSION_OWED_H

#include <stdint.h>

#include "session/intake.h"
#include "session/session.h"

/* Bits of session->owed, in the order in which they are told. */
enum {
    OWED_HELLO = 1 << 0,
    OWED_RESET = 1 << 1,
    OWED_NOTICE = 1 << 2,
    OWED_REFUSALS = 1 << 3,
    OWED_PLACED = 1 << 4, /* told when the client has the frame that shows it */
    OWED_ENERGY = 1 << 5,
    OWED_ONLINE = 1 << 6,
};

/* Owe these bits; told in the shard's next turn. */
void session_owe(struct session *session, unsigned bits);

/* Send the tick's frames to a viewer, then what it is owed. */
void session_tick(struct session *session, uint64_t now);

/* Send what the session is owed: a hello, what it is behind, then the rest. */
void session_pump(struct session *session, uint64_t now);

/* It got this frame's riders: what they say is no longer owed. */
void session_paid(struct session *session, const struct frame *frame);

/* One of its messages has been settled. */
void session_settled(struct session *session, uint32_t id, enum settled what, enum refusal reason,
                     uint64_t version);

/* Close it for good reason; nothing more is sent. */
void session_close(struct session *session, unsigned code, const char *reason);

#endif
