/* SPDX-License-Identifier: ISC */
/* config_keys: the table, and how its own kinds of values are read from text. */
#include "config/config_keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/config.h"
#include "config/setting_address.h"

enum {
    TOPIC_MAX = 249,    /* Kafka's own limit */
    SOURCES_MAX = 1000, /* of a directive of the policy */
    SSO_HEADER_MAX = 64,
};

static enum setting_result set_replication(void *values, const struct setting *key,
                                           const char *value)
{
    struct config *config = values;
    unsigned long number;
    if (setting_parse_number(value, strlen(value), key->min, key->max, &number) < 0)
        return SETTING_BAD;
    config->kafka_replication = (int)number;
    return SETTING_SET;
}

/* WxH: so many open canvases side by side, and so many such rows. */
static enum setting_result set_plane(void *values, const struct setting *key, const char *value)
{
    struct config *config = values;
    const char *times = strchr(value, 'x');
    unsigned long width, height;
    if (!times ||
        setting_parse_number(value, (size_t)(times - value), 1, CONFIG_PLANE_MAX, &width) < 0 ||
        setting_parse_number(times + 1, strlen(times + 1), 1, CONFIG_PLANE_MAX, &height) < 0 ||
        width * height > CONFIG_PLANE_MAX)
        return SETTING_BAD;
    config->plane.width = (unsigned)width;
    config->plane.height = (unsigned)height;
    return SETTING_SET;
}

static enum setting_result set_energy(void *values, const struct setting *key, const char *value)
{
    struct policy *policy = (struct policy *)(void *)((char *)values + key->offset);
    return policy_parse(policy, value) ? SETTING_SET : SETTING_BAD;
}

static enum setting_result set_bot_energy(void *values, const struct setting *key,
                                          const char *value)
{
    struct config *config = values;
    if (strcmp(value, "same") != 0)
        return set_energy(config, key, value);
    memset(&config->bot_energy, 0, sizeof config->bot_energy);
    return SETTING_SET;
}

static enum setting_result set_message_rate(void *values, const struct setting *key,
                                            const char *value)
{
    struct config *config = values;
    config->message_rate_auto = strcmp(value, "auto") == 0;
    return config->message_rate_auto ? SETTING_SET : setting_number(values, key, value);
}

static enum setting_result set_identity(void *values, const struct setting *key, const char *value)
{
    struct config *config = values;
    static const char *const words[] = {
        [CONFIG_IDENTITY_ANY] = "any",
        [CONFIG_IDENTITY_COOKIE] = "cookie",
        [CONFIG_IDENTITY_WORK] = "work",
        [CONFIG_IDENTITY_SSO] = "sso",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i]) == 0) {
            config->identity = (enum config_identity)i;
            return SETTING_SET;
        }
    }
    return SETTING_BAD;
}

