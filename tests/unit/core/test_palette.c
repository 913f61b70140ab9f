/* SPDX-License-Identifier: ISC */
/* test_palette: white is 0, which a blank canvas relies on, and no two colours look or read the
 * same. */
#include "cmocka_all.h"
#include "core/palette.h"

#include <string.h>

static void blank_is_white(void **state)
{
    assert_string_equal(palette[0].name, "white");
    assert_true(palette[0].red == 255 && palette[0].green == 255 && palette[0].blue == 255);
}

static void colours_differ(void **state)
{
    for (size_t i = 0; i < CANVAS_COLOURS; i++) {
        assert_non_null(palette[i].name);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(palette[i].name, palette[j].name);
            assert_false(palette[i].red == palette[j].red && palette[i].green == palette[j].green &&
                         palette[i].blue == palette[j].blue);
        }
    }
}

/* Pictures and checkpoints name colours by index: the order is frozen. */
static void order_is_that_of_2017(void **state)
{
    assert_string_equal(palette[3].name, "black");
    assert_string_equal(palette[5].name, "red");
    assert_string_equal(palette[10].name, "green");
    assert_string_equal(palette[12].name, "blue");
    assert_string_equal(palette[15].name, "dark purple");
    assert_true(palette[5].red == 0xe5 && palette[5].green == 0x00 && palette[5].blue == 0x09);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_is_white),
        cmocka_unit_test(colours_differ),
        cmocka_unit_test(order_is_that_of_2017),
    };
    return cmocka_run_group_tests_name("palette", tests, NULL, NULL);
}
