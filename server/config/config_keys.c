/* SPDX-License-Identifier: ISC */
/* config_keys: the table, and how each kind of value is read from text. */
#include "config/config_keys.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/decimal.h"

enum {
    TOPIC_MAX = 249, /* Kafka's own limit */
    PORT_MAX = 65535,
    FRAME_ANCESTORS_MAX = 1000,
    SIZE_NUMBER_MAX = 999999999,
    SSO_HEADER_MAX = 64,
};

#define SIZE_BYTES_MAX (UINT64_C(1) << 46) /* half of what a process can address */

static void *member(struct config *config, const struct key *key)
{
    return (char *)config + key->offset;
}

static int parse_number(const char *text, size_t len, unsigned long min, unsigned long max,
                        unsigned long *number)
{
    uint64_t value;
    if (!decimal_parse(text, len, max, &value) || value < min)
        return -1;
    *number = value;
    return 0;
}

static enum key_result set_number(struct config *config, const struct key *key, const char *value)
{
    unsigned long number;
    if (parse_number(value, strlen(value), key->min, key->max, &number) < 0)
        return KEY_BAD;
    *(unsigned *)member(config, key) = (unsigned)number;
    return KEY_SET;
}

static enum key_result set_replication(struct config *config, const struct key *key,
                                       const char *value)
{
    unsigned long number;
    if (parse_number(value, strlen(value), key->min, key->max, &number) < 0)
        return KEY_BAD;
    config->kafka_replication = (int)number;
    return KEY_SET;
}

/* A whole number of bytes, or of K, M, G or T (powers of 1024). */
static enum key_result set_size(struct config *config, const struct key *key, const char *value)
{
    static const char units[] = "KMGT";
    size_t len = strlen(value);
    const char *unit = len > 1 ? strchr(units, toupper((unsigned char)value[len - 1])) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    unsigned long number;
    if (parse_number(value, unit ? len - 1 : len, 0, SIZE_NUMBER_MAX, &number) < 0 ||
        (uint64_t)number << shift > SIZE_BYTES_MAX)
        return KEY_BAD;
    *(uint64_t *)member(config, key) = (uint64_t)number << shift;
    return KEY_SET;
}

/* WxH: so many open canvases side by side, and so many such rows. */
static enum key_result set_plane(struct config *config, const struct key *key, const char *value)
{
    const char *times = strchr(value, 'x');
    unsigned long width, height;
    if (!times || parse_number(value, (size_t)(times - value), 1, CONFIG_PLANE_MAX, &width) < 0 ||
        parse_number(times + 1, strlen(times + 1), 1, CONFIG_PLANE_MAX, &height) < 0 ||
        width * height > CONFIG_PLANE_MAX)
        return KEY_BAD;
    config->plane.width = (unsigned)width;
    config->plane.height = (unsigned)height;
    return KEY_SET;
}

static enum key_result replace(char **slot, const char *value, size_t len)
{
    char *copy = strndup(value, len);
    if (!copy)
        return KEY_NO_MEMORY;
    free(*slot);
    *slot = copy;
    return KEY_SET;
}

/* A quote would become part of the file's name, which nobody means. */
static enum key_result set_path(struct config *config, const struct key *key, const char *value)
{
    if (*value == '\0' || *value == '"' || *value == '\'')
        return KEY_BAD;
    return replace(member(config, key), value, strlen(value));
}

static enum key_result set_flag(struct config *config, const struct key *key, const char *value)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i]) == 0) {
            *(bool *)member(config, key) = i % 2 == 1;
            return KEY_SET;
        }
    }
    return KEY_BAD;
}

static enum key_result set_energy(struct config *config, const struct key *key, const char *value)
{
    return policy_parse(member(config, key), value) ? KEY_SET : KEY_BAD;
}

static enum key_result set_bot_energy(struct config *config, const struct key *key,
                                      const char *value)
{
    if (strcmp(value, "same") != 0)
        return set_energy(config, key, value);
    memset(&config->bot_energy, 0, sizeof config->bot_energy);
    return KEY_SET;
}

