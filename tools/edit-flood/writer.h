/* SPDX-License-Identifier: ISC */
/* writer: sends what is due, many messages a send, and settles the answers. */
#ifndef PLACED_EDIT_FLOOD_WRITER_H
#define PLACED_EDIT_FLOOD_WRITER_H

#include "state.h"

/* A message without an answer. */
struct flight {
    uint64_t first; /* its edits are first to first + n - 1 of the pattern */
    uint32_t id;
    uint32_t sent_us;
    uint16_t n;
    bool refused;
};

struct writer {
    uint32_t next_id;
    uint32_t in_window;    /* messages neither acknowledged nor refused */
    uint32_t first, count; /* of flights, circular */
    uint32_t room;         /* a power of two */
    uint64_t placed_version;
    uint64_t rest_until_us;
    struct flight *flights;
};

struct writer *writer_create(void);
void writer_destroy(struct writer *writer); /* NULL is fine */

void writer_opened(struct flood *flood, struct conn *conn);
void writer_ended(struct flood *flood, struct conn *conn);
void writer_placed(struct flood *flood, struct conn *conn, uint64_t id, uint64_t version);
void writer_refused(struct flood *flood, struct conn *conn, uint64_t id, const char *reason,
                    uint64_t retry_ms);

/* It may be able to send more than before; of use when there is no rate. */
void writer_sendable(struct flood *flood, struct conn *conn);

/* Send what is due. */
void writers_run(struct flood *flood);

bool writers_idle(
    const struct flood *flood);          /* every edit has its answer, every answer its proof */
void writers_final(struct flood *flood); /* count what was never answered or never seen */

#endif
