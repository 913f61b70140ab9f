/* SPDX-License-Identifier: ISC */
/* test_queue_local: the promises of every queue, and those of the embedded one. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lmdb.h>

#include "cmocka_all.h"
#include "queue_conformance.h"
#include "queue_scene.h"
#include "sys/clock.h"

static char *create(void)
{
    char path[] = "/tmp/placed-queue-XXXXXX", url[64];
    assert_non_null(mkdtemp(path));
    snprintf(url, sizeof url, "local:%s", path);
    return strdup(url);
}

static const char *folder(const char *url)
{
    return url + strlen("local:");
}

static void destroy(char *url)
{
    DIR *dir = opendir(folder(url));
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(folder(url));
    free(url);
}

/* Do something with the database of a topic of a queue that is closed. */
static size_t with_records(const char *url, const char *topic,
                           void (*change)(MDB_txn *txn, MDB_dbi records))
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi records;
    MDB_stat stat;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
    assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), 0);
    assert_int_equal(mdb_env_open(env, folder(url), 0, 0640), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, topic, MDB_INTEGERKEY, &records), 0);
    if (change)
        change(txn, records);
    assert_int_equal(mdb_stat(txn, records, &stat), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    return stat.ms_entries;
}

static void a_second_process_is_refused(void **state)
{
    char *url = create(), error[QUEUE_ERROR_BYTES] = "";
    struct queue *queue = scene_open(url);
    assert_null(queue_open(url, NULL, error));
    assert_non_null(strstr(error, "another process has this queue open"));
    assert_non_null(strstr(error, folder(url)));
    queue_close(queue);
    queue = scene_open(url);
    queue_close(queue);
    destroy(url);
}

static void what_is_no_queue_is_refused(void **state)
{
    static const char *const urls[] = {
        "local:", "", "kafka:", "memory:x", "local:/proc/none/x", "kafka://nobody"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char error[QUEUE_ERROR_BYTES] = "";
        assert_null(queue_open(urls[i], NULL, error));
        assert_true(strlen(error) > 0);
    }
}

static void what_all_groups_have_done_is_deleted(void **state)
{
    char *url = create();
    struct queue *queue = scene_open(url);
    struct taken a = {0}, b = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, 100, NULL);
    struct queue_consumer *thumbnail = scene_consume(queue, "thumbnail");
    struct queue_consumer *blur = scene_consume(queue, "blur");
    scene_take(thumbnail, &a, 100);
    scene_take(blur, &b, 100);
    for (unsigned i = 0; i < 100; i++)
        queue_done(thumbnail, a.numbers[i]);
    for (unsigned i = 0; i < 40; i++)
        queue_done(blur, b.numbers[i]);
    queue_consumer_destroy(thumbnail);
    queue_consumer_destroy(blur);
    queue_close(queue);
    assert_int_equal(with_records(url, "uploads", NULL), 60);

    queue = scene_open(url); /* offsets go on, nothing old comes back */
    struct taken again = {0};
    scene_append(queue, QUEUE_UPLOADS, 100, 110, NULL);
    thumbnail = scene_consume(queue, "thumbnail");
    scene_take(thumbnail, &again, 10);
    assert_int_equal(again.times[99], 0);
    queue_consumer_destroy(thumbnail);
    queue_close(queue);
    destroy(url);
}

static void the_last_10000_events_are_kept(void **state)
{
    char *url = create(), error[QUEUE_ERROR_BYTES] = "";
    struct queue *queue = scene_open(url);
    struct outcomes outcomes;
    outcomes_init(&outcomes);
    for (unsigned i = 0; i < 10050; i++) {
        char value[16];
        int len = snprintf(value, sizeof value, "%u", i);
        assert_int_equal(
            queue_append(queue, QUEUE_EVENTS, "", 0, value, (size_t)len, &outcomes.outcome), 0);
        if (i == 5000)
            outcomes_wait(&outcomes, 5001);
    }
    outcomes_wait(&outcomes, 10050);
    queue_close(queue); /* what can go goes now and then, and at the end */
    queue = scene_open(url);
    struct queue_reader *reader = queue_reader_create(queue, QUEUE_EVENTS, error);
    struct queue_record record;
    unsigned n = 0, first = 0;
    while (queue_read(reader, 0, &record, error) == QUEUE_GOT) {
        if (n++ == 0) {
            char text[16] = "";
            memcpy(text, record.value, record.len);
            first = (unsigned)atoi(text);
        }
    }
    assert_int_equal(n, 10000);
    assert_int_equal(first, 50);
    queue_reader_destroy(reader);
    queue_close(queue);
    destroy(url);
}

static void damage_one(MDB_txn *txn, MDB_dbi records)
{
    size_t number = 1;
    MDB_val key = {sizeof number, &number}, data;
    char bytes[64];
    assert_int_equal(mdb_get(txn, records, &key, &data), 0);
    assert_in_range(data.mv_size, 1, sizeof bytes);
    memcpy(bytes, data.mv_data, data.mv_size);
    bytes[data.mv_size - 1] ^= 1;
    data.mv_data = bytes;
    assert_int_equal(mdb_put(txn, records, &key, &data, 0), 0);
    number = 3;
    data.mv_size = 5; /* shorter than its head */
    assert_int_equal(mdb_put(txn, records, &key, &data, 0), 0);
    number = 4;
    assert_int_equal(mdb_del(txn, records, &key, NULL), 0);
}

