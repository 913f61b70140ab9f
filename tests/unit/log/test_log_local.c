/* SPDX-License-Identifier: ISC */
/* test_log_local: the promises of every log, and what a disk can do to this one. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <lmdb.h>

#include "collector.h"
#include "conformance.h"
#include "log/local/local_record.h"
#include "log/open.h"

/* These stand before the C library's: LMDB and the log call them. */
static atomic_int sync_error;
static atomic_uint syncs;      /* calls of fdatasync that succeeded */
static atomic_uint meta_syncs; /* writes that were on the disk when they returned */
static atomic_uint syncs_at_meta;
static atomic_uint dir_syncs;

int fsync(int fd)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        atomic_fetch_add(&dir_syncs, 1);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    int error = atomic_load(&sync_error);
    if (error) {
        errno = error;
        return -1;
    }
    atomic_fetch_add(&syncs, 1);
    return fsync(fd);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    ssize_t n = syscall(SYS_pwrite64, fd, bytes, len, at);
    if (n > 0 && (fcntl(fd, F_GETFL) & O_DSYNC)) {
        atomic_store(&syncs_at_meta, atomic_load(&syncs));
        atomic_fetch_add(&meta_syncs, 1);
    }
    return n;
}

/* The same under the other of the two names that the C library has for it. */
ssize_t pwrite_plain(int fd, const void *bytes, size_t len, off_t at) __asm__("pwrite");

ssize_t pwrite_plain(int fd, const void *bytes, size_t len, off_t at)
{
    return pwrite(fd, bytes, len, at);
}

static void *create(void)
{
    return make_dir();
}

static void destroy(void *store)
{
    remove_tree(store);
}

static struct log *open_log(void *store)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log *log = log_open(store, NULL, error);
    if (!log)
        fprintf(stderr, "%s\n", error);
    return log;
}

static const struct log_options readonly = {.readonly = true};

enum { SIZE = 67 };

/* Append batches from to last of nonce 1 and wait for their outcomes. */
static void append_range(struct opened *o, struct collector *c, uint64_t from, uint64_t last)
{
    size_t reported = collector_reported(c);
    for (uint64_t i = from; i <= last; i++) {
        struct log_batch batch = batch_make(1, i, SIZE, i % 2 == 0);
        while (log_writer_append(o->writer, &batch) == LOG_FULL)
            pause_ms(1);
        batch_finish(&batch);
    }
    while (collector_reported(c) < reported + (last - from + 1))
        pause_ms(1);
}

/* A directory with a log of n batches. */
static char *make_log(uint64_t n)
{
    char *dir = make_dir();
    struct collector *c = collector_create();
    struct opened *o = opened_from(open_log(dir), c);
    append_range(o, c, 1, n);
    assert_int_equal(collector_reported_as(c, LOG_COMMITTED), n);
    opened_close(o);
    collector_destroy(c);
    return dir;
}

enum reading {
    READ_ALL,     /* as written */
    READ_PART,    /* an error, and what came before it was as written */
    READ_REFUSED, /* not even opened, or not sought */
    READ_WRONG,   /* something else than was written */
};

/* Read a log of make_log(n). */
static enum reading read_log(const char *dir, uint64_t n, char error[LOG_ERROR_BYTES])
{
    enum reading result = READ_REFUSED;
    size_t delivered;
    struct log *log = log_open(dir, NULL, error);
    if (!log)
        return READ_REFUSED;
    struct collector *c = collector_create();
    struct opened *o = opened_readonly(log, c);
    if (log_reader_seek(o->reader, 0, error) != 0)
        goto done;
    result = READ_ALL;
    while (result == READ_ALL && !log_reader_caught_up(o->reader))
        if (log_reader_poll(o->reader, 0, &delivered, error) != LOG_OK)
            result = READ_PART;
    if (result == READ_ALL && c->n != n)
        result = READ_WRONG;
    for (uint64_t i = 1; i <= c->n; i++) {
        struct log_batch batch = batch_make(1, i, SIZE, i % 2 == 0);
        if (c->records[i - 1].record.offset != i - 1 ||
            !batch_equals(&batch, &c->records[i - 1].record))
            result = READ_WRONG;
        batch_finish(&batch);
    }
done:
    opened_close(o);
    collector_destroy(c);
    return result;
}

/* ---- damage ---- */

static int open_data(const char *dir, struct stat *st)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, st), 0);
    return fd;
}

