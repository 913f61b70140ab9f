/* SPDX-License-Identifier: ISC */
/* test_record: the frozen skip rule, the origin, and anchors computed by another program. */
#include "cmocka_all.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "core/record.h"

#define SPAN(bytes) ((struct span){(bytes), sizeof(bytes)})

static size_t count(const uint8_t *bytes, size_t len)
{
    struct record record = {.value = {bytes, len}};
    return record_edits(&record).n;
}

static void good_value_counts_its_edits(void **state)
{
    uint8_t bytes[3 * EDIT_BYTES];
    for (uint32_t i = 0; i < 3; i++)
        edit_store(bytes + EDIT_BYTES * i, edit_pack(999, i, 15));
    for (size_t n = 1; n <= 3; n++) {
        struct record record = {.value = {bytes, EDIT_BYTES * n}};
        struct record_edits edits = record_edits(&record);
        assert_int_equal(edits.n, n);
        assert_ptr_equal(edits.edits, bytes);
        assert_true(position_equal(edits.position, (struct position){0, 0}));
    }
}

static void a_value_of_one_more_than_a_multiple_of_three_begins_with_a_position(void **state)
{
    static const struct position good[] = {{0, 0}, {-1, 2}, {1023, 1023}, {-1024, -1024}, {7, -9}};
    uint8_t bytes[POSITION_BYTES + 2 * EDIT_BYTES];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        position_store(bytes, good[i]);
        edit_store(bytes + POSITION_BYTES, edit_pack(1, 2, 3));
        edit_store(bytes + POSITION_BYTES + EDIT_BYTES, edit_pack(999, 999, 4));
        struct record record = {.value = SPAN(bytes)};
        struct record_edits edits = record_edits(&record);
        assert_int_equal(edits.n, 2);
        assert_ptr_equal(edits.edits, bytes + POSITION_BYTES);
        assert_true(position_equal(edits.position, good[i]));
    }
    position_store(bytes, (struct position){0x0102, -2});
    assert_memory_equal(bytes, ((uint8_t[]){0x02, 0x01, 0xfe, 0xff}), POSITION_BYTES);
}

static void a_position_out_of_range_is_skipped_whole(void **state)
{
    static const struct position bad[] = {{1024, 0}, {0, 1024}, {-1025, 0}, {0, -1025}, {32767, 0}};
    uint8_t bytes[POSITION_BYTES + EDIT_BYTES] = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        position_store(bytes, bad[i]);
        assert_int_equal(count(bytes, sizeof bytes), 0);
    }
}

static void bad_values_are_skipped_whole(void **state)
{
    uint8_t bytes[4 * EDIT_BYTES] = {0};
    assert_int_equal(count(NULL, 0), 0); /* Kafka's null value */
    for (size_t len = 0; len <= sizeof bytes; len++) {
        size_t edits = len % 3 == 0 ? len / 3 : len % 3 == 1 && len > 4 ? (len - 4) / 3 : 0;
        assert_int_equal(count(bytes, len), edits);
    }
    edit_store(bytes + 3 * EDIT_BYTES, edit_pack(0, 1000, 0));
    assert_int_equal(count(bytes, sizeof bytes), 0);
    edit_store(bytes + 3 * EDIT_BYTES, edit_pack(1000, 0, 0));
    assert_int_equal(count(bytes, sizeof bytes), 0);
    edit_store(bytes + POSITION_BYTES, edit_pack(0, 1000, 0));
    assert_int_equal(count(bytes, POSITION_BYTES + EDIT_BYTES), 0);
}

static void headers_do_not_matter_to_the_skip_rule(void **state)
{
    uint8_t edit[EDIT_BYTES] = {0}, junk[5] = {9, 9, 9, 9, 9};
    struct record record = {
        .value = SPAN(edit), .authors = SPAN(junk), .origin = SPAN(junk), .genesis = SPAN(junk)};
    assert_int_equal(record_edits(&record).n, 1);
}

