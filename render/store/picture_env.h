/* SPDX-License-Identifier: ISC */
/*
 * picture_env: the LMDB environment of lmdb_store, its format, and one locked process.
 *
 * Databases:
 *   meta   "format": u32 1. "total": u64, the sum of cost over all pictures
 *   names  NAME -> u64 number, u64 written_ms, u64 length, u32 CRC-32C of the bytes
 *   data   u64 number, u32 index, both big-endian, so that they are in the order of the puts.
 *          Index 0: the name. 1 and on: the bytes, PICTURE_CHUNK_BYTES each but for the last
 *
 * All other integers are little-endian. A picture is cut into chunks, because LMDB needs free pages
 * one behind the other for a value: in a file that was full once there are few long runs.
 */
#ifndef PLACED_RENDER_STORE_PICTURE_ENV_H
#define PLACED_RENDER_STORE_PICTURE_ENV_H

#include <lmdb.h>
#include <stdint.h>

#include "render/store/store_ops.h"

enum {
    PICTURE_PAGE_BYTES = 4096,
    PICTURE_PAGE_HEAD = 16,
    PICTURE_CHUNK_BYTES = 4 * PICTURE_PAGE_BYTES - PICTURE_PAGE_HEAD, /* of LMDB's pages just 4 */
    PICTURE_HEAD_BYTES = 28,
    PICTURE_KEY_BYTES = 12,
};

struct picture_env {
    MDB_env *env;
    MDB_dbi meta, names, data;
    int lock; /* descriptor */
};

struct picture_head {
    uint64_t number, written_ms, len;
    uint32_t crc;
};

/* NULL, or what is wrong. */
const char *picture_env_open(struct picture_env *env, const char *dir, uint64_t bytes);
void picture_env_close(struct picture_env *env);

void picture_head_write(uint8_t bytes[PICTURE_HEAD_BYTES], const struct picture_head *head);
/* 0, or MDB_CORRUPTED: it has another length. */
int picture_head_read(struct picture_head *head, const MDB_val *val);

void picture_key_write(uint8_t key[PICTURE_KEY_BYTES], uint64_t number, uint32_t index);
/* 0, or MDB_CORRUPTED. */
int picture_key_read(const MDB_val *val, uint64_t *number, uint32_t *index);

/* What a picture takes of the file, in bytes: its pages, and those of the trees above them. */
uint64_t picture_cost(uint64_t len);

/* The sum over all. LMDB error codes. */
int picture_total_read(const struct picture_env *env, MDB_txn *txn, uint64_t *total);
int picture_total_write(const struct picture_env *env, MDB_txn *txn, uint64_t total);

#endif
