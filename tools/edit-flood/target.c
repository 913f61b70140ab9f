/* SPDX-License-Identifier: ISC */
/* target: see target.h. */
#include "target.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

bool address_is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return ntohl(in.sin_addr.s_addr) >> 24 == 127;
    }
    if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        return IN6_IS_ADDR_LOOPBACK(&in.sin6_addr) ||
               (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr) && in.sin6_addr.s6_addr[12] == 127);
    }
    return false;
}

/* Take the scheme off. */
static const char *scheme_of(const char *url, bool *tls)
{
    static const struct {
        const char *scheme;
        bool tls;
    } schemes[] = {{"ws://", false}, {"http://", false}, {"wss://", true}, {"https://", true}};
    *tls = false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i].scheme);
        if (strncmp(url, schemes[i].scheme, len) == 0) {
            *tls = schemes[i].tls;
            return url + len;
        }
    }
    return strstr(url, "://") ? NULL : url;
}

void target_path(const struct target *target, const struct position *position, const char *what,
                 char path[TARGET_PATH])
{
    if (!position && strcmp(what, "ws") == 0) {
        strcpy(path, target->path);
        return;
    }
    int base = (int)(strrchr(target->path, '/') - target->path);
    if (position)
        snprintf(path, TARGET_PATH, "%.*s/c/%d,%d/%s", base, target->path, position->gx,
                 position->gy, what);
    else
        snprintf(path, TARGET_PATH, "%.*s/%s", base, target->path, what);
}

void target_position(const struct target *target, struct position *position)
{
    const char *at = strstr(target->path, "/c/");
    *position = (struct position){0};
    if (at)
        (void)sscanf(at, "/c/%hd,%hd/", &position->gx, &position->gy);
}

int target_parse(struct target *target, const char *url, const char **error)
{
    memset(target, 0, sizeof *target);
    *error = "too long";
    if (strlen(url) >= TARGET_TEXT)
        return -1;
    strcpy(target->url, url);
    const char *at = scheme_of(url, &target->tls);
    *error = "expected ws://, wss://, http:// or https://";
    if (!at)
        return -1;
    size_t host_len = strcspn(at, "/?#");
    *error = "expected HOST[:PORT][/PATH]";
    if (host_len == 0 || strpbrk(at, "?#@ "))
        return -1;
    memcpy(target->host, at, host_len);
    const char *path = at + host_len;
    strcpy(target->path, path[0] == '\0' || strcmp(path, "/") == 0 ? "/ws" : path);

    char port[8];
    strcpy(port, target->tls ? "443" : "80");
    char *name_end, *name = target->host;
    if (*name == '[') {
        name_end = strchr(++name, ']');
        if (!name_end)
            return -1;
    } else {
        name_end = name + strcspn(name, ":");
    }
    memcpy(target->name, name, (size_t)(name_end - name));
    name_end += *name_end == ']';
    if (*name_end == ':') {
        if (strlen(name_end + 1) == 0 || strlen(name_end + 1) > 5)
            return -1;
        strcpy(port, name_end + 1);
    } else if (*name_end != '\0') {
        return -1;
    }

    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int code = getaddrinfo(target->name, port, &hints, &found);
    if (code != 0) {
        *error = gai_strerror(code);
        return -1;
    }
    memcpy(&target->address, found->ai_addr, found->ai_addrlen);
    target->address_len = found->ai_addrlen;
    freeaddrinfo(found);
    target->loopback = address_is_loopback(&target->address);
    return 0;
}
