/* SPDX-License-Identifier: ISC */
/* show_config: config_read as a program, and the outcome as lines, for check_documents.py. */
#include "config/config_read.h"

#include <inttypes.h>
#include <stdio.h>

static const char *text(const char *value)
{
    return value ? value : "";
}

static void show_address(const char *name, const struct listen_address *address)
{
    printf("%s %s %u %s\n", name, address->host, address->port, address->path);
}

int main(int argc, char *argv[])
{
    struct config config;
    enum config_result result = config_read(&config, argc, argv);
    if (result == CONFIG_RUN) {
        for (size_t i = 0; i < config.n_listen; i++)
            show_address("listen", &config.listen[i]);
        show_address("admin", &config.admin);
        printf("log %d %s %s %d %" PRIu64 "\n", config.log, text(config.kafka_brokers),
               text(config.kafka_topic), config.kafka_replication, config.log_space);
        for (size_t i = 0; i < config.n_kafka; i++)
            printf("kafka %s %s\n", config.kafka[i].name, config.kafka[i].value);
        printf("data %s\nweb %s\ntls %s %s\nenergy %s\nrebuild %d\n", config.data, text(config.web),
               text(config.tls_cert), text(config.tls_key), config.energy.name, config.rebuild);
        printf("bots %s\nnetworks %u\nrate %d %u\n", config.bot_energy.name, config.network_factor,
               config.message_rate_auto, config.message_rate);
        for (size_t i = 0; i < config.n_origins; i++)
            printf("origin %s\n", config.origins[i]);
        printf("plane %u %u\n", config.plane.width, config.plane.height);
        printf("history %d\nstaff %d\n", config.history, config.staff_page);
        printf("identity %d %u %u %u %s %s %u\n", config.identity, config.identity_age,
               config.identity_rate, config.identity_work, text(config.secret),
               text(config.sso_header), config.address_connections);
        printf("numbers %u %u %u %u %u\n", config.threads, config.batch_ms, config.tick_ms,
               config.checkpoint_seconds, config.max_connections);
    }
    config_finish(&config);
    return result == CONFIG_BAD ? 2 : 0;
}
