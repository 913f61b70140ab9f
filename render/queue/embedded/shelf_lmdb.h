/* SPDX-License-Identifier: ISC */
/*
 * shelf_lmdb: records in an LMDB environment, which one process has open.
 *
 * In its directory: data.mdb and lock.mdb (LMDB's), and queue.lock, which the process holds with
 * flock. data.mdb has a database a topic, and two more; integers are little-endian, except LMDB's
 * keys of 8 bytes, which are the machine's:
 *   uploads, tiles, events, dead   offset -> u32 CRC32C of what follows, i64 time in ms, value
 *   places                         "TOPIC/GROUP" -> u64 place
 *   meta                           "format" -> u32 = 1; "TOPIC" -> u64 offset of its next record
 * A record that is damaged is skipped with a message: a task lost is better than all that wait.
 */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_SHELF_LMDB_H
#define PLACED_RENDER_QUEUE_EMBEDDED_SHELF_LMDB_H

#include "render/queue/embedded/shelf.h"

/* Make or open; map_bytes of address space, 0: 4 GiB. NULL with a reason in error. */
struct shelf *shelf_lmdb_open(const char *dir, uint64_t map_bytes, char error[QUEUE_ERROR_BYTES]);

#endif