static void origin_comes_back(void **state)
{
    uint8_t bytes[ORIGIN_BYTES];
    struct origin origin = {0x0102030405060708, 9}, read;
    origin_store(bytes, &origin);
    assert_int_equal(bytes[0], 0x08);
    assert_int_equal(bytes[7], 0x01);
    assert_int_equal(bytes[8], 9);
    struct record record = {.origin = SPAN(bytes)};
    assert_true(record_origin(&record, &read));
    assert_true(read.nonce == origin.nonce && read.batch == origin.batch);
}

static void malformed_origin_is_none(void **state)
{
    uint8_t bytes[ORIGIN_BYTES + 1] = {0};
    struct origin origin;
    struct record record = {.origin = {NULL, 0}};
    assert_false(record_origin(&record, &origin));
    record.origin = (struct span){bytes, ORIGIN_BYTES - 1};
    assert_false(record_origin(&record, &origin));
    record.origin = (struct span){bytes, ORIGIN_BYTES + 1};
    assert_false(record_origin(&record, &origin));
}

/* The CRCs come from a bitwise CRC-32C in Python over the order that PROTOCOL.md gives. */
static void anchors_are_known(void **state)
{
    static const uint8_t value[] = {1, 2, 3, 4, 5, 6};
    uint8_t authors[17] = {1}, origin[ORIGIN_BYTES], genesis[GENESIS_BYTES];
    store_u64(authors + 1, 0);
    store_u64(authors + 9, 0x1122334455667788);
    origin_store(origin, &(struct origin){0x0102030405060708, 9});
    for (uint8_t i = 0; i < GENESIS_BYTES; i++)
        genesis[i] = i;

    struct record record = {.offset = 42, .time_ms = -1, .value = SPAN(value)};
    struct anchor anchor = record_anchor(&record);
    assert_true(anchor.offset == 42 && anchor.time_ms == -1);
    assert_int_equal(anchor.crc, 0x4f4dfbab);

    record.origin = SPAN(origin);
    assert_int_equal(record_anchor(&record).crc, 0x61fe17c7);
    record.authors = SPAN(authors);
    record.genesis = SPAN(genesis);
    assert_int_equal(record_anchor(&record).crc, 0xca684c98);

    uint8_t energy[9] = {1};
    store_u32(energy + 1, 1000);
    store_u32(energy + 5, UINT32_MAX);
    record.energy = SPAN(energy);
    assert_int_equal(record_anchor(&record).crc, 0x53dd4007);
    record.energy = (struct span){NULL, 0};

    /* A header that is there but empty is not the same as none. */
    record.origin.data = record.genesis.data = NULL;
    record.authors.len = 0;
    assert_int_equal(record_anchor(&record).crc, 0x2620803e);

    struct record empty = {.value = {NULL, 0}};
    assert_int_equal(record_anchor(&empty).crc, 0);
}

static void anchors_are_equal_in_all_parts_only(void **state)
{
    struct anchor a = {1, 2, 3}, b = a;
    assert_true(anchor_equal(&a, &b));
    b.offset++;
    assert_false(anchor_equal(&a, &b));
    b = a;
    b.time_ms++;
    assert_false(anchor_equal(&a, &b));
    b = a;
    b.crc++;
    assert_false(anchor_equal(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_value_counts_its_edits),
        cmocka_unit_test(a_value_of_one_more_than_a_multiple_of_three_begins_with_a_position),
        cmocka_unit_test(a_position_out_of_range_is_skipped_whole),
        cmocka_unit_test(bad_values_are_skipped_whole),
        cmocka_unit_test(headers_do_not_matter_to_the_skip_rule),
        cmocka_unit_test(origin_comes_back),
        cmocka_unit_test(malformed_origin_is_none),
        cmocka_unit_test(anchors_are_known),
        cmocka_unit_test(anchors_are_equal_in_all_parts_only),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
