/* SPDX-License-Identifier: ISC */
/*
 * bare_lmdb: what LMDB alone does with the records of the embedded log: each is put and committed
 * durably, then read back by a cursor and every byte of it looked at; then the next.
 *
 * Formula: edits / (wall time from the first transaction to the last byte read back).
 */
#include <lmdb.h>
#include <string.h>
#include <sys/stat.h>

#include "bare.h"
#include "sys/descriptors.h"

static const char usage[] =
    "usage: bare_lmdb [--edits N] [--batch N] DIR\n"
    "Put, commit and read back records of N edits in a new LMDB environment; print JSON.\n";

enum { HEADER_BYTES = 40 }; /* of a record of log_local: 24, and the origin's 16 */

static const size_t map_bytes = (size_t)64 << 30;

static void must(const char *what, int rc)
{
    if (rc != 0)
        bare_fail(what, mdb_strerror(rc));
}

static MDB_env *open_env(const char *dir, MDB_dbi *records)
{
    MDB_env *env;
    MDB_txn *txn;
    mkdir(dir, 0750);
    must("mdb_env_create", mdb_env_create(&env));
    must("mdb_env_set_mapsize", mdb_env_set_mapsize(env, map_bytes));
    must("mdb_env_set_maxdbs", mdb_env_set_maxdbs(env, 1));
    must(dir, mdb_env_open(env, dir, MDB_NOTLS, 0640));
    must("mdb_txn_begin", mdb_txn_begin(env, NULL, 0, &txn));
    must("mdb_dbi_open", mdb_dbi_open(txn, "records", MDB_CREATE | MDB_INTEGERKEY, records));
    must("mdb_txn_commit", mdb_txn_commit(txn));
    return env;
}

static void append(MDB_env *env, MDB_dbi records, size_t offset, uint8_t *bytes, size_t len)
{
    MDB_txn *txn;
    MDB_val key = {sizeof offset, &offset}, data = {len, bytes};
    must("mdb_txn_begin", mdb_txn_begin(env, NULL, 0, &txn));
    must("mdb_put", mdb_put(txn, records, &key, &data, MDB_APPEND));
    must("mdb_txn_commit", mdb_txn_commit(txn));
}

static uint64_t read_back(MDB_env *env, MDB_dbi records, size_t offset)
{
    MDB_txn *txn;
    MDB_val key = {sizeof offset, &offset}, data;
    must("mdb_txn_begin", mdb_txn_begin(env, NULL, MDB_RDONLY, &txn));
    must("mdb_get", mdb_get(txn, records, &key, &data));
    uint64_t sum = 0;
    for (size_t i = 0; i < data.mv_size; i++)
        sum += ((const uint8_t *)data.mv_data)[i];
    mdb_txn_abort(txn);
    return sum;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    struct bare bare = bare_options(argc, argv, usage);
    size_t len = HEADER_BYTES + EDIT_BYTES * bare.batch;
    uint8_t *bytes = calloc(1, len);
    if (!bytes)
        bare_fail("bare_lmdb", "out of memory");
    bare_fill(bytes + HEADER_BYTES, bare.batch);
    MDB_dbi records;
    MDB_env *env = open_env(bare.where, &records);
    uint64_t sum = 0, expected = 0;

    double start = bare_now(), cpu = bare_cpu();
    for (size_t i = 0; i < bare.records; i++) {
        memcpy(bytes, &i, sizeof i);
        append(env, records, i, bytes, len);
        sum += read_back(env, records, i);
    }
    double seconds = bare_now() - start;
    cpu = bare_cpu() - cpu;

    for (size_t i = 0; i < bare.records; i++) {
        memcpy(bytes, &i, sizeof i);
        for (size_t k = 0; k < len; k++)
            expected += bytes[k];
    }
    if (sum != expected)
        bare_fail("bare_lmdb", "what was read is not what was written");
    bare_print("bare_lmdb", &bare, seconds, cpu);
    mdb_env_close(env);
    free(bytes);
    return 0;
}
