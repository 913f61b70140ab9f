/* SPDX-License-Identifier: ISC */
/* network: addresses by their common prefix, as in 192.0.2.0/24 or 2001:db8::/32. Pure. */
#ifndef PLACED_SYS_NETWORK_H
#define PLACED_SYS_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

struct network {
    uint8_t address[16]; /* IPv4 as IPv6 has it: ::ffff:192.0.2.0 */
    unsigned bits;
};

/* ADDRESS or ADDRESS/BITS. False when it is neither. */
bool network_parse(struct network *network, const char *text, size_t len);

/* The bytes of an address (AF_INET or AF_INET6), IPv4 as ::ffff:a.b.c.d. False when it is of
 * another family. */
bool network_address(const struct sockaddr *address, uint8_t bytes[16]);

/* Is this address in it? */
bool network_holds(const struct network *network, const uint8_t address[16]);

#endif
