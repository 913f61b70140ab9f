/* SPDX-License-Identifier: ISC */
/* addresses: the addresses of an IPv4 network, one after the other. Pure. */
#ifndef PLACED_EDIT_FLOOD_ADDRESSES_H
#define PLACED_EDIT_FLOOD_ADDRESSES_H

#include <netinet/in.h>

#include "sys/network.h"

/* The i-th, round and round; of a network of more than two the first and the last are left out. */
struct in_addr addresses_at(const struct network *network, unsigned i);

#endif