static void flip(const char *dir, off_t at, int bit)
{
    struct stat st;
    uint8_t byte;
    int fd = open_data(dir, &st);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= (uint8_t)(1 << bit);
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* Where the edits of this batch stand in data.mdb; the last such place, the others are old pages.
 */
static off_t find_batch(const char *dir, const struct log_batch *batch)
{
    struct stat st;
    int fd = open_data(dir, &st);
    uint8_t *all = malloc((size_t)st.st_size);
    assert_int_equal(pread(fd, all, (size_t)st.st_size, 0), st.st_size);
    close(fd);
    off_t at = -1;
    size_t len = batch->value.len;
    for (size_t i = 0; i + len <= (size_t)st.st_size; i++)
        if (memcmp(all + i, batch->value.data, len) == 0)
            at = (off_t)i;
    free(all);
    return at;
}

static void every_flipped_bit_of_a_record_is_found_out(void **state)
{
    enum { N = 10, VICTIM = 8 };
    /* in one commit, so that there is one copy of each record in the file */
    char *dir = make_log(N);
    char error[LOG_ERROR_BYTES] = "";
    struct log_batch batch = batch_make(1, VICTIM, SIZE, true);
    off_t value = find_batch(dir, &batch);
    assert_true(value > 0);
    off_t from = value - 24,
          to = value + (off_t)(batch.value.len + batch.authors.len) + ORIGIN_BYTES;
    int bit = 0, missed = 0;
    for (off_t at = from; at < to; at++, bit = (bit + 3) % 8) {
        flip(dir, at, bit);
        enum reading got = read_log(dir, N, error);
        flip(dir, at, bit);
        missed += got != READ_PART;
        if (got == READ_PART && !strstr(error, "offset 7 "))
            fail_msg("the message does not name the record: %s", error);
    }
    print_message("for instance: %s\n", error);
    assert_int_equal(missed, 0);
    assert_int_equal(read_log(dir, N, error), READ_ALL);
    batch_finish(&batch);
    remove_tree(dir);
}

static void a_flipped_bit_anywhere_never_changes_what_is_read(void **state)
{
    enum { N = 200, FLIPS = 400 };
    char *dir = make_log(N);
    struct stat st;
    close(open_data(dir, &st));
    unsigned count[4] = {0}, died = 0;
    uint64_t seed = 7;
    for (int i = 0; i < FLIPS; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        off_t at = (off_t)((seed >> 20) % (uint64_t)st.st_size);
        flip(dir, at, (int)(seed >> 61));
        pid_t child =
            fork(); /* damaged LMDB pages may end a process: that is no wrong data either */
        if (child == 0) {
            char error[LOG_ERROR_BYTES];
            if (!freopen("/dev/null", "w", stderr))
                _exit(9);
            signal(SIGSEGV, SIG_DFL);
            signal(SIGBUS, SIG_DFL);
            signal(SIGABRT, SIG_DFL);
            alarm(20);
            _exit(10 + (int)read_log(dir, N, error));
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        flip(dir, at, (int)(seed >> 61));
        if (WIFEXITED(status) && WEXITSTATUS(status) >= 10)
            count[WEXITSTATUS(status) - 10]++;
        else
            died++;
    }
    print_message(
        "%d flips: %u without effect, %u found while reading, %u at the opening, "
        "%u ended the process\n",
        FLIPS, count[READ_ALL], count[READ_PART], count[READ_REFUSED], died);
    assert_int_equal(count[READ_WRONG], 0);
    assert_true(count[READ_PART] > 0);
    remove_tree(dir);
}

static void a_file_that_was_cut_short_is_refused(void **state)
{
    char *dir = make_log(300);
    char error[LOG_ERROR_BYTES] = "";
    struct stat st;
    int fd = open_data(dir, &st);
    assert_int_equal(ftruncate(fd, st.st_size - 4096), 0);
    close(fd);
    assert_int_equal(read_log(dir, 300, error), READ_REFUSED);
    assert_non_null(strstr(error, "cut short"));
    fd = open_data(dir, &st);
    assert_int_equal(ftruncate(fd, 5000), 0);
    close(fd);
    assert_int_equal(read_log(dir, 300, error), READ_REFUSED);
    remove_tree(dir);
}

static void a_log_with_a_record_missing_is_refused(void **state)
{
    char *dir = make_log(10), error[LOG_ERROR_BYTES] = "";
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    size_t victim = 4;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 2), 0);
    assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "records", 0, &dbi), 0);
    MDB_val key = {sizeof victim, &victim};
    assert_int_equal(mdb_del(txn, dbi, &key, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_null(log_open(dir, NULL, error));
    assert_non_null(strstr(error, "missing"));
    remove_tree(dir);
}

/* The bytes of a record at offset 5, as every version of this program must read and write them. */
static const uint8_t golden[] = {
    0x77, 0x4e, 0x31, 0x6c, 0x4f, 0x00, 0x00, 0x00, 0x01, 0x07, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00,
    0x7b, 0x68, 0xe5, 0xcf, 0x8b, 0x01, 0x00, 0x00, 0xe7, 0x0b, 0x30, 0x01, 0x0c, 0x50, 0x01, 0x07,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x88,
    0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};

static void the_bytes_of_a_record_stay_what_they_are(void **state)
{
    const uint8_t *genesis = golden + sizeof golden - GENESIS_BYTES;
    const struct log_batch batch = {.value = {golden + 24, 6},
                                    .authors = {golden + 30, 17},
                                    .origin = {0x1122334455667788, 3},
                                    .genesis = genesis};
    struct record record;
    const struct span bytes = {golden, sizeof golden};
    assert_null(local_record_decode(bytes, 5, &record));
    assert_int_equal(record.offset, 5);
    assert_int_equal(record.time_ms, 1700000000123);
    assert_true(batch_equals(&batch, &record));
    assert_non_null(local_record_decode(bytes, 6, &record)); /* not at another place */

    uint8_t written[sizeof golden];
    assert_int_equal(local_record_size(&batch), sizeof golden);
    local_record_encode(written, &batch);
    local_record_seal(written, sizeof written, 5, 1700000000123);
    assert_memory_equal(written, golden, sizeof golden);
}

/* A sealed record with its parts at odds with each other. */
static const char *decode_odd(size_t at, uint8_t byte)
{
    uint8_t bytes[sizeof golden];
    struct record record;
    memcpy(bytes, golden, sizeof golden);
    bytes[at] = byte;
    local_record_seal(bytes, sizeof bytes, 5, 0);
    return local_record_decode((struct span){bytes, sizeof bytes}, 5, &record);
}

static void a_record_whose_parts_do_not_fit_is_found_out(void **state)
{
    struct record record;
    assert_null(decode_odd(8, 1));      /* nothing changed */
    assert_non_null(decode_odd(4, 78)); /* length */
    assert_non_null(decode_odd(8, 2));  /* format */
    assert_non_null(decode_odd(9, 15)); /* a header that nobody knows */
    assert_non_null(decode_odd(10, 1));
    assert_non_null(decode_odd(9, 6));   /* no header a, and bytes left for it */
    assert_non_null(decode_odd(12, 24)); /* a value that reaches into the headers behind it */
    assert_non_null(decode_odd(15, 1));  /* and one that ends past the record */
    for (size_t len = 0; len < sizeof golden; len++)
        assert_non_null(local_record_decode((struct span){golden, len}, 5, &record));
}

static void something_else_s_directory_is_refused(void **state)
{
    char *dir = make_dir(), error[LOG_ERROR_BYTES] = "";
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    MDB_val key = {4, (void *)(uintptr_t) "slot"}, data = {4, (void *)(uintptr_t) "data"};
    assert_int_equal(mdb_put(txn, dbi, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_null(log_open(dir, NULL, error));
    assert_non_null(strstr(error, "not a log"));
    assert_null(log_open(dir, &readonly, error));
    remove_tree(dir);
    assert_null(log_open("/nowhere/at/all", NULL, error));
    assert_non_null(strstr(error, "/nowhere/at/all"));
}

static void a_newer_format_is_refused(void **state)
{
    char *dir = make_log(3), error[LOG_ERROR_BYTES] = "";
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 2), 0);
    assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", 0, &dbi), 0);
    uint8_t two[4] = {2};
    MDB_val key = {6, (void *)(uintptr_t) "format"}, data = {4, two};
    assert_int_equal(mdb_put(txn, dbi, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_null(log_open(dir, NULL, error));
    assert_non_null(strstr(error, "newer"));
    remove_tree(dir);
}

/* ---- no room ---- */

/* How many bytes of data.mdb are mapped. */
static uint64_t mapped_bytes(void)
{
    char line[4096 + 256];
    uint64_t total = 0;
    unsigned long long from, to;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        if (strstr(line, "/data.mdb") && sscanf(line, "%llx-%llx", &from, &to) == 2)
            total += to - from;
    fclose(maps);
    return total;
}

static void the_address_space_is_as_asked_for_or_grows_with_the_log(void **state)
{
    const uint64_t gib = (uint64_t)1 << 30;
    const struct log_options small = {.map_bytes = 16 << 20};
    char *dir = make_log(3), error[LOG_ERROR_BYTES] = "";
    struct stat st;
    struct log *log = open_log(dir);
    assert_int_equal(mapped_bytes(), 64 * gib);
    log_close(log);
    log = log_open(dir, &small, error);
    assert_int_equal(mapped_bytes(), 16 << 20);
    log_close(log);
    int fd = open_data(dir, &st);
    assert_int_equal(ftruncate(fd, (off_t)(17 * gib)), 0); /* a hole: it takes no room */
    close(fd);
    log = open_log(dir);
    assert_int_equal(mapped_bytes(), 4 * 17 * gib);
    log_close(log);
    remove_tree(dir);
}

/* Append, a few at a time, until it is read-only; the number of the first batch that was not taken.
 */
static uint64_t append_until_stalled(struct opened *o, struct collector *c, uint64_t number)
{
    for (; number < 100000; number++) {
        while (collector_reported(c) + 3 < number)
            pause_ms(1);
        struct log_batch batch = batch_make(1, number, 2000, true);
        enum log_append result;
        while ((result = log_writer_append(o->writer, &batch)) == LOG_FULL)
            pause_ms(1);
        batch_finish(&batch);
        if (result == LOG_READONLY)
            break;
    }
    return number;
}

/* Exactly the committed ones are in the log, in order. */
static void check_committed(struct opened *o, struct collector *c)
{
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    collector_clear(c);
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    while (!log_reader_caught_up(o->reader))
        if (log_reader_poll(o->reader, 0, &delivered, error) != LOG_OK)
            fail_msg("%s", error);
    assert_int_equal(c->n, collector_reported_as(c, LOG_COMMITTED));
    uint64_t last = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct origin origin;
        enum log_outcome outcome = LOG_REFUSED;
        assert_true(record_origin(&c->records[i].record, &origin));
        assert_int_equal(collector_outcome(c, origin, &outcome), 1);
        assert_int_equal(outcome, LOG_COMMITTED);
        assert_true(origin.batch > last);
        last = origin.batch;
    }
}

static void a_full_disk_refuses_and_heals_when_there_is_room(void **state)
{
    char *dir = make_dir(), path[4096];
    if (mount("tmpfs", dir, "tmpfs", 0, "size=8m") != 0) {
        remove_tree(dir);
        skip();
    }
    snprintf(path, sizeof path, "%s/ballast", dir);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_int_equal(posix_fallocate(fd, 0, 4 << 20), 0);
    char log_dir[4096 + 8];
    snprintf(log_dir, sizeof log_dir, "%s/log", dir);
    struct collector *c = collector_create();
    struct opened *o = opened_from(open_log(log_dir), c);

    uint64_t number = append_until_stalled(o, c, 1);
    assert_int_equal(log_writer_state(o->writer), LOG_STALLED);
    while (collector_reported(c) < number - 1)
        pause_ms(1);
    assert_true(collector_reported_as(c, LOG_COMMITTED) > 0);
    assert_true(collector_reported_as(c, LOG_REFUSED) > 0);
    assert_int_equal(collector_reported_as(c, LOG_UNKNOWN), 0);
    check_committed(o, c); /* it is still read */
    pause_ms(1000);
    assert_int_equal(log_writer_state(o->writer), LOG_STALLED);

    close(fd);
    unlink(path);
    uint64_t start = test_now_ms();
    while (log_writer_state(o->writer) != LOG_WRITABLE && test_now_ms() - start < 10000)
        pause_ms(10);
    print_message("writable %llu ms after there was room\n",
                  (unsigned long long)(test_now_ms() - start));
    assert_int_equal(log_writer_state(o->writer), LOG_WRITABLE);
    uint64_t second = append_until_stalled(o, c, number);
    assert_true(second > number + 10);
    opened_close(o);
    assert_int_equal(collector_reported(c), second - 1);

    o = opened_from(open_log(log_dir), c);
    check_committed(o, c);
    opened_close(o);
    collector_destroy(c);
    assert_int_equal(umount(dir), 0);
    remove_tree(dir);
}

static void a_full_map_refuses_and_a_larger_one_goes_on(void **state)
{
    char *dir = make_dir(), error[LOG_ERROR_BYTES] = "";
    struct collector *c = collector_create();
    const struct log_options small = {.map_bytes = 2 << 20};
    struct opened *o = opened_from(log_open(dir, &small, error), c);
    uint64_t number = append_until_stalled(o, c, 1);
    while (collector_reported(c) < number - 1)
        pause_ms(1);
    assert_int_equal(log_writer_state(o->writer), LOG_STALLED);
    assert_true(collector_reported_as(c, LOG_REFUSED) > 0);
    assert_true(collector_reported_as(c, LOG_COMMITTED) > 0);
    check_committed(o, c);
    uint64_t start = test_now_ms();
    opened_close(o); /* does not wait for room */
    assert_in_range(test_now_ms() - start, 0, 1000);

    o = opened_from(open_log(dir), c);
    size_t before = collector_reported(c);
    struct log_batch batch = batch_make(1, number, 2000, true);
    assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
    batch_finish(&batch);
    while (collector_reported(c) == before)
        pause_ms(1);
    check_committed(o, c);
    opened_close(o);
    collector_destroy(c);
    remove_tree(dir);
}

/* ---- processes ---- */

static void a_second_opener_is_refused(void **state)
{
    char *dir = make_log(3), error[LOG_ERROR_BYTES] = "";
    int go[2];
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        if (read(go[0], &byte, 1) != 1)
            _exit(3);
        struct log *log = log_open(dir, NULL, error);
        _exit(log ? 1 : strstr(error, "another process") ? 0 : 2);
    }
    struct log *log = open_log(dir);
    assert_non_null(log);
    assert_null(log_open(dir, NULL, error)); /* nor the same process */
    assert_int_equal(write(go[1], "x", 1), 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(go[0]);
    close(go[1]);
    log_close(log);
    remove_tree(dir);
}

static void another_process_reads_along(void **state)
{
    char *dir = make_log(50);
    pid_t child = fork();
    if (child == 0) {
        char error[LOG_ERROR_BYTES];
        struct collector *c = collector_create();
        struct log *log = log_open(dir, &readonly, error);
        if (!log)
            _exit(1);
        struct opened *o = opened_readonly(log, c);
        if (log_reader_seek(o->reader, 0, error) != 0 ||
            log_writer_create(log, &c->as_outcomes, error))
            _exit(2);
        size_t delivered;
        uint64_t until = test_now_ms() + 20000;
        while (c->n < 150 && test_now_ms() < until)
            if (log_reader_poll(o->reader, 100, &delivered, error) != LOG_OK)
                _exit(3);
        _exit(c->n == 150 ? 0 : 4);
    }
    struct collector *c = collector_create();
    struct opened *o = opened_from(open_log(dir), c);
    for (uint64_t i = 51; i <= 150; i += 10) {
        append_range(o, c, i, i + 9);
        pause_ms(10);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    opened_close(o);
    collector_destroy(c);
    remove_tree(dir);
}

/* Writes the number of each committed batch to a pipe. */
struct reporter {
    struct log_outcomes outcomes;
    int fd;
};

static void report(struct log_outcomes *outcomes, struct origin origin, enum log_outcome outcome)
{
    if (outcome == LOG_COMMITTED &&
        write(((struct reporter *)outcomes)->fd, &origin.batch, sizeof origin.batch) < 0)
        _exit(7);
}

static void nothing_committed_is_lost_by_a_kill(void **state)
{
    char *dir = make_dir();
    uint64_t committed = 0;
    for (int round = 0; round < 12; round++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        pid_t child = fork();
        if (child == 0) {
            struct reporter r = {.outcomes.outcome = report, .fd = fds[1]};
            char error[LOG_ERROR_BYTES];
            struct log *log = open_log(dir);
            struct log_writer *writer = log ? log_writer_create(log, &r.outcomes, error) : NULL;
            if (!writer)
                _exit(1);
            for (uint64_t i = committed + 1;; i++) {
                struct log_batch batch = batch_make(1, i, SIZE, i % 2 == 0);
                while (log_writer_append(writer, &batch) == LOG_FULL)
                    pause_ms(1);
                batch_finish(&batch);
            }
        }
        close(fds[1]);
        pause_ms(40 + round * 17);
        kill(child, SIGKILL);
        uint64_t number;
        while (read(fds[0], &number, sizeof number) == sizeof number)
            committed = number; /* one writer: in order */
        close(fds[0]);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));

        struct log_bounds bounds;
        char error[LOG_ERROR_BYTES] = "";
        struct collector *c = collector_create();
        struct opened *o = opened_from(open_log(dir), c);
        assert_int_equal(log_reader_bounds(o->reader, &bounds, error), 0);
        opened_close(o);
        collector_destroy(c);
        assert_true(bounds.high >= committed);
        if (read_log(dir, bounds.high, error) != READ_ALL)
            fail_msg("%s", error);
        committed = bounds.high; /* the last ones may have been committed and not reported */
    }
    print_message("12 kills, %llu batches\n", (unsigned long long)committed);
    assert_true(committed > 0);
    remove_tree(dir);
}

static void every_commit_has_its_records_and_its_head_on_the_disk(void **state)
{
    char *dir = make_dir();
    struct collector *c = collector_create();
    struct opened *o = opened_from(open_log(dir), c);
    for (uint64_t i = 1; i <= 20; i++) {
        unsigned syncs_before = atomic_load(&syncs), meta_before = atomic_load(&meta_syncs);
        append_range(o, c, i, i);
        assert_int_equal(atomic_load(&syncs), syncs_before + 1);
        assert_int_equal(atomic_load(&meta_syncs), meta_before + 1);
        assert_int_equal(atomic_load(&syncs_at_meta), syncs_before + 1); /* in this order */
    }
    opened_close(o);
    collector_destroy(c);
    remove_tree(dir);
}

static void a_new_log_has_its_names_on_the_disk(void **state)
{
    char *dir = make_dir(), path[4096];
    unsigned before = atomic_load(&dir_syncs);
    snprintf(path, sizeof path, "%s/log", dir);
    struct log *log = open_log(path);
    assert_non_null(log);
    assert_int_equal(atomic_load(&dir_syncs), before + 2); /* of its files, and its own */
    log_close(log);
    remove_tree(dir);
}

static void an_io_error_ends_the_process_without_an_acknowledgement(void **state)
{
    char *dir = make_log(5), error[LOG_ERROR_BYTES] = "";
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        struct reporter r = {.outcomes.outcome = report, .fd = fds[1]};
        struct log *log = open_log(dir);
        struct log_writer *writer = log ? log_writer_create(log, &r.outcomes, error) : NULL;
        if (!writer)
            _exit(2);
        atomic_store(&sync_error, EIO);
        struct log_batch batch = batch_make(1, 6, SIZE, true);
        log_writer_append(writer, &batch);
        pause_ms(5000);
        _exit(3);
    }
    close(fds[1]);
    int status;
    uint64_t number;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_int_equal(read(fds[0], &number, sizeof number), 0);
    close(fds[0]);
    assert_int_equal(read_log(dir, 5, error), READ_ALL);
    struct collector *c = collector_create();
    struct opened *o = opened_from(open_log(dir), c);
    append_range(o, c, 6, 8);
    opened_close(o);
    collector_destroy(c);
    assert_int_equal(read_log(dir, 8, error), READ_ALL);
    remove_tree(dir);
}

