/* SPDX-License-Identifier: ISC */
/* Whoever gave the writer something is told once, also when the writer ends before it came to it.
 */
#include "api/control_writer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "cmocka_all.h"
#include "sys/clock.h"

struct one {
    struct control_writing writing; /* the first member */
    atomic_int written, done;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void write_one(struct control_writing *writing)
{
    struct one *one = (struct one *)writing;
    pthread_mutex_lock(&gate); /* closed: the writer is busy with this one */
    pthread_mutex_unlock(&gate);
    assert_int_equal(one->done, 0);
    atomic_fetch_add(&one->written, 1);
}

static void done_one(struct control_writing *writing)
{
    atomic_fetch_add(&((struct one *)writing)->done, 1);
}

static void init(struct one *one)
{
    memset(one, 0, sizeof *one);
    one->writing.write = write_one;
    one->writing.done = done_one;
}

static void all_are_written_in_time(void **state)
{
    struct one ones[CONTROL_WRITER_WAITING];
    struct control_writer *writer = control_writer_create();
    assert_non_null(writer);
    for (int round = 0; round < 20; round++) {
        int64_t until = clock_now_ms() + 30000;
        for (size_t i = 0; i < CONTROL_WRITER_WAITING; i++) {
            init(&ones[i]);
            assert_true(control_writer_add(writer, &ones[i].writing));
        }
        for (size_t i = 0; i < CONTROL_WRITER_WAITING; i++) {
            while (atomic_load(&ones[i].done) == 0 && clock_now_ms() < until)
                clock_pause_ms(1);
            assert_int_equal(ones[i].done, 1);
            assert_int_equal(ones[i].written, 1);
        }
    }
    control_writer_destroy(writer);
}

static void the_end_tells_those_who_wait(void **state)
{
    struct one ones[CONTROL_WRITER_WAITING + 2];
    struct control_writer *writer = control_writer_create();
    size_t taken = 0;
    pthread_mutex_lock(&gate);
    for (size_t i = 0; i < CONTROL_WRITER_WAITING + 2; i++) {
        init(&ones[i]);
        taken += control_writer_add(writer, &ones[i].writing);
    }
    /* One may be with the writer already; beyond that so many wait, and no more. */
    assert_in_range(taken, CONTROL_WRITER_WAITING, CONTROL_WRITER_WAITING + 1);
    assert_int_equal(ones[CONTROL_WRITER_WAITING + 1].done, 0);
    pthread_mutex_unlock(&gate);
    control_writer_destroy(writer);
    for (size_t i = 0; i < taken; i++)
        assert_int_equal(ones[i].done, 1);
    for (size_t i = taken; i < CONTROL_WRITER_WAITING + 2; i++)
        assert_int_equal(ones[i].done + ones[i].written, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_written_in_time),
        cmocka_unit_test(the_end_tells_those_who_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
