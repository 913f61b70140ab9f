/* SPDX-License-Identifier: ISC */
/* test_blocks_index: what an index says, and that nothing it could say does harm. What is refused,
 * and how it is said, tests/system/test_verify.py asks. */
#include "cmocka_all.h"
#include "common/blocks_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZEROES "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES   "1111111111111111111111111111111111111111111111111111111111111111"

static const char text[] =
    "{\"genesis\":\"000102030405060708090a0b0c0d0e0f\",\"version\":9007199254740991,"
    "\"canvases\":[{\"x\":5,\"y\":-7,\"version\":900,\"edits\":70003,\"blocks\":["
    "{\"block\":0,\"from\":0,\"to\":800,\"records\":700,\"edits\":70000,\"time\":-1,"
    "\"time_to\":1e300,\"bytes\":224064,\"sha256\":\"" ZEROES "\",\"chain\":\"" ONES
    "\"}],"
    "\"tail\":{\"block\":1,\"from\":800,\"to\":900,\"records\":2,\"edits\":3,\"time\":5,"
    "\"time_to\":6}},"
    "{\"x\":-5,\"y\":0,\"version\":0,\"edits\":0,\"blocks\":[],\"tail\":{\"block\":0,\"from\":0,"
    "\"to\":0,\"records\":0,\"edits\":0,\"time\":null,\"time_to\":null}}]}";

static void close_nothing(struct blocks *blocks)
{
}

static const struct blocks_ops ops = {.close = close_nothing};

static int parse(struct blocks *blocks, const char *json, size_t len)
{
    char error[BLOCKS_ERROR_BYTES];
    *blocks = (struct blocks){.ops = &ops};
    return blocks_index_parse(blocks, json, len, error);
}

static void all_that_is_said_is_taken(void **state)
{
    struct blocks blocks;
    assert_int_equal(parse(&blocks, text, strlen(text)), 0);
    assert_true(blocks.has_genesis);
    for (size_t i = 0; i < GENESIS_BYTES; i++)
        assert_int_equal(blocks.genesis[i], i);
    assert_true(blocks.version == 9007199254740991);
    assert_int_equal(blocks.n_canvases, 2);
    const struct blocks_canvas *canvas = blocks_find(&blocks, (struct position){5, -7});
    assert_ptr_equal(canvas, &blocks.canvases[0]);
    assert_int_equal(canvas->version, 900);
    assert_int_equal(canvas->edits, 70003);
    assert_int_equal(canvas->n_rows, 1);
    const struct blocks_row *row = &canvas->rows[0], *tail = &canvas->tail;
    assert_int_equal(row->to, 800);
    assert_int_equal(row->records, 700);
    assert_int_equal(row->edits, 70000);
    assert_true(row->time == -1 && row->time_to == BLOCKS_NO_TIME);
    assert_true(row->has_digests);
    assert_int_equal(row->sha256[31], 0);
    assert_int_equal(row->chain[31], 0x11);
    assert_int_equal(tail->from, 800);
    assert_int_equal(tail->edits, 3);
    assert_true(tail->time == 5 && tail->time_to == 6 && !tail->has_digests);
    assert_ptr_equal(blocks_find(&blocks, (struct position){-5, 0}), &blocks.canvases[1]);
    assert_null(blocks_find(&blocks, (struct position){0, 0}));
    blocks_close(&blocks);
}

static void a_text_that_ends_too_early_is_refused(void **state)
{
    for (size_t len = 0; len < strlen(text); len++) {
        struct blocks blocks;
        char *exact = malloc(len ? len : 1);
        assert_non_null(exact);
        memcpy(exact, text, len);
        assert_int_equal(parse(&blocks, exact, len), -1);
        blocks_close(&blocks);
        free(exact);
    }
}

/* Any byte another one: accepted or refused, nothing is read or freed that should not be. */
static void a_text_that_is_damaged_does_no_harm(void **state)
{
    static const char others[] = "0-9e{}[]\",:nx\x7f";
    size_t refused = 0, n = 0;
    for (size_t at = 0; at < strlen(text); at++) {
        for (size_t i = 0; i < strlen(others); i++, n++) {
            struct blocks blocks;
            char *damaged = strdup(text);
            assert_non_null(damaged);
            damaged[at] = others[i];
            refused += parse(&blocks, damaged, strlen(text)) != 0;
            blocks_close(&blocks);
            free(damaged);
        }
    }
    /* Some digits of hashes and of times may be any. */
    assert_true(refused > n / 2 && refused < n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_said_is_taken),
        cmocka_unit_test(a_text_that_ends_too_early_is_refused),
        cmocka_unit_test(a_text_that_is_damaged_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
