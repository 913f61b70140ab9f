/* SPDX-License-Identifier: ISC */
/* setting_address: see setting_address.h. */
#include "config/setting_address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

enum { PORT_MAX = 65535 };

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
    if (setting_parse_number(colon + 1, len - (size_t)(colon + 1 - text), 0, PORT_MAX, &port) < 0)
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

enum setting_result setting_add_address(struct listen_address *table, size_t *n, size_t max,
                                        const char *item, size_t len)
{
    struct listen_address address;
    int option = *n == 0 ? 1 : parse_socket_option(&table[*n - 1], item, len);
    if (option <= 0)
        return option == 0 ? SETTING_SET : SETTING_BAD;
    if (parse_address(&address, item, len) < 0)
        return SETTING_BAD;
    if (*n == max)
        return SETTING_TOO_MANY;
    table[(*n)++] = address;
    return SETTING_SET;
}

struct single {
    struct listen_address address;
    size_t n;
};

static enum setting_result add_single(void *values, const char *item, size_t len)
{
    struct single *single = values;
    enum setting_result result = setting_add_address(&single->address, &single->n, 1, item, len);
    return result == SETTING_TOO_MANY ? SETTING_BAD : result;
}

enum setting_result setting_one_address(struct listen_address *address, const char *value)
{
    struct single single = {0};
    enum setting_result result = setting_each(&single, value, add_single);
    if (result == SETTING_SET)
        *address = single.address;
    return result;
}

bool setting_same_address(const struct listen_address *a, const struct listen_address *b)
{
    if (a->path[0] || b->path[0])
        return strcmp(a->path, b->path) == 0;
    return a->port != 0 && a->port == b->port && strcmp(a->host, b->host) == 0;
}

bool setting_brokers_good(const char *text, size_t len)
{
    const char *end = text + len;
    for (;;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        const char *stop = comma ? comma : end;
        const char *colon = memrchr(text, ':', (size_t)(stop - text));
        unsigned long port;
        if (!colon || colon == text ||
            setting_parse_number(colon + 1, (size_t)(stop - colon - 1), 1, PORT_MAX, &port) < 0)
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

bool setting_topic_good(const char *topic, size_t max)
{
    size_t len = strlen(topic);
    if (len == 0 || len > max || strcmp(topic, ".") == 0 || strcmp(topic, "..") == 0)
        return false;
    for (const char *c = topic; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-._", *c))
            return false;
    return true;
}
