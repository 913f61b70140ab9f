/* SPDX-License-Identifier: ISC */
/* Pictures in memory: what was asked for longest ago goes, and what somebody holds stays his. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "core/crc32c.h"
#include "render/store/memory.h"

enum {
    PICTURE = 1000,
    ROOM = 12 * 1200, /* for about twelve of them */
};

static struct blob *picture(unsigned value, size_t len)
{
    struct blob *blob = blob_create(len);
    assert_non_null(blob);
    memset(blob->bytes, (int)value, len);
    return blob;
}

static void put(struct memory *memory, unsigned i, size_t len)
{
    char name[32];
    struct blob *blob = picture(i, len);
    snprintf(name, sizeof name, "/mandelbrot/1/20/%u/0.png", i);
    memory_put(memory, name, blob, i);
    blob_release(blob);
}

static const struct memory_picture *get(struct memory *memory, unsigned i)
{
    char name[32];
    snprintf(name, sizeof name, "/mandelbrot/1/20/%u/0.png", i);
    const struct memory_picture *found = memory_get(memory, name);
    if (found) {
        assert_int_equal(found->blob->bytes[0], i % 256);
        assert_int_equal(found->written_ms, i);
        assert_int_equal(found->crc, crc32c(0, found->blob->bytes, found->blob->len));
    }
    return found;
}

static void the_last_used_stay(void **state)
{
    struct memory *memory = memory_create(ROOM);
    for (unsigned i = 0; i < 10; i++)
        put(memory, i, PICTURE);
    assert_int_equal(memory_count(memory), 10);
    assert_non_null(get(memory, 0));
    for (unsigned i = 10; i < 20; i++) {
        put(memory, i, PICTURE);
        assert_true(memory_bytes(memory) <= ROOM);
        assert_non_null(get(memory, 0)); /* used all the time */
    }
    assert_null(get(memory, 1));
    assert_non_null(get(memory, 19));
    assert_true(memory_count(memory) >= 10);
    memory_destroy(memory);
}

static void one_that_is_replaced_or_dropped_stays_with_who_holds_it(void **state)
{
    struct memory *memory = memory_create(ROOM);
    put(memory, 1, PICTURE);
    struct blob *held = blob_hold(get(memory, 1)->blob);
    put(memory, 1, PICTURE / 2);
    assert_int_equal(memory_count(memory), 1);
    assert_int_equal(get(memory, 1)->blob->len, PICTURE / 2);
    assert_int_equal(held->len, PICTURE);
    assert_int_equal(atomic_load(&held->holders), 1);
    blob_release(held);
    /* One that is larger than all the room is not kept, nor is what it would have replaced. */
    put(memory, 1, ROOM);
    assert_null(get(memory, 1));
    assert_int_equal(memory_bytes(memory), 0);
    memory_destroy(memory);
}

static void many_are_found(void **state)
{
    struct memory *memory = memory_create(UINT64_C(1) << 30);
    for (unsigned i = 0; i < 20000; i++)
        put(memory, i, 10);
    for (unsigned i = 0; i < 20000; i++)
        assert_non_null(get(memory, i));
    assert_int_equal(memory_count(memory), 20000);
    memory_destroy(memory);
}

static void without_room_nothing_is_kept(void **state)
{
    struct memory *memory = memory_create(0);
    put(memory, 1, 1);
    assert_null(get(memory, 1));
    memory_destroy(memory);
    memory_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_used_stay),
        cmocka_unit_test(one_that_is_replaced_or_dropped_stays_with_who_holds_it),
        cmocka_unit_test(many_are_found),
        cmocka_unit_test(without_room_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
