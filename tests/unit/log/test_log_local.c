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

#include "collector.h"
#include "conformance.h"
#include "local_scene.h"
#include "log/open.h"

/* These stand before the C library's: LMDB and the log call them. */
static atomic_int sync_error;
static atomic_bool sync_holds; /* calls of fdatasync wait */
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
    while (atomic_load(&sync_holds))
        pause_ms(1);
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
static const struct log_options readonly = {.readonly = true};

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
    while (log_writer_state(o->writer) != LOG_WRITABLE && test_now_ms() - start < 60000)
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

static void what_was_queued_behind_a_commit_without_room_is_refused_too(void **state)
{
    char *dir = make_log(3);
    struct collector *c = collector_create();
    struct opened *o = opened_from(open_log(dir), c);
    atomic_store(&sync_holds, true);
    atomic_store(&sync_error, ENOSPC);
    for (uint64_t i = 4; i <= 8;
         i++) { /* the first is in a transaction by and by, the others wait */
        struct log_batch batch = batch_make(1, i, SIZE, false);
        assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
        batch_finish(&batch);
        pause_ms(20);
    }
    atomic_store(&sync_holds, false);
    uint64_t until = test_now_ms() + 120000;
    while (collector_reported(c) < 5 && test_now_ms() < until)
        pause_ms(1);
    assert_int_equal(collector_reported_as(c, LOG_REFUSED), 5);
    assert_int_equal(log_writer_state(o->writer), LOG_STALLED);
    atomic_store(&sync_error, 0);
    while (log_writer_state(o->writer) != LOG_WRITABLE && test_now_ms() < until)
        pause_ms(10);
    append_range(o, c, 9, 9);
    assert_int_equal(collector_reported_as(c, LOG_COMMITTED), 1);
    char error[LOG_ERROR_BYTES];
    struct log_bounds bounds;
    assert_int_equal(log_reader_bounds(o->reader, &bounds, error), 0);
    assert_int_equal(bounds.high, 4);
    opened_close(o);
    collector_destroy(c);
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
    assert_in_range(test_now_ms() - start, 0, 60000);

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
        uint64_t until = test_now_ms() + 120000;
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
                                .create = local_create,
                                .destroy = local_destroy,
                                .open = open_log,
                                .threads = true};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_address_space_is_as_asked_for_or_grows_with_the_log),
        cmocka_unit_test(a_full_disk_refuses_and_heals_when_there_is_room),
        cmocka_unit_test(what_was_queued_behind_a_commit_without_room_is_refused_too),
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
