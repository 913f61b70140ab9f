/* SPDX-License-Identifier: ISC */
/* PRED on the command line: joined, and refused when it is surely wrong. */
#include "which.h"

#include <string.h>

#include "cmocka_all.h"

static bool join(const char *const *words, size_t n, const char *except, char which[WHICH_BYTES],
                 char error[WHICH_ERROR_BYTES])
{
    struct arguments arguments = {.n = n};
    memcpy(arguments.words, words, n * sizeof *words);
    arguments.values[OPTION_EXCEPT] = except;
    return which_join(&arguments, which, error);
}

static void parts_become_one_text(void **state)
{
    char which[WHICH_BYTES], error[WHICH_ERROR_BYTES];
    const char *const words[] = {"u:8000000000000001", "r:-5,0,10,10", "t:2h"};
    assert_true(join(words, 3, "u:8000000000000002", which, error));
    assert_string_equal(which, "u:8000000000000001 r:-5,0,10,10 t:2h --except u:8000000000000002");
    const char *const quoted[] = {"net:0123456789abcdef c:3  t:1h --except u:8000000000000002"};
    assert_true(join(quoted, 1, NULL, which, error));
    const char *const action[] = {"a:7"};
    assert_true(join(action, 1, NULL, which, error)); /* needs no time */
}

static void what_is_surely_wrong_is_refused(void **state)
{
    static const struct {
        const char *text, *except, *said;
    } cases[] = {
        {"u:8000000000000001", NULL, "a time"},
        {"t:", NULL, "t:: expected"},
        {"x:5 t:2h", NULL, "x:5: expected"},
        {"amber-fox-41 t:2h", NULL, "amber-fox-41"},
        {"t:2h --except", NULL, "--except"},
        {"t:2h --except r:0,0,1,1", NULL, "u:A"},
        {"--except u:a t:2h", NULL, ""},    /* fine */
        {"u:a --except t:2h", NULL, "u:A"}, /* no time at all, then */
        {"", NULL, "a time"},
        {"t:2h", "a:7", "u:A"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char which[WHICH_BYTES], error[WHICH_ERROR_BYTES] = "";
        bool good = join(&cases[i].text, 1, cases[i].except, which, error);
        if (good != !*cases[i].said || !strstr(error, cases[i].said))
            fail_msg("%s: %d %s", cases[i].text, good, error);
    }
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    static char text[WHICH_BYTES + 10];
    char which[WHICH_BYTES], error[WHICH_ERROR_BYTES];
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "t:", 2);
    const char *const words[] = {text, text, "t:2h"};
    assert_false(join(words, 3, "u:b", which, error));
    text[WHICH_BYTES - 1] = '\0'; /* the longest */
    assert_true(join(words, 1, NULL, which, error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_become_one_text),
        cmocka_unit_test(what_is_surely_wrong_is_refused),
        cmocka_unit_test(a_text_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
