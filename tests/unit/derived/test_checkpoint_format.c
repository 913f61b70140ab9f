/* SPDX-License-Identifier: ISC */
/* test_checkpoint_format: entries say what they were given, and no flipped bit goes unnoticed. */
#include "checkpoint_world.h"

#include <stdlib.h>
#include <string.h>

#include "derived/checkpoint_format.h"

static uint8_t pixels[CANVAS_PIXELS], back[CANVAS_PIXELS], entry[CANVAS_ENTRY_BYTES];
static uint8_t key[CANVAS_KEY_BYTES];

static void encode(struct position position, uint64_t version)
{
    struct checkpoint_canvas canvas = {.position = position, .version = version, .pixels = pixels};
    canvas.checksum = world_paint(pixels, position, version);
    canvas_key(key, position);
    canvas_entry_encode(entry, &canvas);
}

static const char *fault(void)
{
    return canvas_entry_fault(key, sizeof key, entry, sizeof entry);
}

static void canvases_come_back(void **state)
{
    for (size_t i = 0; i < 8; i++) {
        struct position position = world_position(i);
        encode(position, UINT64_MAX - i);
        assert_null(fault());
        struct checkpoint_canvas head = canvas_entry_head(entry);
        assert_true(position_equal(head.position, position));
        assert_true(head.version == UINT64_MAX - i);
        assert_true(head.checksum == canvas_checksum(pixels));
        canvas_entry_pixels(entry, back);
        assert_memory_equal(back, pixels, CANVAS_PIXELS);
    }
}

/* A white pixel adds nothing to the checksum, so the blank canvas is the corner case. */
static void the_blank_canvas_comes_back(void **state)
{
    memset(pixels, 0, sizeof pixels);
    struct checkpoint_canvas blank = {.position = {0, 0}, .version = 1, .pixels = pixels};
    canvas_key(key, blank.position);
    canvas_entry_encode(entry, &blank);
    assert_null(fault());
    blank.checksum = 1;
    canvas_entry_encode(entry, &blank);
    assert_string_equal(fault(), "does not match its checksum");
}

static void every_bit_of_a_canvas_counts(void **state)
{
    uint64_t seed = 5;
    encode((struct position){-3, 700}, 12345);
    for (size_t i = 0; i < 32 * 8 + 400; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        size_t bit = i < 32 * 8 ? i : (size_t)(seed >> 20) % (8 * CANVAS_ENTRY_BYTES);
        entry[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (!fault())
            fail_msg("bit %zu of the entry", bit);
        entry[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (!fault())
            fail_msg("bit %zu of the key", bit);
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_null(fault());
    assert_non_null(canvas_entry_fault(key, sizeof key, entry, sizeof entry - 1));
    assert_non_null(canvas_entry_fault(key, sizeof key - 1, entry, sizeof entry));
}

static void every_bit_of_the_plane_counts(void **state)
{
    struct checkpoint_plane plane = world_plane(77), decoded;
    struct checkpoint_digest digest = {3, 0x12345678}, other = digest;
    uint8_t bytes[PLANE_ENTRY_BYTES];
    plane_entry_encode(bytes, &plane, true, digest);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (!plane_entry_fault(bytes, sizeof bytes, digest))
            fail_msg("bit %zu", bit);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_null(plane_entry_fault(bytes, sizeof bytes, digest));
    assert_non_null(plane_entry_fault(bytes, sizeof bytes - 1, digest));
    other.n++;
    assert_non_null(plane_entry_fault(bytes, sizeof bytes, other));
    other = digest;
    other.crc++;
    assert_non_null(plane_entry_fault(bytes, sizeof bytes, other));
    assert_true(plane_entry_decode(bytes, &decoded));
    assert_memory_equal(&decoded, &plane, sizeof plane);
}

/* During the first save there is no plane yet; later what says which canvases belong to it. */
static void the_digest_of_a_plane_may_change_alone(void **state)
{
    struct checkpoint_plane plane = world_plane(8), decoded;
    struct checkpoint_digest digest = {3, 4}, other = {5, 6};
    uint8_t bytes[PLANE_ENTRY_BYTES];
    plane_entry_encode(bytes, NULL, false, digest);
    assert_null(plane_entry_fault(bytes, sizeof bytes, digest));
    assert_false(plane_entry_decode(bytes, &decoded));
    plane_entry_encode(bytes, &plane, true, digest);
    plane.anchor = (struct anchor){20, 21, 22};
    plane_entry_set_canvases(bytes, other, &plane.anchor);
    assert_null(plane_entry_fault(bytes, sizeof bytes, other));
    assert_true(plane_entry_decode(bytes, &decoded));
    assert_memory_equal(&decoded, &plane, sizeof plane);
}

static void the_anchor_is_not_older_than_the_plane_nor_than_a_canvas(void **state)
{
    struct checkpoint_plane plane = world_plane(8);
    struct checkpoint_digest digest = {.n = 1, .crc = 2, .newest = 13};
    uint8_t bytes[PLANE_ENTRY_BYTES];
    for (plane.anchor.offset = 0; plane.anchor.offset < 20; plane.anchor.offset++) {
        plane_entry_encode(bytes, &plane, true, digest);
        bool good = plane.anchor.offset >= 12;
        assert_int_equal(!plane_entry_fault(bytes, sizeof bytes, digest), good);
    }
    digest.newest = 3;
    for (plane.anchor.offset = 0; plane.anchor.offset < 20; plane.anchor.offset++) {
        plane_entry_encode(bytes, &plane, true, digest);
        bool good = plane.anchor.offset >= 7;
        assert_int_equal(!plane_entry_fault(bytes, sizeof bytes, digest), good);
    }
}

/* Two canvases that have changed places, or one that is of another time, add up to another sum. */
static void the_digest_knows_each_canvas(void **state)
{
    struct checkpoint_digest digests[4] = {{0}};
    for (size_t i = 0; i < 4; i++) {
        encode(world_position(i == 1), 5 + (i == 2));
        checkpoint_digest_add(&digests[i], entry);
        if (i == 3)
            checkpoint_digest_add(&digests[i], entry);
    }
    for (size_t i = 1; i < 4; i++)
        assert_true(digests[i].n != digests[0].n || digests[i].crc != digests[0].crc);
    assert_int_equal(digests[0].n, 1);
    assert_int_equal(digests[3].n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canvases_come_back),
        cmocka_unit_test(the_blank_canvas_comes_back),
        cmocka_unit_test(every_bit_of_a_canvas_counts),
        cmocka_unit_test(every_bit_of_the_plane_counts),
        cmocka_unit_test(the_digest_of_a_plane_may_change_alone),
        cmocka_unit_test(the_anchor_is_not_older_than_the_plane_nor_than_a_canvas),
        cmocka_unit_test(the_digest_knows_each_canvas),
    };
    return cmocka_run_group_tests_name("checkpoint format", tests, NULL, NULL);
}
