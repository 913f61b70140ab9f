/* SPDX-License-Identifier: ISC */
/* kafka_links: an interceptor, which librdkafka calls at every change of a broker's state. */
#include "log/kafka/kafka_links.h"

#include <stdbool.h>
#include <string.h>

#include "sys/clock.h"

static rd_kafka_resp_err_t on_broker_state(rd_kafka_t *rk, int32_t id, const char *protocol,
                                           const char *name, int port, const char *state,
                                           void *opaque)
{
    struct kafka_links *links = opaque;
    if (id < 0) /* an address to begin with: librdkafka drops it once it knows the brokers */
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    /* A connection that is up may be called UPDATE while its metadata is refreshed. */
    bool up = strncmp(state, "UP", 2) == 0;
    bool was_up = atomic_exchange(&links->up[id % KAFKA_BROKERS_MAX], up);
    if (up && !was_up) {
        atomic_fetch_add(&links->n_up, 1);
    } else if (!up && was_up) {
        atomic_store(&links->lost, true);
        atomic_store(&links->down_ms, clock_now_ms());
        atomic_fetch_sub(&links->n_up, 1);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
                                  char *error, size_t error_size)
{
    return rd_kafka_interceptor_add_on_broker_state_change(rk, "placed", on_broker_state, opaque);
}

void kafka_links_init(struct kafka_links *links)
{
    memset(links, 0, sizeof *links);
    atomic_store(&links->down_ms, clock_now_ms());
}

rd_kafka_resp_err_t kafka_links_watch(struct kafka_links *links, rd_kafka_conf_t *conf)
{
    return rd_kafka_conf_interceptor_add_on_new(conf, "placed", on_new, links);
}