static enum key_result set_message_rate(struct config *config, const struct key *key,
                                        const char *value)
{
    config->message_rate_auto = strcmp(value, "auto") == 0;
    return config->message_rate_auto ? KEY_SET : set_number(config, key, value);
}

static enum key_result set_identity(struct config *config, const struct key *key, const char *value)
{
    static const char *const words[] = {
        [CONFIG_IDENTITY_ANY] = "any",
        [CONFIG_IDENTITY_COOKIE] = "cookie",
        [CONFIG_IDENTITY_WORK] = "work",
        [CONFIG_IDENTITY_SSO] = "sso",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i]) == 0) {
            config->identity = (enum config_identity)i;
            return KEY_SET;
        }
    }
    return KEY_BAD;
}

/* A header field of its own, not one that means something else already. */
static enum key_result set_sso_header(struct config *config, const struct key *key,
                                      const char *value)
{
    static const char *const taken[] = {
        "authorization", "connection", "content-length",    "cookie",
        "host",          "origin",     "transfer-encoding", "upgrade"};
    size_t len = strlen(value);
    if (len == 0 || len > SSO_HEADER_MAX)
        return KEY_BAD;
    for (const char *c = value; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_", *c))
            return KEY_BAD;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (strcasecmp(value, taken[i]) == 0)
            return KEY_BAD;
    enum key_result result = replace(&config->sso_header, value, len);
    for (char *c = config->sso_header; result == KEY_SET && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return result;
}

/* A Unix socket's mode=OCTAL or group=NAME, which stand behind its path. 0, -1, or 1 when it is
 * something else. */
static int parse_socket_option(struct listen_address *address, const char *text, size_t len)
{
    if (len > 5 && memcmp(text, "mode=", 5) == 0) {
        unsigned mode = 0;
        for (size_t i = 5; i < len; i++) {
            if (text[i] < '0' || text[i] > '7')
                return -1;
            mode = mode << 3 | (unsigned)(text[i] - '0');
            if (mode > 0777)
                return -1;
        }
        address->mode = mode;
    } else if (len > 6 && memcmp(text, "group=", 6) == 0) {
        if (len - 6 >= sizeof address->group)
            return -1;
        memcpy(address->group, text + 6, len - 6);
        address->group[len - 6] = '\0';
    } else {
        return 1;
    }
    return address->path[0] ? 0 : -1;
}

/* ADDR:PORT, [ADDR]:PORT or unix:PATH; the address numeric, since a name can mean several. */
static int parse_address(struct listen_address *address, const char *text, size_t len)
{
    memset(address, 0, sizeof *address);
    if (len > 5 && memcmp(text, "unix:", 5) == 0) {
        if (len - 5 >= sizeof address->path)
            return -1;
        memcpy(address->path, text + 5, len - 5);
        address->mode = 0660;
        return 0;
    }
    const char *colon = memrchr(text, ':', len);
    if (!colon)
        return -1;
    unsigned long port;
    if (parse_number(colon + 1, len - (size_t)(colon + 1 - text), 0, PORT_MAX, &port) < 0)
        return -1;
    address->port = (uint16_t)port;
    size_t n = (size_t)(colon - text);
    int family = AF_INET;
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        family = AF_INET6;
        text++;
        n -= 2;
    }
    if (n >= sizeof address->host)
        return -1;
    memcpy(address->host, text, n);
    uint8_t binary[sizeof(struct in6_addr)];
    return inet_pton(family, address->host, binary) == 1 ? 0 : -1;
}

static enum key_result add_listen(struct config *config, const char *text, size_t len)
{
    struct listen_address address;
    int option = config->n_listen == 0
                     ? 1
                     : parse_socket_option(&config->listen[config->n_listen - 1], text, len);
    if (option <= 0)
        return option == 0 ? KEY_SET : KEY_BAD;
    if (parse_address(&address, text, len) < 0)
        return KEY_BAD;
    if (config->n_listen == CONFIG_LISTEN_MAX)
        return KEY_TOO_MANY;
    config->listen[config->n_listen++] = address;
    return KEY_SET;
}

/* As browsers send it: scheme://host[:port], no path; or null, the pages that have no origin. */
static enum key_result add_origin(struct config *config, const char *text, size_t len)
{
    size_t scheme = 0;
    if (len == 4 && memcmp(text, "null", 4) == 0)
        scheme = len;
    else if (len > 7 && strncasecmp(text, "http://", 7) == 0)
        scheme = 7;
    else if (len > 8 && strncasecmp(text, "https://", 8) == 0)
        scheme = 8;
    if (scheme == 0)
        return KEY_BAD;
    for (size_t i = scheme; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("-._:[]", text[i]))
            return KEY_BAD;
    if (config->n_origins == CONFIG_ORIGIN_MAX)
        return KEY_TOO_MANY;
    char *copy = strndup(text, len);
    if (!copy)
        return KEY_NO_MEMORY;
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    config->origins[config->n_origins++] = copy;
    return KEY_SET;
}

static enum key_result each_item(struct config *config, const char *value,
                                 enum key_result (*add)(struct config *, const char *, size_t))
{
    for (;;) {
        value += strspn(value, " \t");
        size_t span = strcspn(value, ","), len = span;
        while (len > 0 && isspace((unsigned char)value[len - 1]))
            len--;
        enum key_result result = add(config, value, len);
        if (result != KEY_SET || value[span] == '\0')
            return result;
        value += span + 1;
    }
}

static enum key_result set_listen(struct config *config, const struct key *key, const char *value)
{
    return each_item(config, value, add_listen);
}

static enum key_result add_proxy(struct config *config, const char *text, size_t len)
{
    if (config->n_proxies == CONFIG_PROXY_MAX)
        return KEY_TOO_MANY;
    if (!network_parse(&config->proxies[config->n_proxies], text, len))
        return KEY_BAD;
    config->n_proxies++;
    return KEY_SET;
}

static enum key_result set_trust_proxy(struct config *config, const struct key *key,
                                       const char *value)
{
    return each_item(config, value, add_proxy);
}

/* It becomes part of a header: one line, and of one directive of the policy. */
static enum key_result set_frame_ancestors(struct config *config, const struct key *key,
                                           const char *value)
{
    if (*value == '\0' || strlen(value) > FRAME_ANCESTORS_MAX)
        return KEY_BAD;
    for (const char *c = value; *c; c++) {
        if (!isalnum((unsigned char)*c) && !strchr(" '-._:/*[]", *c))
            return KEY_BAD;
    }
    return replace(&config->frame_ancestors, value, strlen(value));
}

static enum key_result set_origin(struct config *config, const struct key *key, const char *value)
{
    return each_item(config, value, add_origin);
}

/* The address first, then what a Unix socket may have besides. */
static enum key_result add_admin(struct config *config, const char *text, size_t len)
{
    int option = parse_socket_option(&config->admin, text, len);
    if (option > 0)
        option = config->admin.port == 0 && !*config->admin.path && !*config->admin.host
                     ? parse_address(&config->admin, text, len)
                     : -1;
    return option == 0 ? KEY_SET : KEY_BAD;
}

static enum key_result set_admin(struct config *config, const struct key *key, const char *value)
{
    struct listen_address before = config->admin;
    memset(&config->admin, 0, sizeof config->admin);
    enum key_result result = each_item(config, value, add_admin);
    if (result != KEY_SET)
        config->admin = before;
    return result;
}

/* HOST:PORT[,HOST:PORT]; librdkafka would take nearly anything and then fail to connect for ever.
 */
static bool brokers_good(const char *text, size_t len)
{
    const char *end = text + len;
    for (;;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        const char *stop = comma ? comma : end;
        const char *colon = memrchr(text, ':', (size_t)(stop - text));
        unsigned long port;
        if (!colon || colon == text ||
            parse_number(colon + 1, (size_t)(stop - colon - 1), 1, PORT_MAX, &port) < 0)
            return false;
        bool bracketed = *text == '[' && colon[-1] == ']';
        for (const char *c = text; c < colon; c++) {
            bool good = isalnum((unsigned char)*c) || strchr("-._", *c);
            if (!good && !(bracketed && strchr("[]:", *c)))
                return false;
        }
        if (!comma)
            return true;
        text = comma + 1;
    }
}

static bool topic_good(const char *topic)
{
    size_t len = strlen(topic);
    if (len == 0 || len > TOPIC_MAX || strcmp(topic, ".") == 0 || strcmp(topic, "..") == 0)
        return false;
    for (const char *c = topic; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-._", *c))
            return false;
    return true;
}

static enum key_result set_log(struct config *config, const struct key *key, const char *value)
{
    static const char scheme[] = "kafka://";
    if (strcmp(value, "local") == 0) {
        config->log = LOG_LOCAL;
        return KEY_SET;
    }
    if (strncmp(value, scheme, sizeof scheme - 1) != 0)
        return KEY_BAD;
    const char *brokers = value + sizeof scheme - 1, *slash = strchr(brokers, '/');
    if (!slash || !brokers_good(brokers, (size_t)(slash - brokers)) || !topic_good(slash + 1))
        return KEY_BAD;
    enum key_result result = replace(&config->kafka_brokers, brokers, (size_t)(slash - brokers));
    if (result == KEY_SET)
        result = replace(&config->kafka_topic, slash + 1, strlen(slash + 1));
    if (result == KEY_SET)
        config->log = LOG_KAFKA;
    return result;
}

#define ENERGY                                                                                     \
    "free, sephsplace, reddit, charges, pixelplanet, pxls or CAPACITY/BLANK/PAINTED in ms"
#define ADDRESS  "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]"
#define AT(name) .offset = offsetof(struct config, name)

const struct key keys[] = {
    {"listen", "ADDR:PORT|unix:PATH", "127.0.0.1:8080",
     "where browsers connect; may be given several times", .expected = ADDRESS, .set = set_listen,
     .list = true},
    {"admin", "ADDR:PORT|unix:PATH", "127.0.0.1:8081", "where metrics and health are served",
     .expected = ADDRESS, .set = set_admin},
    {"log", "local|kafka://HOST:PORT[,HOST:PORT]/TOPIC", "local",
     "the log: embedded, or a Kafka topic that servers share",
     .expected = "local or kafka://HOST:PORT[,HOST:PORT]/TOPIC", .set = set_log},
    {"log-space", "SIZE", "0", "address space of the embedded log; 0: 64G, or 4 times the log",
     .expected = "a size such as 16G, or 0", .set = set_size, AT(log_space)},
    {"kafka-replication", "N", "1", "replication factor of a topic that has to be created",
     .min = 1, .max = 1000, .set = set_replication},
    {"data", "DIR", "./placed-data", "where the embedded log and the checkpoint live",
     .expected = "a directory, without quotes", .set = set_path, AT(data)},
    {"web", "DIR", NULL, "the built browser client; found beside the program when not given",
     .expected = "a directory, without quotes", .set = set_path, AT(web)},
    {"tls-cert", "FILE", NULL, "certificate chain (PEM): serve https and wss by itself",
     .expected = "a file, without quotes", .set = set_path, AT(tls_cert)},
    {"tls-key", "FILE", NULL, "private key (PEM) of --tls-cert",
     .expected = "a file, without quotes", .set = set_path, AT(tls_key)},
    {"origin", "URL", NULL, "also let pages of this origin connect; may be given several times",
     .expected = "http://HOST[:PORT] or https://HOST[:PORT]", .set = set_origin, .list = true},
    {"trust-proxy", "ADDRESS[/BITS]", NULL, "proxies whose forwarding fields are believed",
     .expected = "an address, or a network such as 192.0.2.0/24 or 2001:db8::/32",
     .set = set_trust_proxy, .list = true},
    {"frame-ancestors", "SOURCES", "'self'", "who may show the page in a frame",
     .expected = "sources of a content security policy: 'self', 'none', https://a.example, ...",
     .set = set_frame_ancestors},
    {"plane", "WxH", "1x1", "canvases that take edits: W side by side, H such rows",
     .expected = "WxH, for instance 3x2, of 1024 canvases at most", .set = set_plane},
    {"threads", "N", "1", "event loops", .min = 1, .max = CONFIG_THREADS_MAX, .set = set_number,
     AT(threads)},
    {"batch-ms", "N", "200", "how long edits are gathered into one record", .min = 1, .max = 10000,
     .set = set_number, AT(batch_ms)},
    {"tick-ms", "N", "200", "how often viewers are told", .min = 1, .max = 10000, .set = set_number,
     AT(tick_ms)},
    {"checkpoint-seconds", "N", "60", "how often the canvas is saved", .min = 1, .max = 86400,
     .set = set_number, AT(checkpoint_seconds)},
    {"history", "on|off", "on", "keep every version, under DIR/history", .expected = "on or off",
     .set = set_flag, AT(history)},
    {"max-connections", "N", "0", "0: as many as the limit of open files lets", .min = 0,
     .max = 1000000, .set = set_number, AT(max_connections)},
    {"energy", "POLICY", "free", "how often one may draw", .expected = ENERGY, .set = set_energy,
     AT(energy)},
    {"bot-energy", "POLICY|same", "same", "how often bots may", .expected = ENERGY ", or same",
     .set = set_bot_energy, AT(bot_energy)},
    {"network-factor", "N", "16", "a network may draw N times what a person may; 0: any", .min = 0,
     .max = 100000, .set = set_number, AT(network_factor)},
    {"message-rate", "auto|N", "auto", "messages a second of one connection; 0: any number",
     .expected = "auto, or a whole number from 0 to 100000", .min = 0, .max = 100000,
     .set = set_message_rate, AT(message_rate)},
    {"staff-page", "on|off", "off", "let moderators work in the page, on the public listeners",
     .expected = "on or off", .set = set_flag, AT(staff_page)},
    {"identity", "any|cookie|work|sso", "any", "what one must show to draw",
     .expected = "any, cookie, work or sso", .set = set_identity},
    {"identity-age", "SECONDS", "0", "how old an identity must be before its first edit", .min = 0,
     .max = 2592000, .set = set_number, AT(identity_age)},
    {"identity-rate", "N", "60", "new identities an hour from one network; 0: any number", .min = 0,
     .max = 100000, .set = set_number, AT(identity_rate)},
    {"identity-work", "N", "10000", "tries that a proof of work takes at most", .min = 1,
     .max = 10000000, .set = set_number, AT(identity_work)},
    {"secret", "FILE", NULL, "the file of the keys that sign identities; else DIR/secret",
     .expected = "a file, without quotes", .set = set_path, AT(secret)},
    {"sso-header", "NAME", NULL, "the field in which a trusted proxy says who has signed on",
     .expected = "the name of a header field of its own, such as X-Forwarded-User",
     .set = set_sso_header},
    {"address-connections", "N", "0", "streams and WebSockets of one address; 0: any number",
     .min = 0, .max = 1000000, .set = set_number, AT(address_connections)},
    {"rebuild", NULL, "no", "drop the checkpoint and fold the whole log again",
     .expected = "yes or no", .set = set_flag, AT(rebuild)},
};

_Static_assert(sizeof keys / sizeof keys[0] == KEY_COUNT, "KEY_COUNT in config_keys.h");

const struct key *key_find(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

/* Levenshtein's distance, one row at a time; names longer than any key are far from all. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 32 };
    size_t row[LONGEST + 1], n = strlen(b);
    if (n > LONGEST || strlen(a) > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

const char *key_suggest(const char *name, const struct key *table, size_t n)
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(name, table[i].name);
        if (d < least) {
            least = d;
            nearest = table[i].name;
        }
    }
    /* One slip in a short name, up to three in a long one; more is another word. */
    return least <= (strlen(name) + 2) / 4 && least <= 3 ? nearest : NULL;
}

void key_expected(const struct key *key, char text[KEY_EXPECTED_BYTES])
{
    if (key->expected)
        snprintf(text, KEY_EXPECTED_BYTES, "%s", key->expected);
    else
        snprintf(text, KEY_EXPECTED_BYTES, "a number from %lu to %lu", key->min, key->max);
}

enum key_result key_set(struct config *config, const struct key *key, const char *value)
{
    return key->set(config, key, value);
}

void key_clear_list(struct config *config, const struct key *key)
{
    if (key->set == set_listen)
        config->n_listen = 0;
    if (key->set == set_trust_proxy)
        config->n_proxies = 0;
    if (key->set == set_origin) {
        while (config->n_origins > 0)
            free(config->origins[--config->n_origins]);
    }
}
