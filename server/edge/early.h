/* SPDX-License-Identifier: ISC */
/* early: how much a client has sent so far, to tell what it sent before it can have read our
 * answer. */
#ifndef PLACED_EDGE_EARLY_H
#define PLACED_EDGE_EARLY_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes that the kernel has received on TCP socket fd (low 32 bits) into *bytes. False: cannot be
 * told, as of a Unix socket. */
bool early_received(int fd, uint32_t *bytes);

#endif
