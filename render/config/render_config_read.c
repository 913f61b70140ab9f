/* SPDX-License-Identifier: ISC */
/* render_config_read: placed-render as a program with settings, and what these may say together. */
#include "render/config/render_config_read.h"

#include <string.h>

#include "config/setting_address.h"
#include "render/config/render_keys.h"

/* The options that are no keys: they make no sense in a file. */
static const struct setting others[] = {
    {"config", "FILE", NULL, "read this file first; it has the options as keys"},
    {"check-config", NULL, NULL, "only say whether the configuration is fine"},
    {"version", NULL, NULL, "print the version"},
    {"help", NULL, NULL, "print this"},
};

static int check_together(struct settings_reading *reading, void *values)
{
    const struct render_config *config = values;
    for (size_t i = 0; i < config->n_listen; i++) {
        if (setting_same_address(&config->listen[i], &config->admin))
            return settings_fail(reading, "listen",
                                 "\"listen\" and \"admin\" are the same address");
        if (config->has_agent && setting_same_address(&config->listen[i], &config->agent))
            return settings_fail(reading, "agent", "\"agent\" and \"listen\" are the same address");
        for (size_t j = 0; j < i; j++)
            if (setting_same_address(&config->listen[i], &config->listen[j]))
                return settings_fail(reading, "listen", "\"listen\" has an address twice");
    }
    if (config->has_agent && setting_same_address(&config->admin, &config->agent))
        return settings_fail(reading, "agent", "\"agent\" and \"admin\" are the same address");
    for (size_t i = 0; i < config->n_maps; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(config->maps[i].name, config->maps[j].name) == 0)
                return settings_fail(reading, "map", "\"map\" has the name \"%s\" twice",
                                     config->maps[i].name);
    if (config->fractal_threads == 0)
        return settings_fail(reading, "fractal-threads",
                             "\"fractal-threads\" is 0, expected cores, or a number from 1 on");
    return 0;
}

static const struct settings settings = {
    .program = "placed-render",
    .prefix = "PLACED_RENDER_",
    .summary = "Renders pictures that are dear: fractals, maps and variants of images.",
    .epilogue =
        "Each option but the last four is also a key of the file (map-workers = 2) and an\n"
        "environment variable (PLACED_RENDER_MAP_WORKERS=2); so is PLACED_RENDER_CONFIG. The\n"
        "command line wins over the environment, and that over the file.\n",
    .table = render_keys,
    .n = RENDER_KEY_COUNT,
    .others = others,
    .n_others = sizeof others / sizeof *others,
    .properties = offsetof(struct render_config, kafka),
    .n_properties = offsetof(struct render_config, n_kafka),
    .max_properties = RENDER_KAFKA_MAX,
    .check = check_together,
};

enum config_result render_config_read(struct render_config *config, int argc, char *const argv[])
{
    memset(config, 0, sizeof *config);
    return settings_read(&settings, config, argc, argv);
}
