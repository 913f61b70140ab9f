/* SPDX-License-Identifier: ISC */
/* Images come out in the order in which they went in, however long each takes; failures are told.
 */
#include "cmocka_all.h"
#include "encoders.h"

#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

enum { IMAGES = 200, FAILS = 77 };

/* One byte more than the colour says; the smaller the colour, the longer it takes. */
static int encode(const struct image *image, struct encoded *encoded)
{
    uint8_t colour = image->colours[0];
    clock_pause_ms(colour % 4 == 0 ? 3 : 0);
    if (colour == FAILS)
        return -1;
    encoded->len = colour + UINT64_C(1);
    encoded->bytes = malloc(encoded->len);
    assert_non_null(encoded->bytes);
    memset(encoded->bytes, colour, encoded->len);
    return 0;
}

static void put(struct encoders *encoders, struct encoding *place, uint8_t colour)
{
    place->colours = malloc(1);
    assert_non_null(place->colours);
    place->colours[0] = colour;
    place->rect = (struct rect){0, 0, 1, 1};
    place->zoom = 1;
    place->frame = colour;
    encoders_put(encoders, place);
    assert_ptr_equal(encoders_newest(encoders), place);
}

static void take(struct encoders *encoders, uint8_t colour)
{
    struct encoding *oldest = encoders_oldest(encoders);
    assert_int_equal(oldest->frame, colour);
    assert_null(oldest->colours);
    if (colour == FAILS) {
        assert_null(oldest->encoded.bytes);
    } else {
        assert_int_equal(oldest->encoded.len, colour + 1);
        assert_int_equal(oldest->encoded.bytes[colour], colour);
    }
    encoders_release(encoders);
}

static void the_order_stays(void **state)
{
    static const unsigned threads[] = {1, 2, 5};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        struct encoders *encoders = encoders_create(threads[i], encode);
        assert_non_null(encoders);
        assert_null(encoders_newest(encoders));
        uint8_t in = 0, out = 0;
        size_t most = 0;
        while (out < IMAGES) {
            struct encoding *place = in < IMAGES ? encoders_place(encoders) : NULL;
            if (place)
                put(encoders, place, in++);
            else
                take(encoders, out++);
            most = encoders_count(encoders) > most ? encoders_count(encoders) : most;
        }
        assert_int_equal(encoders_count(encoders), 0);
        assert_true(most >= threads[i] && most <= 3 * threads[i]);
        encoders_destroy(encoders);
    }
}

/* What was put and never taken is freed (the sanitizer sees to that), encoded or not. */
static void they_may_end_at_any_time(void **state)
{
    for (uint8_t n = 0; n <= 6; n++) {
        struct encoders *encoders = encoders_create(2, encode);
        assert_non_null(encoders);
        for (uint8_t i = 0; i < n; i++)
            put(encoders, encoders_place(encoders), i);
        if (n == 6) {
            assert_null(encoders_place(encoders));
            take(encoders, 0);
        }
        encoders_destroy(encoders);
    }
    encoders_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_stays),
        cmocka_unit_test(they_may_end_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
