/* SPDX-License-Identifier: ISC */
/* setting_address: where to listen and whom to connect to, as settings say it. Pure. */
#ifndef PLACED_CONFIG_SETTING_ADDRESS_H
#define PLACED_CONFIG_SETTING_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/setting.h"
#include "sys/address.h"

#define SETTING_ADDRESS_EXPECTED "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]"

/* A list of them: one item of its value, an address or what a Unix socket may have besides, into a
 * table of max. */
enum setting_result setting_add_address(struct listen_address *table, size_t *n, size_t max,
                                        const char *item, size_t len);

/* A single one: the whole value. When it is bad, *address stays. */
enum setting_result setting_one_address(struct listen_address *address, const char *value);

/* Do both mean the same place? Port 0 is never the same. */
bool setting_same_address(const struct listen_address *a, const struct listen_address *b);

/* HOST:PORT[,HOST:PORT]; librdkafka would take nearly anything and then fail to connect for ever.
 */
bool setting_brokers_good(const char *text, size_t len);

/* A name of a Kafka topic, or the beginning of one, of at most max characters. */
bool setting_topic_good(const char *topic, size_t max);

#endif