static void a_damaged_record_is_skipped(void **state)
{
    char *url = create();
    struct queue *queue = scene_open(url);
    struct taken taken = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, 8, NULL);
    queue_close(queue);
    with_records(url, "uploads", damage_one);
    queue = scene_open(url);
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    scene_take(consumer, &taken, 5);
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(taken.times[i], i != 1 && i != 3 && i != 4);
        if (taken.times[i])
            queue_done(consumer, taken.numbers[i]);
    }
    scene_wait_until_done(consumer);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    destroy(url);
}

static void a_full_queue_says_so_and_goes_on_when_there_is_room(void **state)
{
    char *url = create(), error[QUEUE_ERROR_BYTES] = "";
    const struct queue_options options = {.map_bytes = 4 << 20};
    struct queue *queue = queue_open(url, &options, error);
    static uint8_t value[QUEUE_VALUE_MAX];
    struct outcomes outcomes;
    assert_non_null(queue);
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    unsigned stored = 0;
    outcomes_init(&outcomes);
    for (unsigned i = 0; i < 100 && atomic_load(&outcomes.failed) == 0; i++) {
        assert_int_equal(
            queue_append(queue, QUEUE_UPLOADS, "", 0, value, sizeof value, &outcomes.outcome), 0);
        while (atomic_load(&outcomes.stored) + atomic_load(&outcomes.failed) <= i)
            clock_pause_ms(1);
    }
    stored = atomic_load(&outcomes.stored);
    assert_true(stored > 0);
    assert_int_equal(atomic_load(&outcomes.failed), 1);
    struct queue_task task;
    for (unsigned i = 0; i < stored; i++) {
        assert_int_equal(queue_poll(consumer, 1000, true, &task, error), QUEUE_GOT);
        queue_done(consumer, task.number);
    }
    /* What is done goes within a second or so; then there is room. */
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    struct outcomes later;
    outcomes_init(&later);
    for (unsigned i = 1; atomic_load(&later.stored) == 0 && clock_now_ms() < until; i++) {
        queue_append(queue, QUEUE_UPLOADS, "", 0, value, sizeof value, &later.outcome);
        while (atomic_load(&later.stored) + atomic_load(&later.failed) < i)
            clock_pause_ms(1);
        clock_pause_ms(50);
    }
    assert_int_equal(atomic_load(&later.stored), 1);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    destroy(url);
}

/* ---- kills ---- */

struct reporter {
    struct queue_outcome outcome;
    int fd;
    unsigned i;
};

static void report(struct queue_outcome *outcome, bool stored, const char *error)
{
    struct reporter *r = (struct reporter *)outcome;
    if (stored && write(r->fd, &r->i, sizeof r->i) < 0)
        _exit(7);
}

/* In a child: append tasks from first on until it is killed. */
static void append_until_killed(const char *url, unsigned first, int fd)
{
    static struct reporter reporters[SCENE_TASKS_MAX];
    struct queue *queue = queue_open(url, NULL, (char[QUEUE_ERROR_BYTES]){0});
    if (!queue)
        _exit(1);
    for (unsigned i = first; i < SCENE_TASKS_MAX; i++) {
        char value[32];
        int len = snprintf(value, sizeof value, "task %u", i);
        reporters[i] = (struct reporter){{report}, fd, i};
        if (queue_append(queue, QUEUE_UPLOADS, "", 0, value, (size_t)len, &reporters[i].outcome) !=
            0)
            _exit(2);
        if (i % 7 == 0)
            clock_pause_ms(1);
    }
    for (;;)
        pause();
}

static void nothing_stored_is_lost_by_a_kill(void **state)
{
    enum { ROUNDS = 5 };
    char *url = create();
    struct taken taken = {0};
    unsigned stored = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        pid_t child = fork();
        if (child == 0)
            append_until_killed(url, stored, fds[1]);
        close(fds[1]);
        unsigned i, more = 0;
        while (more < 10 + 10 * round && read(fds[0], &i, sizeof i) == sizeof i) {
            stored = i + 1;
            more++;
        }
        kill(child, SIGKILL);
        while (read(fds[0], &i, sizeof i) == sizeof i)
            stored = i + 1; /* in their order */
        close(fds[0]);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
    assert_true(stored > 0);
    struct queue *queue = scene_open(url);
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    while (scene_poll(consumer, 0, true, &taken))
        ;
    for (unsigned i = 0; i < stored; i++)
        assert_true(taken.times[i] >= 1); /* some were appended by two rounds */
    queue_consumer_destroy(consumer);
    queue_close(queue);
    destroy(url);
}

int main(void)
{
    const struct queue_world world = {
        .name = "every queue: local", .create = create, .destroy = destroy, .lasts = true};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_stored_is_lost_by_a_kill), /* it forks: before any thread */
        cmocka_unit_test(a_second_process_is_refused),
        cmocka_unit_test(what_is_no_queue_is_refused),
        cmocka_unit_test(what_all_groups_have_done_is_deleted),
        cmocka_unit_test(the_last_10000_events_are_kept),
        cmocka_unit_test(a_damaged_record_is_skipped),
        cmocka_unit_test(a_full_queue_says_so_and_goes_on_when_there_is_room),
    };
    int failed = cmocka_run_group_tests_name("local", tests, NULL, NULL);
    return failed + queue_conformance_run(&world);
}