/* A header field of its own, not one that means something else already. */
static enum setting_result set_sso_header(void *values, const struct setting *key,
                                          const char *value)
{
    struct config *config = values;
    static const char *const taken[] = {
        "authorization", "connection", "content-length",    "cookie",
        "host",          "origin",     "transfer-encoding", "upgrade"};
    size_t len = strlen(value);
    if (len == 0 || len > SSO_HEADER_MAX)
        return SETTING_BAD;
    for (const char *c = value; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_", *c))
            return SETTING_BAD;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (strcasecmp(value, taken[i]) == 0)
            return SETTING_BAD;
    enum setting_result result = setting_replace(&config->sso_header, value, len);
    for (char *c = config->sso_header; result == SETTING_SET && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return result;
}

static enum setting_result add_listen(void *values, const char *text, size_t len)
{
    struct config *config = values;
    return setting_add_address(config->listen, &config->n_listen, CONFIG_LISTEN_MAX, text, len);
}

static void clear_listen(void *values, const struct setting *key)
{
    struct config *config = values;
    config->n_listen = 0;
}

/* As browsers send it: scheme://host[:port], no path; or null, the pages that have no origin. */
static enum setting_result add_origin(void *values, const char *text, size_t len)
{
    struct config *config = values;
    size_t scheme = 0;
    if (len == 4 && memcmp(text, "null", 4) == 0)
        scheme = len;
    else if (len > 7 && strncasecmp(text, "http://", 7) == 0)
        scheme = 7;
    else if (len > 8 && strncasecmp(text, "https://", 8) == 0)
        scheme = 8;
    if (scheme == 0)
        return SETTING_BAD;
    for (size_t i = scheme; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("-._:[]", text[i]))
            return SETTING_BAD;
    if (config->n_origins == CONFIG_ORIGIN_MAX)
        return SETTING_TOO_MANY;
    char *copy = strndup(text, len);
    if (!copy)
        return SETTING_NO_MEMORY;
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    config->origins[config->n_origins++] = copy;
    return SETTING_SET;
}

static void clear_origin(void *values, const struct setting *key)
{
    struct config *config = values;
    while (config->n_origins > 0)
        free(config->origins[--config->n_origins]);
}

static void clear_trust_proxy(void *values, const struct setting *key)
{
    struct config *config = values;
    config->n_proxies = 0;
}

static enum setting_result set_listen(void *values, const struct setting *key, const char *value)
{
    return setting_each(values, value, add_listen);
}

static enum setting_result add_proxy(void *values, const char *text, size_t len)
{
    struct config *config = values;
    if (config->n_proxies == CONFIG_PROXY_MAX)
        return SETTING_TOO_MANY;
    if (!network_parse(&config->proxies[config->n_proxies], text, len))
        return SETTING_BAD;
    config->n_proxies++;
    return SETTING_SET;
}

static enum setting_result set_trust_proxy(void *values, const struct setting *key,
                                           const char *value)
{
    return setting_each(values, value, add_proxy);
}

/* They become part of a header: one line, and of one directive of the policy. */
static enum setting_result set_sources(char **sources, const char *value, const char *marks)
{
    if (*value == '\0' || strlen(value) > SOURCES_MAX)
        return SETTING_BAD;
    for (const char *c = value; *c; c++) {
        if (!isalnum((unsigned char)*c) && !strchr(marks, *c))
            return SETTING_BAD;
    }
    return setting_replace(sources, value, strlen(value));
}

/* It becomes part of HTML: only letters that mean nothing there. */
static enum setting_result set_public_address(void *values, const struct setting *key,
                                              const char *value)
{
    struct config *config = values;
    size_t len = strlen(value), scheme = 0;
    if (strncmp(value, "http://", 7) == 0)
        scheme = 7;
    else if (strncmp(value, "https://", 8) == 0)
        scheme = 8;
    if (scheme == 0 || len > SOURCES_MAX || !isalnum((unsigned char)value[scheme]))
        return SETTING_BAD;
    for (const char *c = value + scheme; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-._~:/", *c))
            return SETTING_BAD;
    char address[SOURCES_MAX + 2];
    snprintf(address, sizeof address, "%s%s", value, value[len - 1] == '/' ? "" : "/");
    return setting_replace(&config->public_address, address, strlen(address));
}

static enum setting_result set_frame_ancestors(void *values, const struct setting *key,
                                               const char *value)
{
    struct config *config = values;
    return set_sources(&config->frame_ancestors, value, " '-._:/*[]");
}

/* No words in quotes: 'none' would take back what the page needs. */
static enum setting_result set_template_sources(void *values, const struct setting *key,
                                                const char *value)
{
    struct config *config = values;
    return set_sources(&config->template_sources, value, " -._:/*[]");
}

static enum setting_result set_origin(void *values, const struct setting *key, const char *value)
{
    return setting_each(values, value, add_origin);
}

static enum setting_result set_admin(void *values, const struct setting *key, const char *value)
{
    struct config *config = values;
    return setting_one_address(&config->admin, value);
}

static enum setting_result set_log(void *values, const struct setting *key, const char *value)
{
    struct config *config = values;
    static const char scheme[] = "kafka://";
    if (strcmp(value, "local") == 0) {
        config->log = LOG_LOCAL;
        return SETTING_SET;
    }
    if (strncmp(value, scheme, sizeof scheme - 1) != 0)
        return SETTING_BAD;
    const char *brokers = value + sizeof scheme - 1, *slash = strchr(brokers, '/');
    if (!slash || !setting_brokers_good(brokers, (size_t)(slash - brokers)) ||
        !setting_topic_good(slash + 1, TOPIC_MAX))
        return SETTING_BAD;
    enum setting_result result =
        setting_replace(&config->kafka_brokers, brokers, (size_t)(slash - brokers));
    if (result == SETTING_SET)
        result = setting_replace(&config->kafka_topic, slash + 1, strlen(slash + 1));
    if (result == SETTING_SET)
        config->log = LOG_KAFKA;
    return result;
}

#define ENERGY                                                                                     \
    "free, sephsplace, reddit, charges, pixelplanet, pxls or CAPACITY/BLANK/PAINTED in ms"
#define AT(name) .offset = offsetof(struct config, name)

const struct setting keys[] = {
    {"listen", "ADDR:PORT|unix:PATH", "127.0.0.1:8080",
     "where browsers connect; may be given several times", .expected = SETTING_ADDRESS_EXPECTED,
     .set = set_listen, .clear = clear_listen},
    {"admin", "ADDR:PORT|unix:PATH", "127.0.0.1:8081", "where metrics and health are served",
     .expected = SETTING_ADDRESS_EXPECTED, .set = set_admin},
    {"log", "local|kafka://HOST:PORT[,HOST:PORT]/TOPIC", "local",
     "the log: embedded, or a Kafka topic that servers share",
     .expected = "local or kafka://HOST:PORT[,HOST:PORT]/TOPIC", .set = set_log},
    {"log-space", "SIZE", "0", "address space of the embedded log; 0: 64G, or 4 times the log",
     .expected = "a size such as 16G, or 0", .set = setting_size, AT(log_space)},
    {"kafka-replication", "N", "1", "replication factor of a topic that has to be created",
     .min = 1, .max = 1000, .set = set_replication},
    {"data", "DIR", "./placed-data", "where the embedded log and the checkpoint live",
     .expected = "a directory, without quotes", .set = setting_path, AT(data)},
    {"web", "DIR", NULL, "the built browser client; found beside the program when not given",
     .expected = "a directory, without quotes", .set = setting_path, AT(web)},
    {"tls-cert", "FILE", NULL, "certificate chain (PEM): serve https and wss by itself",
     .expected = "a file, without quotes", .set = setting_path, AT(tls_cert)},
    {"tls-key", "FILE", NULL, "private key (PEM) of --tls-cert",
     .expected = "a file, without quotes", .set = setting_path, AT(tls_key)},
    {"origin", "URL", NULL, "also let pages of this origin connect; may be given several times",
     .expected = "http://HOST[:PORT] or https://HOST[:PORT]", .set = set_origin,
     .clear = clear_origin},
    {"trust-proxy", "ADDRESS[/BITS]", NULL, "proxies whose forwarding fields are believed",
     .expected = "an address, or a network such as 192.0.2.0/24 or 2001:db8::/32",
     .set = set_trust_proxy, .clear = clear_trust_proxy},
    {"public-address", "URL", NULL, "where browsers find the page, for previews of links",
     .expected = "http://HOST[:PORT]/ or https://HOST[:PORT]/, with a path or without",
     .set = set_public_address},
    {"frame-ancestors", "SOURCES", "'self'", "who may show the page in a frame",
     .expected = "sources of a content security policy: 'self', 'none', https://a.example, ...",
     .set = set_frame_ancestors},
    {"template-sources", "SOURCES", NULL, "from where the page may show pictures as templates",
     .expected = "sources of a content security policy: https://a.example, https:, ...",
     .set = set_template_sources},
    {"plane", "WxH", "1x1", "canvases that take edits: W side by side, H such rows",
     .expected = "WxH, for instance 3x2, of 1024 canvases at most", .set = set_plane},
    {"threads", "N", "1", "event loops", .min = 1, .max = CONFIG_THREADS_MAX, .set = setting_number,
     AT(threads)},
    {"batch-ms", "N", "200", "how long edits are gathered into one record", .min = 1, .max = 10000,
     .set = setting_number, AT(batch_ms)},
    {"tick-ms", "N", "200", "how often viewers are told", .min = 1, .max = 10000,
     .set = setting_number, AT(tick_ms)},
    {"checkpoint-seconds", "N", "60", "how often the canvas is saved", .min = 1, .max = 86400,
     .set = setting_number, AT(checkpoint_seconds)},
    {"history", "on|off", "on", "keep every version, under DIR/history", .expected = "on or off",
     .set = setting_flag, AT(history)},
    {"max-connections", "N", "0", "0: as many as the limit of open files lets", .min = 0,
     .max = 1000000, .set = setting_number, AT(max_connections)},
    {"energy", "POLICY", "free", "how often one may draw", .expected = ENERGY, .set = set_energy,
     AT(energy)},
    {"bot-energy", "POLICY|same", "same", "how often bots may", .expected = ENERGY ", or same",
     .set = set_bot_energy, AT(bot_energy)},
    {"network-factor", "N", "16", "a network may draw N times what a person may; 0: any", .min = 0,
     .max = 100000, .set = setting_number, AT(network_factor)},
    {"message-rate", "auto|N", "auto", "messages a second of one connection; 0: any number",
     .expected = "auto, or a whole number from 0 to 100000", .min = 0, .max = 100000,
     .set = set_message_rate, AT(message_rate)},
    {"staff-page", "on|off", "off", "let moderators work in the page, on the public listeners",
     .expected = "on or off", .set = setting_flag, AT(staff_page)},
    {"identity", "any|cookie|work|sso", "any", "what one must show to draw",
     .expected = "any, cookie, work or sso", .set = set_identity},
    {"identity-age", "SECONDS", "0", "how old an identity must be before its first edit", .min = 0,
     .max = 2592000, .set = setting_number, AT(identity_age)},
    {"identity-rate", "N", "60", "new identities an hour from one network; 0: any number", .min = 0,
     .max = 100000, .set = setting_number, AT(identity_rate)},
    {"identity-work", "N", "10000", "tries that a proof of work takes at most", .min = 1,
     .max = 10000000, .set = setting_number, AT(identity_work)},
    {"secret", "FILE", NULL, "the file of the keys that sign identities; else DIR/secret",
     .expected = "a file, without quotes", .set = setting_path, AT(secret)},
    {"sso-header", "NAME", NULL, "the field in which a trusted proxy says who has signed on",
     .expected = "the name of a header field of its own, such as X-Forwarded-User",
     .set = set_sso_header},
    {"address-connections", "N", "0", "streams and WebSockets of one address; 0: any number",
     .min = 0, .max = 1000000, .set = setting_number, AT(address_connections)},
    {"rebuild", NULL, "no", "drop the checkpoint and fold the whole log again",
     .expected = "yes or no", .set = setting_flag, AT(rebuild)},
};

_Static_assert(sizeof keys / sizeof keys[0] == KEY_COUNT, "KEY_COUNT in config_keys.h");
