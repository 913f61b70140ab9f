/* SPDX-License-Identifier: ISC */
/* The command line by its tables: what is taken, and what is refused. */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "commands.h"
#include "help.h"

enum { WORDS_MAX = 80 };

/* Read a line of words with blanks between them, into memory that lives on. */
static bool read_line(struct arguments *arguments, const char *line)
{
    static char text[4096];
    static char program[] = "placectl";
    char *argv[WORDS_MAX] = {program};
    int argc = 1;
    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word && argc < WORDS_MAX; word = strtok(NULL, " "))
        argv[argc++] = word;
    return options_read(arguments, &placectl_program, argc, argv);
}

static void options_stand_anywhere(void **state)
{
    struct arguments a;
    assert_true(read_line(&a, "--json ban --for 24h 8000000000000001 --why=spam"));
    assert_string_equal(a.command->name, "ban");
    assert_int_equal(a.n, 1);
    assert_string_equal(a.words[0], "8000000000000001");
    assert_string_equal(a.values[OPTION_FOR], "24h");
    assert_string_equal(a.values[OPTION_WHY], "spam");
    assert_true(option_given(&a, OPTION_JSON));
    assert_false(option_given(&a, OPTION_YES));
}

static void commands_have_one_word_or_two(void **state)
{
    struct arguments a;
    assert_true(read_line(&a, "region add corner 0,0,10,10 --closed"));
    assert_string_equal(a.command->name, "region add");
    assert_int_equal(a.n, 2);
    assert_true(read_line(&a, "region --closed add corner 0,0,10,10"));
    assert_string_equal(a.command->name, "region add");
    assert_true(read_line(&a, "rule simulate shape"));
    assert_string_equal(a.command->name, "rule simulate");
    assert_false(read_line(&a, "rule"));
    assert_false(read_line(&a, "rule sideways shape"));
}

static void a_negative_place_is_no_option(void **state)
{
    struct arguments a;
    assert_true(read_line(&a, "who -5,10"));
    assert_string_equal(a.words[0], "-5,10");
    assert_true(read_line(&a, "canvas open -1,-1 --at -2h"));
    assert_string_equal(a.values[OPTION_AT], "-2h");
    assert_true(read_line(&a, "report close -- --odd"));
    assert_string_equal(a.words[0], "--odd");
}

static void what_is_wrong_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "nonsense",
        "ban",
        "ban a b",
        "status now",
        "status --for 2h", /* not an option of this one */
        "ban a --for",     /* a value is missing */
        "ban a --for 1h --for 2h",
        "ban a --json=yes", /* a flag */
        "ban a --fo 1h",    /* no abbreviations: scripts would break when options come */
        "ban a -f 1h",
        "ban a --",
        "fill 0,0,1,1",
        "rollback --apply",
    };
    struct arguments a;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        bool good = strcmp(lines[i], "ban a --") == 0;
        if (read_line(&a, lines[i]) != good)
            fail_msg("%s", lines[i]);
    }
}

static void too_many_words_are_refused(void **state)
{
    char line[4096] = "lookup";
    struct arguments a;
    for (int i = 0; i < ARGUMENTS_MAX; i++)
        strcat(line, " u:a");
    assert_false(read_line(&a, line));
}

static void help_needs_nothing_else(void **state)
{
    struct arguments a;
    assert_true(read_line(&a, "--help"));
    assert_null(a.command);
    assert_true(read_line(&a, "ban --help"));
    assert_string_equal(a.command->name, "ban");
    assert_true(read_line(&a, "-h"));
    assert_true(option_given(&a, OPTION_HELP));
}

/* ---- completion ---- */

static const char *complete(const char *line)
{
    static char text[4096], words[4096];
    const char *parts[WORDS_MAX];
    size_t n = 0;
    snprintf(words, sizeof words, "%s", line);
    for (char *at = words, *end; n < WORDS_MAX; at = end + 1) { /* an empty last word, too */
        end = strchr(at, ' ');
        parts[n++] = at;
        if (!end)
            break;
        *end = '\0';
    }
    text[0] = '\0';
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    help_complete(out, &placectl_program, parts, n);
    fclose(out);
    return text;
}

static void a_shell_completes_by_the_tables(void **state)
{
    assert_string_equal(complete("unb"), "unban\n");
    assert_string_equal(complete("region "), "add\nrm\n");
    assert_string_equal(complete("canvas c"), "close\n");
    assert_string_equal(complete("token add joe --role mo"), "moderator\n");
    assert_string_equal(complete("ban x --ro"), "--rollback\n");
    assert_string_equal(complete("ban x --rol"), "--rollback\n");
    assert_string_equal(complete("palette gr"), "greys\n");
    assert_string_equal(complete("paste 0,0 "), ""); /* a file: the shell's own */
    assert_string_equal(complete("--json unb"), "unban\n");
    assert_string_equal(complete("ban x --why unb"), "");
}

static void every_command_can_be_completed_and_found(void **state)
{
    for (size_t i = 0; i < placectl_program.commands_n; i++) {
        const struct command *command = &placectl_program.commands[i];
        char line[64], first[64];
        struct arguments a;
        snprintf(line, sizeof line, "%s --help", command->name);
        assert_true(read_line(&a, line));
        assert_ptr_equal(a.command, command);
        snprintf(first, sizeof first, "%s", command->name);
        const char *offered = complete(first);
        const char *blank = strchr(command->name, ' ');
        assert_non_null(strstr(offered, blank ? blank + 1 : command->name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_anywhere),
        cmocka_unit_test(commands_have_one_word_or_two),
        cmocka_unit_test(a_negative_place_is_no_option),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(too_many_words_are_refused),
        cmocka_unit_test(help_needs_nothing_else),
        cmocka_unit_test(a_shell_completes_by_the_tables),
        cmocka_unit_test(every_command_can_be_completed_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
