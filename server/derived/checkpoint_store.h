/* SPDX-License-Identifier: ISC */
/*
 * checkpoint_store: the LMDB environment that a checkpoint lives in. Everything in it can be had
 * again from the log, so a damaged file is replaced by a new one and never keeps a server from
 * starting. One process and one thread at a time.
 */
#ifndef PLACED_DERIVED_CHECKPOINT_STORE_H
#define PLACED_DERIVED_CHECKPOINT_STORE_H

#include <lmdb.h>
#include <stdbool.h>

struct checkpoint_store {
    char *dir;
    int dir_fd;   /* holds the lock that keeps other processes out */
    MDB_env *env; /* NULL: could not be opened again; checkpoint_store_begin tries it */
    MDB_dbi dbi;
};

enum { CHECKPOINT_STORE_ERROR_BYTES = 256 };

/* Open or make it in dir. 0, or -1 with a message. */
int checkpoint_store_open(struct checkpoint_store *store, const char *dir,
                          char error[CHECKPOINT_STORE_ERROR_BYTES]);
void checkpoint_store_close(struct checkpoint_store *store);

/* Begin a transaction. 0 or an error of LMDB. */
int checkpoint_store_begin(struct checkpoint_store *store, unsigned flags, MDB_txn **txn);

/* Twice the address space, after MDB_MAP_FULL; no transaction is open. 0 or an error of LMDB. */
int checkpoint_store_grow(struct checkpoint_store *store);

/* Does this error say that the file is not what LMDB wrote? The others (permission, disk, space)
 * are for the operator. */
bool checkpoint_store_is_damage(int rc);

/* Begin a new file; the old one is kept as data.mdb.damaged for whoever wants to know, and that is
 * said, or removed. 0 or an error. */
int checkpoint_store_renew(struct checkpoint_store *store, bool keep);

/* Put an error of LMDB into words. Returns -1. */
int checkpoint_store_report(const struct checkpoint_store *store, const char *what, int rc,
                            char error[CHECKPOINT_STORE_ERROR_BYTES]);

#endif
