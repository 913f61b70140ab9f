/* SPDX-License-Identifier: ISC */
/* What a stopped run leaves is read as it was written, and anything else is not taken. */
#include "cmocka_all.h"
#include "core/crc32c.h"
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/test-timelapse-state-XXXXXX";

static const struct state full = {
    .command = "webp from=- to=time:-5 region=-1,2,3,4 fps=25",
    .plan = {.genesis = {0, 1, 0xfe, 0xff, [15] = 9},
             .from = 5,
             .to = UINT64_MAX,
             .region = {-1024000, 1023999, 2048000, 1},
             .tempo = {.fps = 90, .speed_milli = 1, .idle_ms = -1},
             .frames = 7},
    .frame = 6,
    .picture_crc = 0xabcdef,
    .bytes = UINT64_C(1) << 40,
    .bytes_crc = UINT32_MAX,
};

static void write_bytes(const void *bytes, size_t len)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static size_t read_bytes(char text[4096])
{
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t len = fread(text, 1, 4095, file);
    text[len] = '\0';
    fclose(file);
    return len;
}

static void what_is_saved_is_loaded(void **state)
{
    char error[STATE_ERROR_BYTES];
    struct state loaded;
    assert_int_equal(state_save(path, &full, error), 0);
    assert_int_equal(state_load(path, &loaded, error), STATE_READ);
    assert_string_equal(loaded.command, full.command);
    assert_memory_equal(loaded.plan.genesis, full.plan.genesis, GENESIS_BYTES);
    assert_true(loaded.plan.from == full.plan.from && loaded.plan.to == full.plan.to &&
                loaded.plan.frames == full.plan.frames && loaded.frame == full.frame &&
                loaded.picture_crc == full.picture_crc && loaded.bytes == full.bytes &&
                loaded.bytes_crc == full.bytes_crc);
    assert_memory_equal(&loaded.plan.region, &full.plan.region, sizeof full.plan.region);
    assert_true(loaded.plan.tempo.fps == 90 && loaded.plan.tempo.speed_milli == 1 &&
                loaded.plan.tempo.idle_ms == -1 && loaded.plan.tempo.edits_per_frame == 0);
}

static void no_file_is_no_state(void **state)
{
    char error[STATE_ERROR_BYTES];
    struct state loaded;
    unlink(path);
    assert_int_equal(state_load(path, &loaded, error), STATE_NONE);
}

static void no_byte_may_differ(void **state)
{
    char error[STATE_ERROR_BYTES], text[4096];
    struct state loaded;
    assert_int_equal(state_save(path, &full, error), 0);
    size_t len = read_bytes(text);
    for (size_t i = 0; i < len; i++) {
        text[i] ^= 1;
        write_bytes(text, len);
        if (state_load(path, &loaded, error) != STATE_BAD)
            fail_msg("byte %zu of %zu", i, len);
        text[i] ^= 1;
        write_bytes(text, i);
        assert_int_equal(state_load(path, &loaded, error), STATE_BAD);
    }
    text[len] = '\n';
    write_bytes(text, len + 1);
    assert_int_equal(state_load(path, &loaded, error), STATE_BAD);
    static char large[100000];
    write_bytes(large, sizeof large);
    assert_int_equal(state_load(path, &loaded, error), STATE_BAD);
}

/* With a right CRC: numbers that the program would not have written. */
static void numbers_that_make_no_sense_are_not_taken(void **state)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"fps 90", "fps 0"},
        {"speed-milli 1\n", "speed-milli 0\n"},
        {"edits-per-frame 0", "edits-per-frame 5"},
        {"from 5", "from 05"},
        {"from 5", "from +5"},
        {"from 5", "from 18446744073709551621"},
        {"region -1024000,1023999,2048000,1", "region -1024001,1023999,2048000,1"},
        {"region -1024000,1023999,2048000,1", "region -1024000,1023999,2048001,1"},
        {"region -1024000,1023999,2048000,1", "region -1024000,1023999,0,1"},
        {"frame 6", "frame  6"},
        {"genesis 00", "genesis 0 "},
        {"timelapse-state 1", "timelapse-state 2"},
    };
    char error[STATE_ERROR_BYTES], text[4096], changed[8192];
    struct state loaded;
    assert_int_equal(state_save(path, &full, error), 0);
    size_t len = read_bytes(text);
    text[len - strlen("crc 01234567\n")] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *at = strstr(text, rows[i].from);
        assert_non_null(at);
        int n = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, rows[i].to,
                         at + strlen(rows[i].from));
        n += sprintf(changed + n, "crc %08x\n", crc32c(0, changed, (size_t)n));
        write_bytes(changed, (size_t)n);
        if (state_load(path, &loaded, error) != STATE_BAD)
            fail_msg("%s", rows[i].to);
    }
    int n = snprintf(changed, sizeof changed, "%s", text);
    n += sprintf(changed + n, "crc %08x\n", crc32c(0, changed, (size_t)n));
    write_bytes(changed, (size_t)n);
    assert_int_equal(state_load(path, &loaded, error),
                     STATE_READ); /* the harness itself is right */
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    char error[STATE_ERROR_BYTES] = "";
    assert_int_equal(state_save("/nonexistent/state", &full, error), -1);
    assert_non_null(strstr(error, "/nonexistent/state"));
}

static int remove_file(void **state)
{
    unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_is_loaded),
        cmocka_unit_test(no_file_is_no_state),
        cmocka_unit_test(no_byte_may_differ),
        cmocka_unit_test(numbers_that_make_no_sense_are_not_taken),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        return 1;
    close(descriptor);
    return cmocka_run_group_tests(tests, NULL, remove_file);
}
