/* SPDX-License-Identifier: ISC */
/* Command lines that are taken, what they mean, and those that are refused. */
#include "cmocka_all.h"
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 32 };

/* Read "timelapse" and the words of a line, which are separated by one blank. */
static enum options_result read_line(const char *line, struct options *options)
{
    static char copy[4096];
    char name[] = "timelapse", *argv[WORDS_MAX + 1] = {name};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *at = copy, *word; (word = strsep(&at, " ")) && argc < WORDS_MAX;)
        argv[argc++] = word;
    optind = 0; /* glibc: begin anew */
    return timelapse_options_read(argc, argv, options);
}

static void a_full_line_is_understood(void **state)
{
    struct options o;
    assert_int_equal(
        read_line("--log d --out f.webp --from 12 --to 2026-04-01T12:00:00Z --fps 30 --speed 2.5 "
                  "--skip-idle 60 --region -5,3,10,20 --scale 1/4 --hold 0.25 --threads 3 --quiet "
                  "-X a=b",
                  &o),
        OPTIONS_RUN);
    assert_string_equal(o.log, "d");
    assert_int_equal(o.format, FORMAT_WEBP);
    assert_true(o.has_from && !o.from.is_time && o.from.version == 12);
    assert_true(o.has_to && o.to.is_time && o.to.time_ms == 1775044800000);
    assert_int_equal(o.fps, 30);
    assert_int_equal(o.speed_milli, 2500);
    assert_int_equal(o.idle_ms, 60000);
    assert_true(o.has_region && o.region.x == -5 && o.region.height == 20);
    assert_true(o.zoom == 1 && o.shrink == 4);
    assert_int_equal(o.hold_ms, 250);
    assert_int_equal(o.threads, 3);
    assert_true(o.quiet && !o.anew);
    assert_string_equal(o.properties[0].value, "b");
}

static void what_is_not_said_has_a_default(void **state)
{
    struct options o;
    assert_int_equal(read_line("--log d --out -", &o), OPTIONS_RUN);
    assert_true(o.format == FORMAT_RAW && o.fps == 25 && o.zoom == 1 && o.shrink == 1 &&
                o.hold_ms == 2000 && o.idle_ms == -1 && o.speed_milli == 0 &&
                o.edits_per_frame == 0);
    assert_int_equal(read_line("--log d --out a/b.png --scale 7 --anew", &o), OPTIONS_RUN);
    assert_true(o.format == FORMAT_PNG && o.zoom == 7 && o.shrink == 1 && o.anew);
}

static void lines_that_are_wrong(void **state)
{
    static const char *const lines[] = {
        "",
        "--log d",
        "--out f.webp",
        "--log d --out f.gif",
        "--log d --out .webp",
        "--log d --out .png",
        "--log d --out",
        "--log d --out f.webp more",
        "--log d --out f.webp --fps 0",
        "--log d --out f.webp --fps 91",
        "--log d --out - --fps 241",
        "--log d --out f.webp --fps -1",
        "--log d --out f.webp --fps 2x",
        "--log d --out f.webp --fps 99999999999999999999",
        "--log d --out f.webp --speed 0",
        "--log d --out f.webp --speed 1e3",
        "--log d --out f.webp --speed 0.0001",
        "--log d --out f.webp --speed .5",
        "--log d --out f.webp --speed 1.",
        "--log d --out f.webp --speed -1",
        "--log d --out f.webp --speed 1000000001",
        "--log d --out f.webp --speed nan",
        "--log d --out f.webp --speed 1 --edits-per-frame 1",
        "--log d --out f.webp --edits-per-frame 0",
        "--log d --out f.webp --edits-per-frame -5",
        "--log d --out f.webp --skip-idle 5",
        "--log d --out f.webp --edits-per-frame 1 --skip-idle 5",
        "--log d --out f.webp --speed 1 --skip-idle x",
        "--log d --out f.webp --region 0,0,0,0",
        "--log d --out f.webp --region 1,2,3",
        "--log d --out f.webp --scale 0",
        "--log d --out f.webp --scale 1/0",
        "--log d --out f.webp --scale 1001",
        "--log d --out f.webp --scale 1/1001",
        "--log d --out f.webp --scale 2/3",
        "--log d --out f.webp --scale 1/",
        "--log d --out f.webp --scale 0.5",
        "--log d --out f.webp --hold 3601",
        "--log d --out f.webp --hold -1",
        "--log d --out f.webp --threads 0",
        "--log d --out f.webp --threads 65",
        "--log d --out f.webp --from -1",
        "--log d --out f.webp --from yesterday",
        "--log d --out f.webp --to 1.5",
        "--log d --out - --anew",
        "--log d --out f.webp -X nothing",
        "--log d --out f.webp --nonsense",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options o;
        if (read_line(lines[i], &o) != OPTIONS_WRONG)
            fail_msg("'%s' was taken", lines[i]);
    }
}

/* Every option that shapes the output shows in the command's text; the others do not. */
static void commands_differ_where_their_output_does(void **state)
{
    static const char *const others[] = {
        "--fps 24",
        "--speed 1",
        "--speed 2",
        "--edits-per-frame 1",
        "--speed 1 --skip-idle 3",
        "--region 0,0,1,1",
        "--scale 2",
        "--scale 1/2",
        "--hold 1",
        "--from 1",
        "--to 1",
        "--to 1000000000000",
    };
    enum { N = sizeof others / sizeof *others };
    char commands[N + 1][OPTIONS_COMMAND_BYTES], line[256];
    struct options o;
    for (int i = 0; i <= N; i++) {
        snprintf(line, sizeof line, "--log d --out f.webp%s%s", i < N ? " " : "",
                 i < N ? others[i] : "");
        assert_int_equal(read_line(line, &o), OPTIONS_RUN);
        timelapse_options_command(&o, commands[i]);
        assert_null(strchr(commands[i], '\n'));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(commands[i], commands[j]);
    }
    char command[OPTIONS_COMMAND_BYTES];
    assert_int_equal(read_line("--log other --out g.webp --threads 9 --quiet --anew --fps 25", &o),
                     OPTIONS_RUN);
    timelapse_options_command(&o, command);
    assert_string_equal(command, commands[N]);
    assert_int_equal(read_line("--log d --out f.png", &o), OPTIONS_RUN);
    timelapse_options_command(&o, command);
    assert_string_not_equal(command, commands[N]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_line_is_understood),
        cmocka_unit_test(what_is_not_said_has_a_default),
        cmocka_unit_test(lines_that_are_wrong),
        cmocka_unit_test(commands_differ_where_their_output_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
