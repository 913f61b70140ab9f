/* SPDX-License-Identifier: ISC */
/* local_scene: see local_scene.h. */
#include "local_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "log/open.h"

void *local_create(void)
{
    return make_dir();
}

void local_destroy(void *store)
{
    remove_tree(store);
}

struct log *open_log(void *store)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log *log = log_open(store, NULL, error);
    if (!log)
        fprintf(stderr, "%s\n", error);
    return log;
}

void append_range(struct opened *o, struct collector *c, uint64_t from, uint64_t last)
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

char *make_log(uint64_t n)
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

enum reading read_log(const char *dir, uint64_t n, char error[LOG_ERROR_BYTES])
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

int open_data(const char *dir, struct stat *st)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, st), 0);
    return fd;
}
