/* SPDX-License-Identifier: ISC */
/* heartbeat: often when few are there, seldom when many are. */
#include "session/heartbeat.h"

#include "session/session.h"
#include "session/shard_state.h"

enum {
    INTERVAL_US = 1000 * 1000, /* between heartbeats, at least, */
    SESSION_US = 1000,         /* and this more a session of the shard: so all of its canvases
                                  together make about a thousand messages a second */
    WAIT_US = 1000 * 1000,     /* so long one that is due waits for a tick to go with */
};

static uint64_t interval_us(const struct shard *shard)
{
    uint64_t interval = INTERVAL_US + (uint64_t)shard->roster.n_sessions * SESSION_US;
    return interval < shard->config.heartbeat_us ? interval : shard->config.heartbeat_us;
}

/* Tell those that are up to date what their canvas must look like. Not pending: a client that
 * misses one gets the next, and a checksum is of use only at its version. */
static void send_checksum(const struct audience *audience, const struct message *message)
{
    for (uint32_t i = 0; i < audience->n; i++) {
        struct session *session = audience->members[i];
        if (!session->closing && session->pending == 0 && session->busy_since_us == 0 &&
            session->position == audience->fanout.sent.position)
            session->ops->messages(session, message, 1);
    }
}

static void send_or_attach_checksum(struct audience *audience, bool ticked)
{
    const struct ring_mark *sent = &audience->fanout.sent;
    if (!audience->fanout.sent_whole || sent->version == audience->heartbeat_version)
        return;
    struct message checksum = {
        .type = MESSAGE_CHECKSUM, .version = sent->version, .checksum = sent->checksum};
    audience->heartbeat_version = sent->version;
    if (!ticked || !fanout_attach(&audience->fanout, &checksum))
        send_checksum(audience, &checksum);
}

static void announce_online(struct shard *shard, struct audience *audience, bool ticked)
{
    uint64_t count = metric_get(shard->metrics, people);
    if (count == audience->heartbeat_online)
        return;
    audience->heartbeat_online = count;
    /* Whoever gets it with a frame has it no longer pending. */
    for (uint32_t i = 0; i < audience->n; i++)
        session_set_pending(audience->members[i], PENDING_ONLINE);
    struct message online = {.type = MESSAGE_ONLINE, .online = count};
    if (ticked)
        (void)fanout_attach(&audience->fanout, &online);
}

void heartbeat_run(struct shard *shard, struct audience *audience, uint64_t now_us, bool ticked)
{
    uint64_t due_us = audience->heartbeat_us + interval_us(shard);
    if (now_us < due_us || (!ticked && now_us < due_us + WAIT_US))
        return;
    audience->heartbeat_us = now_us;
    send_or_attach_checksum(audience, ticked);
    announce_online(shard, audience, ticked);
}