/* An argument is a pattern of the tests to run. */
int main(int argc, char *argv[])
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct world world = {.name = "every log: local",
                                .create = create,
                                .destroy = destroy,
                                .open = open_log,
                                .threads = true};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flipped_bit_of_a_record_is_found_out),
        cmocka_unit_test(a_flipped_bit_anywhere_never_changes_what_is_read),
        cmocka_unit_test(a_file_that_was_cut_short_is_refused),
        cmocka_unit_test(a_log_with_a_record_missing_is_refused),
        cmocka_unit_test(the_bytes_of_a_record_stay_what_they_are),
        cmocka_unit_test(a_record_whose_parts_do_not_fit_is_found_out),
        cmocka_unit_test(something_else_s_directory_is_refused),
        cmocka_unit_test(a_newer_format_is_refused),
        cmocka_unit_test(the_address_space_is_as_asked_for_or_grows_with_the_log),
        cmocka_unit_test(a_full_disk_refuses_and_heals_when_there_is_room),
        cmocka_unit_test(a_full_map_refuses_and_a_larger_one_goes_on),
        cmocka_unit_test(a_second_opener_is_refused),
        cmocka_unit_test(another_process_reads_along),
        cmocka_unit_test(nothing_committed_is_lost_by_a_kill),
        cmocka_unit_test(every_commit_has_its_records_and_its_head_on_the_disk),
        cmocka_unit_test(a_new_log_has_its_names_on_the_disk),
        cmocka_unit_test(an_io_error_ends_the_process_without_an_acknowledgement),
    };
    int failed = conformance_run(&world);
    return failed + cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
