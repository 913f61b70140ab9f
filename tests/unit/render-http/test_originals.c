/* SPDX-License-Identifier: ISC */
/* Uploaded pictures are listed by time, whatever order they came in, and as their folder has them.
 */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/http/originals.h"
#include "render/http/stencil_link.h"

static char dir[] = "/tmp/test-originals-XXXXXX";

static struct original original(unsigned number, int64_t time_ms)
{
    struct original made = {
        .type = HEADER_PNG, .width = number + 1, .height = 7, .bytes = 99, .time_ms = time_ms};
    snprintf(made.id, sizeof made.id, "%064x", number);
    return made;
}

static void put(struct originals *originals, const struct original *made)
{
    char name[ORIGINAL_NAME_BYTES], json[ORIGINAL_JSON_BYTES];
    original_name(made->id, "about.json", name);
    const size_t len = original_write(made, json);
    assert_int_equal(store_put(originals_store(originals), name, json, len, false), 0);
}

static void what_is_written_is_read_again(void **state)
{
    char json[ORIGINAL_JSON_BYTES], again[ORIGINAL_JSON_BYTES];
    struct original made = original(5, 1795649577550), read;
    size_t len = original_write(&made, json);
    assert_true(original_read(&read, made.id, (const uint8_t *)json, len));
    assert_int_equal(original_write(&read, again), len);
    assert_memory_equal(again, json, len);
    for (size_t part = 0; part < len; part++) /* half a file is none */
        assert_false(original_read(&read, made.id, (const uint8_t *)json, part));
    struct original other = original(6, 1);
    assert_false(original_read(&read, other.id, (const uint8_t *)json, len));
    static const char *const wrong[] = {"[]", "{}", "{\"id\":5}", "null"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(original_read(&read, made.id, (const uint8_t *)wrong[i], strlen(wrong[i])));
    len = original_event(&made, json);
    assert_non_null(memmem(json, len, "{\"t\":\"image\",", 13));
}

static void assert_list(struct originals *originals, int64_t before, size_t n,
                        const unsigned *expected)
{
    struct original list[10];
    const size_t found = originals_list(originals, before, list, n);
    for (size_t i = 0; i < found; i++)
        assert_int_equal(list[i].width, expected[i] + 1);
    assert_int_equal(expected[found], 99);
}

static void the_newest_come_first(void **state)
{
    static const int64_t times[] = {300, 100, 500, 200, 400};
    char error[STORE_ERROR_BYTES];
    struct originals *originals = originals_open(dir, error);
    assert_non_null(originals);
    for (unsigned i = 0; i < 5; i++) {
        const struct original made = original(i, times[i]);
        assert_false(originals_has(originals, made.id));
        put(originals, &made);
        originals_add(originals, made.id, made.time_ms);
        originals_add(originals, made.id, made.time_ms); /* heard of once more */
        assert_true(originals_has(originals, made.id));
    }
    for (int again = 0; again < 2; again++) {
        assert_list(originals, INT64_MAX, 10, (unsigned[]){2, 4, 0, 3, 1, 99});
        assert_list(originals, INT64_MAX, 2, (unsigned[]){2, 4, 99});
        assert_list(originals, 400, 2, (unsigned[]){0, 3, 99});
        assert_list(originals, 100, 2, (unsigned[]){99});
        assert_true(originals_time(originals) > 500);
        originals_close(originals);
        originals = originals_open(dir, error); /* as the folder has them */
        assert_non_null(originals);
    }
    struct original made = original(9, INT64_C(4000000000000)); /* of a clock that is ahead */
    put(originals, &made);
    originals_add(originals, made.id, made.time_ms);
    assert_true(originals_time(originals) == made.time_ms + 1);
    assert_int_equal(originals_file(originals, made.id), -1);
    originals_close(originals);
}

static void a_stencil_link_is_made_of_what_is_a_host_only(void **state)
{
    char link[STENCIL_LINK_BYTES];
    const struct original made = original(0xabc, 1);
    assert_true(stencil_link(link, "https://c.example/", "[::1]:8082", true, made.id));
    assert_string_equal(link,
                        "https://c.example/#template=https%3A%2F%2F%5B%3A%3A1%5D%3A8082%2Fimages%2F"
                        "0000000000000000000000000000000000000000000000000000000000000abc%2Fstencil"
                        "&title=00000000");
    static const char *const wrong[] = {"", "a/b", "a b", "a@b", "a#b", "\xc3\xa4.example"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(stencil_link(link, "https://c.example/", wrong[i], false, made.id));
    char canvas[STENCIL_LINK_BYTES];
    memset(canvas, 'a', sizeof canvas - 1);
    canvas[sizeof canvas - 1] = '\0';
    assert_false(stencil_link(link, canvas, "a", false, made.id));
}

static int make_folder(void **state)
{
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[sizeof dir + 16];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(the_newest_come_first),
        cmocka_unit_test(a_stencil_link_is_made_of_what_is_a_host_only),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
