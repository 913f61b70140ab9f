/* SPDX-License-Identifier: ISC */
/* network: see network.h. */
#include "sys/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { V4_BITS = 96 }; /* before an IPv4 address in an IPv6 one */

static const uint8_t v4_prefix[V4_BITS / 8] = {[10] = 0xff, [11] = 0xff};

bool network_parse(struct network *network, const char *text, size_t len)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = memchr(text, '/', len);
    size_t n = slash ? (size_t)(slash - text) : len;
    if (n >= sizeof address)
        return false;
    memcpy(address, text, n);
    address[n] = '\0';
    unsigned most = 128, bits = 0;
    if (inet_pton(AF_INET, address, network->address + sizeof v4_prefix) == 1) {
        memcpy(network->address, v4_prefix, sizeof v4_prefix);
        most = 32;
    } else if (inet_pton(AF_INET6, address, network->address) != 1) {
        return false;
    }
    if (slash) {
        size_t digits = len - n - 1;
        if (digits == 0 || digits > 3)
            return false;
        for (size_t i = 1; i <= digits; i++) {
            if (slash[i] < '0' || slash[i] > '9')
                return false;
            bits = 10 * bits + (unsigned)(slash[i] - '0');
        }
        if (bits > most)
            return false;
    } else {
        bits = most;
    }
    network->bits = most == 32 ? bits + V4_BITS : bits;
    return true;
}

bool network_address(const struct sockaddr *address, uint8_t bytes[16])
{
    if (address->sa_family == AF_INET) {
        memcpy(bytes, v4_prefix, sizeof v4_prefix);
        memcpy(bytes + sizeof v4_prefix, &((const struct sockaddr_in *)address)->sin_addr, 4);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
        return true;
    }
    return false;
}

bool network_holds(const struct network *network, const uint8_t address[16])
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(address, network->address, whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ network->address[whole]) >> (8 - rest) == 0;
}
