/* SPDX-License-Identifier: ISC */
/*
 * callers: how many connections each address holds, of those that are held for long: event streams
 * and WebSockets. For all loops together; any thread.
 */
#ifndef PLACED_NET_CALLERS_H
#define PLACED_NET_CALLERS_H

#include <stdbool.h>
#include <stdint.h>

struct callers;

/* most: of one address, IPv6 by its /64. NULL when out of memory. */
struct callers *callers_create(unsigned most);
void callers_destroy(struct callers *callers); /* NULL is fine */

/* Count one more; *caller is what to give back. False: it has as many as it may, or there is no
 * memory. An address that is unknown (zeros) is not counted: *caller is 0. */
bool callers_enter(struct callers *callers, const uint8_t address[16], uint64_t *caller);
void callers_leave(struct callers *callers, uint64_t caller);

#endif
