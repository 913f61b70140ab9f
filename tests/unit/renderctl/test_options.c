/* SPDX-License-Identifier: ISC */
/* renderctl's command line, by its tables: how many words it takes, and which options it has not.
 */
#include "options.h"

#include "cmocka_all.h"
#include "commands.h"

enum { WORDS = 1 + ARGUMENTS_MAX + 1 }; /* the command, and an argument too many */

/* `renderctl requeue 7 7 ...` with n numbers. */
static bool read_numbers(struct arguments *arguments, size_t n)
{
    static char program[] = "renderctl", command[] = "requeue", number[] = "7";
    char *argv[1 + WORDS] = {program, command};
    for (size_t i = 0; i < n; i++)
        argv[2 + i] = number;
    return options_read(arguments, &renderctl_program, (int)n + 2, argv);
}

static void a_command_takes_so_many_arguments(void **state)
{
    struct arguments a;
    assert_true(read_numbers(&a, ARGUMENTS_MAX));
    assert_int_equal(a.n, ARGUMENTS_MAX);
    assert_string_equal(a.words[0], "7");
    assert_string_equal(a.words[ARGUMENTS_MAX - 1], "7");
    assert_false(read_numbers(&a, ARGUMENTS_MAX + 1));
}

static void options_of_placectl_are_none_here(void **state)
{
    static char program[] = "renderctl", command[] = "status";
    static char options[][16] = {"--token-file=x", "--why=x"};
    struct arguments a;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char *argv[] = {program, command, options[i]};
        assert_false(options_read(&a, &renderctl_program, 3, argv));
    }
    assert_null(options_value(&a, "why"));
    char *argv[] = {program, command};
    assert_true(options_read(&a, &renderctl_program, 2, argv));
    assert_ptr_equal(a.command, &renderctl_program.commands[0]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_takes_so_many_arguments),
        cmocka_unit_test(options_of_placectl_are_none_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
