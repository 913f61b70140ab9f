/* SPDX-License-Identifier: ISC */
/* test_local_record: the bytes of a record in the embedded log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collector.h"
#include "log/local/local_record.h"

/* The bytes of a record at offset 5, as every version of this program must read and write them. */
static const uint8_t golden[] = {
    0x77, 0x4e, 0x31, 0x6c, 0x4f, 0x00, 0x00, 0x00, 0x01, 0x07, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00,
    0x7b, 0x68, 0xe5, 0xcf, 0x8b, 0x01, 0x00, 0x00, 0xe7, 0x0b, 0x30, 0x01, 0x0c, 0x50, 0x01, 0x07,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x88,
    0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};

/* The same with a header e: format 2. The checksum comes from a bitwise CRC-32C in Python. */
static const uint8_t golden_energy[] = {
    0x7e, 0x8e, 0xe2, 0xfc, 0x5c, 0x00, 0x00, 0x00, 0x02, 0x0f, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00,
    0x7b, 0x68, 0xe5, 0xcf, 0x8b, 0x01, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0xe7, 0x0b, 0x30, 0x01,
    0x0c, 0x50, 0x01, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x80, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x03, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
    0x0d, 0x0e, 0x0f, 0x01, 0xe8, 0x03, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff};

static void the_bytes_of_a_record_stay_what_they_are(void **state)
{
    const uint8_t *genesis = golden + sizeof golden - GENESIS_BYTES;
    const struct log_batch batch = {.value = {golden + 24, 6},
                                    .authors = {golden + 30, 17},
                                    .origin = {0x1122334455667788, 3},
                                    .genesis = genesis};
    struct record record;
    const struct span bytes = {golden, sizeof golden};
    assert_null(local_record_decode(bytes, 5, &record));
    assert_int_equal(record.offset, 5);
    assert_int_equal(record.time_ms, 1700000000123);
    assert_true(batch_equals(&batch, &record));
    assert_non_null(local_record_decode(bytes, 6, &record)); /* not at another place */

    uint8_t written[sizeof golden];
    assert_int_equal(local_record_size(&batch), sizeof golden);
    local_record_encode(written, &batch);
    local_record_seal(written, sizeof written, 5, 1700000000123);
    assert_memory_equal(written, golden, sizeof golden);
}

static void a_record_with_energy_is_format_2(void **state)
{
    const uint8_t *genesis = golden_energy + sizeof golden_energy - 9 - GENESIS_BYTES;
    const struct log_batch batch = {.value = {golden_energy + 28, 6},
                                    .authors = {golden_energy + 34, 17},
                                    .energy = {golden_energy + sizeof golden_energy - 9, 9},
                                    .origin = {0x1122334455667788, 3},
                                    .genesis = genesis};
    struct record record;
    assert_null(
        local_record_decode((struct span){golden_energy, sizeof golden_energy}, 5, &record));
    assert_int_equal(record.time_ms, 1700000000123);
    assert_true(batch_equals(&batch, &record));

    uint8_t written[sizeof golden_energy];
    assert_int_equal(local_record_size(&batch), sizeof golden_energy);
    local_record_encode(written, &batch);
    local_record_seal(written, sizeof written, 5, 1700000000123);
    assert_memory_equal(written, golden_energy, sizeof golden_energy);
    for (size_t len = 0; len < sizeof golden_energy; len++)
        assert_non_null(local_record_decode((struct span){golden_energy, len}, 5, &record));
}

/* A sealed record with its parts at odds with each other. */
static const char *decode_odd_of(const uint8_t *good, size_t len, size_t at, uint8_t byte)
{
    uint8_t bytes[sizeof golden_energy];
    struct record record;
    memcpy(bytes, good, len);
    bytes[at] = byte;
    local_record_seal(bytes, len, 5, 0);
    return local_record_decode((struct span){bytes, len}, 5, &record);
}

static const char *decode_odd(size_t at, uint8_t byte)
{
    return decode_odd_of(golden, sizeof golden, at, byte);
}

static const char *decode_odd_energy(size_t at, uint8_t byte)
{
    return decode_odd_of(golden_energy, sizeof golden_energy, at, byte);
}

static void a_record_whose_parts_do_not_fit_is_found_out(void **state)
{
    struct record record;
    assert_null(decode_odd(8, 1));      /* nothing changed */
    assert_non_null(decode_odd(4, 78)); /* length */
    assert_non_null(decode_odd(8, 2));  /* format */
    assert_non_null(decode_odd(8, 3));
    assert_non_null(decode_odd(9, 15)); /* a header that nobody knows */
    assert_non_null(decode_odd(10, 1));
    assert_non_null(decode_odd(9, 6));    /* no header a, and bytes left for it */
    assert_non_null(decode_odd(12, 24));  /* a value that reaches into the headers behind it */
    assert_non_null(decode_odd(15, 1));   /* and one that ends past the record */
    assert_null(decode_odd_energy(8, 2)); /* nothing changed */
    assert_non_null(decode_odd_energy(8, 1));
    assert_non_null(decode_odd_energy(9, 7)); /* format 2 always has a header e */
    assert_non_null(decode_odd_energy(9, 31));
    assert_non_null(decode_odd_energy(24, 200)); /* a header e that is longer than the record */
    assert_non_null(decode_odd_energy(27, 255));
    assert_non_null(decode_odd_energy(24, 27)); /* one that leaves a negative length for a */
    for (size_t len = 0; len < sizeof golden; len++)
        assert_non_null(local_record_decode((struct span){golden, len}, 5, &record));
}

int main(int argc, char *argv[])
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_of_a_record_stay_what_they_are),
        cmocka_unit_test(a_record_with_energy_is_format_2),
        cmocka_unit_test(a_record_whose_parts_do_not_fit_is_found_out),
    };
    return cmocka_run_group_tests_name("local record", tests, NULL, NULL);
}
