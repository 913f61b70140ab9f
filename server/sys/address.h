/* SPDX-License-Identifier: ISC */
/* address: where to listen. */
#ifndef PLACED_SYS_ADDRESS_H
#define PLACED_SYS_ADDRESS_H

#include <stdint.h>

struct listen_address {
    char host[64];  /* numeric address without brackets; "" for a Unix socket */
    uint16_t port;  /* 0: any free one */
    char path[108]; /* of a Unix socket, else "" */
    unsigned mode;  /* of its file */
    char group[33]; /* of its file, by name or number; "" for the server's own */
};

#endif
