/* SPDX-License-Identifier: ISC */
/* Canvases are named by canonical coordinates, and taken from what /info says. */
#include <string.h>

#include "cmocka_all.h"
#include "plane_info.h"

static void only_canonical_places_are_places(void **state)
{
    static const struct {
        const char *text;
        int x, y;
    } good[] = {{"0,0", 0, 0}, {"-1024,1023", -1024, 1023}, {"7,-10", 7, -10}};
    static const char *const bad[] = {
        "",     ",",     "0",     "0,",    ",0",    "0,0,0",  "-0,0",    "+1,0",
        "00,0", "0,007", " 0,0",  "0, 0",  "0,0 ",  "1024,0", "-1025,0", "0,99999",
        "x,0",  "0,-",   "1.0,0", "-01,0", "0x1,0", "1e1,0",
    };
    struct position position;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(plane_position(good[i].text, &position));
        assert_int_equal(position.gx, good[i].x);
        assert_int_equal(position.gy, good[i].y);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(plane_position(bad[i], &position));
}

static int parse(const char *json, struct position *positions, size_t max)
{
    return plane_open_canvases(json, strlen(json), positions, max);
}

static void open_canvases_are_taken_from_info(void **state)
{
    struct position positions[2];
    const char *info =
        "{\"version\":9,\"canvases\":[{\"x\":-1,\"y\":2,\"open\":true,\"version\":7},"
        "{\"x\":5,\"y\":5,\"open\":false,\"version\":3},"
        "{\"x\":0,\"y\":0,\"open\":true,\"version\":0},"
        "{\"x\":1,\"y\":0,\"open\":true,\"version\":0}]}";
    assert_int_equal(parse(info, positions, 2), 2);
    assert_int_equal(positions[0].gx, -1);
    assert_int_equal(positions[0].gy, 2);
    assert_int_equal(positions[1].gx, 0);
    assert_int_equal(parse("{\"canvases\":[{\"x\":-1024,\"y\":1023,\"open\":true}]}", positions, 2),
                     1);
    assert_int_equal(positions[0].gx, -1024);
    assert_int_equal(positions[0].gy, 1023);
    assert_int_equal(parse("{\"canvases\":[]}", positions, 2), 0);
    assert_int_equal(parse("{\"version\":9}", positions, 2), -1);
    assert_int_equal(parse("{\"canvases\":[{\"x\":1,\"open\":true}]}", positions, 2), -1);
    assert_int_equal(parse("{\"canvases\":[{\"x\":0.5,\"y\":0,\"open\":true}]}", positions, 2), -1);
    assert_int_equal(parse("{\"canvases\":[{\"x\":4000,\"y\":0,\"open\":true}]}", positions, 2),
                     -1);
    assert_int_equal(parse("404", positions, 2), -1);
    assert_int_equal(parse("{\"canvases\":[", positions, 2), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_canonical_places_are_places),
        cmocka_unit_test(open_canvases_are_taken_from_info),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
