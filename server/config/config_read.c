/* SPDX-License-Identifier: ISC */
/* config_read: placed as a program with settings, and what these may say together. */
#include "config/config_read.h"

#include <string.h>

#include "config/config_keys.h"
#include "config/setting_address.h"

/* The options that are no keys: they make no sense in a file. */
static const struct setting others[] = {
    {"config", "FILE", NULL, "read this file first; it has the options as keys"},
    {"check-config", NULL, NULL, "only say whether the configuration is fine"},
    {"rotate-secret", NULL, NULL, "give the file of the keys a new one, and end",
     .set = setting_flag, .offset = offsetof(struct config, rotate_secret)},
    {"version", NULL, NULL, "print the version"},
    {"help", NULL, NULL, "print this"},
};

static int check_together(struct settings_reading *reading, void *values)
{
    const struct config *config = values;
    if (!config->tls_cert != !config->tls_key) {
        const char *given = config->tls_cert ? "tls-cert" : "tls-key";
        return settings_fail(reading, given, "\"%s\" needs \"%s\" too", given,
                             config->tls_cert ? "tls-key" : "tls-cert");
    }
    if (config->sso_header && config->n_proxies == 0)
        return settings_fail(
            reading, "sso-header",
            "\"sso-header\" needs \"trust-proxy\" too: else anybody could send it");
    if (config->identity == CONFIG_IDENTITY_SSO && !config->sso_header)
        return settings_fail(reading, "identity", "\"identity\" sso needs \"sso-header\" too");
    for (size_t i = 0; i < config->n_listen; i++) {
        if (setting_same_address(&config->listen[i], &config->admin))
            return settings_fail(reading, "listen",
                                 "\"listen\" and \"admin\" are the same address");
        for (size_t j = 0; j < i; j++)
            if (setting_same_address(&config->listen[i], &config->listen[j]))
                return settings_fail(reading, "listen", "\"listen\" has an address twice");
    }
    return 0;
}

static const struct settings settings = {
    .program = "placed",
    .prefix = "PLACED_",
    .sister = "PLACED_RENDER_",
    .summary = "A collaborative pixel canvas server.",
    .epilogue =
        "Each option but the last five is also a key of the file (batch-ms = 200) and an\n"
        "environment variable (PLACED_BATCH_MS=200); so is PLACED_CONFIG. The command "
        "line wins\nover the environment, and that over the file.\n",
    .table = keys,
    .n = KEY_COUNT,
    .others = others,
    .n_others = sizeof others / sizeof *others,
    .properties = offsetof(struct config, kafka),
    .n_properties = offsetof(struct config, n_kafka),
    .max_properties = CONFIG_KAFKA_MAX,
    .check = check_together,
};

enum config_result config_read(struct config *config, int argc, char *const argv[])
{
    memset(config, 0, sizeof *config);
    return settings_read(&settings, config, argc, argv);
}
