/* SPDX-License-Identifier: ISC */
/* fuzz_config: any bytes as a configuration file, and as the value of every option. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config_read.h"

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

/* What config_read promises when it says CONFIG_RUN. */
static void check(const struct config *config)
{
    if (config->n_listen == 0 || config->n_listen > CONFIG_LISTEN_MAX ||
        config->n_origins > CONFIG_ORIGIN_MAX || config->n_kafka > CONFIG_KAFKA_MAX ||
        config->threads == 0 || config->threads > CONFIG_THREADS_MAX || config->batch_ms == 0 ||
        !config->data || !config->energy.name[0] || !config->tls_cert != !config->tls_key ||
        (config->log == LOG_KAFKA && (!config->kafka_brokers || !config->kafka_topic)))
        abort();
    for (size_t i = 0; i < config->n_listen; i++)
        if (!config->listen[i].host[0] == !config->listen[i].path[0])
            abort();
}

static void run(char *const argv[], int argc)
{
    struct config config;
    if (config_read(&config, argc, argv) == CONFIG_RUN)
        check(&config);
    config_finish(&config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("placed.conf", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, len, 0) != (ssize_t)len)
        abort();
    run((char *[]){text("placed"), text("--config"), path, NULL}, 3);

    static const char *const options[] = {"--listen", "--admin",  "--log",    "--origin",
                                          "--data",   "--energy", "--threads"};
    char *value = malloc(len + 1);
    if (!value)
        abort();
    memcpy(value, data, len);
    value[len] = '\0';
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        run((char *[]){text("placed"), text(options[i]), value, NULL}, 3);
    run((char *[]){text("placed"), value, NULL}, 2);
    free(value);
    return 0;
}
