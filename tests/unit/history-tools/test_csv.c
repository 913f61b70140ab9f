/* SPDX-License-Identifier: ISC */
/* test_csv: rows, and who made which edit. */
#include "cmocka_all.h"
#include "export/csv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "core/edit.h"

static void expect_row(const char *expected, int64_t time_ms, const uint64_t *author, int32_t x,
                       int32_t y, uint32_t colour)
{
    char text[OUTPUT_ROOM_MAX];
    size_t len = csv_row(text, time_ms, author, x, y, colour);
    text[len] = '\0';
    assert_string_equal(text, expected);
}

static void rows(void **state)
{
    const uint64_t nobody = 0, somebody = 0x0123456789abcdef, last = UINT64_MAX;
    expect_row("1490991480000,,4,33,13\n", 1490991480000, NULL, 4, 33, 13);
    expect_row("0,0000000000000000,0,0,0\n", 0, &nobody, 0, 0, 0);
    expect_row(",0123456789abcdef,-1,-1024000,15\n", -1, &somebody, -1, -1024000, 15);
    expect_row("9223372036854775807,ffffffffffffffff,1023999,7,1\n", INT64_MAX, &last, 1023999, 7,
               1);
    expect_row("-9223372036854775808,,0,0,0\n", INT64_MIN, NULL, 0, 0, 0);
}

/* A source of a few records. */
struct few {
    struct source source; /* first */
    const struct source_record *records;
    size_t n, at;
};

static int seek(struct source *source, uint64_t from, uint64_t to)
{
    ((struct few *)source)->at = 0;
    return 0;
}

static enum source_result next(struct source *source, struct source_record *record)
{
    struct few *few = (struct few *)source;
    if (few->at == few->n)
        return SOURCE_END;
    *record = few->records[few->at++];
    return SOURCE_RECORD;
}

static const struct source_ops ops = {.seek = seek, .next = next};

static void export(const struct source_record *records, size_t n, const struct region *region,
                   char *text, size_t room, struct csv_counts *counts)
{
    static struct output output;
    struct progress progress;
    struct few few = {.source = {.ops = &ops, .end = 1000}, .records = records, .n = n};
    char path[] = "/tmp/test-csv-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(output_open(&output, path), 0);
    progress_begin(&progress, "exported", "edits", true, 0);
    assert_int_equal(csv_write(&few.source, 0, 1000, region, &output, &progress, counts), CSV_DONE);
    assert_int_equal(output_finish(&output), 0);
    close(fd);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, room - 1, file)] = '\0';
    fclose(file);
    unlink(path);
}

static void authors_are_those_of_their_edits(void **state)
{
    uint8_t edits[15], header[31] = {AUTHORS_VERSION};
    char text[1000];
    struct csv_counts counts;
    for (uint32_t i = 0; i < 5; i++)
        edit_store(edits + 3 * i, edit_pack(i, 999 - i, i));
    static const uint16_t runs[] = {2, 1, 2};
    for (size_t i = 0; i < 3; i++) {
        store_u16(header + 1 + 10 * i, runs[i]);
        store_u64(header + 3 + 10 * i, 0xa0 + i);
    }
    const struct source_record records[] = {
        {.offset = 3, .time_ms = 50, .edits = edits, .n = 5, .authors = {header, sizeof header}},
        {.offset = 4, .time_ms = -1, .position = {-1, 2}, .edits = edits, .n = 2},
    };
    export(records, 2, NULL, text, sizeof text, &counts);
    assert_string_equal(text,
                        "ts,user,x_coordinate,y_coordinate,color\n"
                        "50,00000000000000a0,0,999,0\n"
                        "50,00000000000000a0,1,998,1\n"
                        "50,00000000000000a1,2,997,2\n"
                        "50,00000000000000a2,3,996,3\n"
                        "50,00000000000000a2,4,995,4\n"
                        ",,-1000,2999,0\n"
                        ",,-999,2998,1\n");
    assert_int_equal(counts.edits, 7);
    assert_int_equal(counts.timeless, 2);
    /* Edits outside are left out, and so are their authors. */
    const struct region region = {1, 997, 2, 1};
    export(records, 2, &region, text, sizeof text, &counts);
    assert_string_equal(text,
                        "ts,user,x_coordinate,y_coordinate,color\n"
                        "50,00000000000000a1,2,997,2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(authors_are_those_of_their_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
