/* SPDX-License-Identifier: ISC */
/* test_snapshot: the picture is the canvas, and no storm of requests makes more than one a second.
 */
#include "cmocka_all.h"
#include "core/crc32c.h"
#include "core/palette.h"
#include "derived/snapshot.h"

#include <inttypes.h>
#include <png.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* A picture that nobody could mistake for that of another version. */
static void paint(uint8_t *pixels, uint64_t version)
{
    uint64_t state = version * 0x9e3779b97f4a7c15 + 1;
    for (size_t i = 0; i < CANVAS_PIXELS; i++) {
        if (i % 16 == 0)
            state = state * 6364136223846793005 + 1442695040888963407;
        pixels[i] = (uint8_t)(state >> 4 * (i % 16) & 15);
    }
}

/* ---- the encoding ---- */

struct input {
    const uint8_t *bytes;
    size_t len, at;
};

static void on_read(png_struct *png, uint8_t *out, size_t len)
{
    struct input *input = png_get_io_ptr(png);
    assert_true(len <= input->len - input->at);
    memcpy(out, input->bytes + input->at, len);
    input->at += len;
}

/* The pixels and the text of a picture, and that it has the form we promise. */
static void decode(const uint8_t *bytes, size_t len, uint8_t *pixels, char text[24])
{
    struct input input = {bytes, len, 0};
    png_struct *png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_info *info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png)))
        fail_msg("libpng does not take our picture");
    png_set_read_fn(png, &input, on_read);
    png_read_info(png, info);
    assert_int_equal(png_get_image_width(png, info), CANVAS_WIDTH);
    assert_int_equal(png_get_image_height(png, info), CANVAS_HEIGHT);
    assert_int_equal(png_get_bit_depth(png, info), 4);
    assert_int_equal(png_get_color_type(png, info), PNG_COLOR_TYPE_PALETTE);
    assert_int_equal(png_get_interlace_type(png, info), PNG_INTERLACE_NONE);
    png_color *colours;
    int n;
    png_get_PLTE(png, info, &colours, &n);
    assert_int_equal(n, CANVAS_COLOURS);
    for (int i = 0; i < n; i++)
        assert_true(colours[i].red == palette[i].red && colours[i].green == palette[i].green &&
                    colours[i].blue == palette[i].blue);
    png_text *texts;
    assert_int_equal(png_get_text(png, info, &texts, &n), 1);
    assert_string_equal(texts[0].key, "version");
    snprintf(text, 24, "%s", texts[0].text);
    png_set_packing(png); /* one byte a pixel */
    png_read_update_info(png, info);
    for (size_t y = 0; y < CANVAS_HEIGHT; y++)
        png_read_row(png, pixels + y * CANVAS_WIDTH, NULL);
    png_read_end(png, info);
    assert_int_equal(input.at, len);
    png_destroy_read_struct(&png, &info, NULL);
}

static void picture_equals_pixels(void **state)
{
    uint8_t *pixels = calloc(2, CANVAS_PIXELS), *back = pixels + CANVAS_PIXELS;
    assert_non_null(pixels);
    static const uint64_t versions[] = {0, 1, 1234567, UINT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        char text[24], expected[24];
        size_t len;
        if (i > 0)
            paint(pixels, versions[i]);
        uint8_t *bytes = snapshot_encode(pixels, versions[i], &len);
        assert_non_null(bytes);
        decode(bytes, len, back, text);
        assert_memory_equal(pixels, back, CANVAS_PIXELS);
        snprintf(expected, sizeof expected, "%" PRIu64, versions[i]);
        assert_string_equal(text, expected);
        free(bytes);
    }
    free(pixels);
}

static void text_stands_before_the_pixels(void **state)
{
    uint8_t *pixels = calloc(1, CANVAS_PIXELS);
    size_t len;
    uint8_t *bytes = snapshot_encode(pixels, 77, &len);
    uint8_t *text = memmem(bytes, len,
                           "tEXtversion\0"
                           "77",
                           14);
    uint8_t *data = memmem(bytes, len, "IDAT", 4);
    assert_true(text && data && text < data);
    free(bytes);
    free(pixels);
}

/* Two servers at one version must not differ in a byte: no time, no leftover memory. */
static void same_canvas_gives_same_bytes(void **state)
{
    uint8_t *pixels = malloc(CANVAS_PIXELS);
    size_t len[2];
    paint(pixels, 5);
    uint8_t *first = snapshot_encode(pixels, 5, &len[0]);
    sleep_ms(1100);
    uint8_t *second = snapshot_encode(pixels, 5, &len[1]);
    assert_int_equal(len[0], len[1]);
    assert_memory_equal(first, second, len[0]);
    free(second);
    free(first);
    free(pixels);
}

/* ---- the worker ---- */

struct source {
    struct snapshot_source source; /* first */
    atomic_ulong version;
    atomic_int copies, ready;
    long copy_ms; /* how long a copy takes */
};

static void source_copy(struct snapshot_source *base, struct canvas *into)
{
    struct source *source = (struct source *)base;
    atomic_fetch_add(&source->copies, 1);
    sleep_ms(source->copy_ms);
    canvas_init(into);
    into->version = atomic_load(&source->version);
    paint(into->pixels, into->version);
}

static uint64_t source_version(struct snapshot_source *base)
{
    return atomic_load(&((struct source *)base)->version);
}

static void source_ready(struct snapshot_source *base)
{
    atomic_fetch_add(&((struct source *)base)->ready, 1);
}

static struct source new_source(void)
{
    return (struct source){
        .source = {.copy = source_copy, .version = source_version, .ready = source_ready}};
}

static void wait_ready(struct source *source, int count)
{
    for (int i = 0; i < 10000 && atomic_load(&source->ready) < count; i++)
        sleep_ms(1);
    assert_true(atomic_load(&source->ready) >= count);
}

static void one_picture_a_version(void **state)
{
    struct source source = new_source();
    atomic_store(&source.version, 3);
    struct snapshots *snapshots = snapshots_create(&source.source);
    assert_non_null(snapshots);
    assert_null(snapshots_newest(snapshots));
    assert_null(snapshots_get(snapshots));
    wait_ready(&source, 1);
    struct snapshot *first = snapshots_get(snapshots), *second = snapshots_get(snapshots);
    assert_non_null(first);
    assert_ptr_equal(first, second);
    assert_true(first->version == 3);
    char etag[48];
    snprintf(etag, sizeof etag, "\"3-%08" PRIx32 "\"", crc32c(0, first->png, first->len));
    assert_string_equal(first->etag, etag);
    sleep_ms(1200); /* old, but nothing has changed */
    struct snapshot *third = snapshots_get(snapshots);
    assert_ptr_equal(first, third);
    assert_int_equal(atomic_load(&source.copies), 1);
    snapshot_release(third);
    snapshot_release(second);
    snapshots_destroy(snapshots);
    /* A picture outlives the worker for whoever still sends it. */
    assert_true(crc32c(0, first->png, first->len) == strtoul(etag + 3, NULL, 16));
    snapshot_release(first);
}

static void change_shows_at_once_after_a_quiet_second(void **state)
{
    struct source source = new_source();
    struct snapshots *snapshots = snapshots_create(&source.source);
    assert_null(snapshots_get(snapshots));
    wait_ready(&source, 1);
    atomic_store(&source.version, 1);
    struct snapshot *snapshot = snapshots_get(snapshots);
    assert_non_null(snapshot); /* less than a second old: current */
    assert_true(snapshot->version == 0);
    snapshot_release(snapshot);
    sleep_ms(1100);
    double begin = seconds();
    assert_null(snapshots_get(snapshots));
    wait_ready(&source, 2);
    assert_true(seconds() - begin < 0.7); /* not a second; sanitizers take some of it */
    snapshot = snapshots_get(snapshots);
    assert_non_null(snapshot);
    assert_true(snapshot->version == 1);
    snapshot_release(snapshot);
    snapshots_destroy(snapshots);
}

static void newest_is_given_however_old(void **state)
{
    struct source source = new_source();
    struct snapshots *snapshots = snapshots_create(&source.source);
    assert_null(snapshots_get(snapshots));
    wait_ready(&source, 1);
    atomic_store(&source.version, 9);
    sleep_ms(1100);
    struct snapshot *snapshot = snapshots_newest(snapshots);
    assert_non_null(snapshot);
    assert_true(snapshot->version == 0);
    assert_int_equal(atomic_load(&source.copies), 1); /* and asking for it makes none */
    snapshot_release(snapshot);
    snapshots_destroy(snapshots);
}

/* On a machine so slow that a picture takes more than a second, those who wait still get theirs. */
static void slow_encoding_starves_nobody(void **state)
{
    struct source source = new_source();
    source.copy_ms = 1500;
    struct snapshots *snapshots = snapshots_create(&source.source);
    assert_null(snapshots_get(snapshots));
    wait_ready(&source, 1);
    atomic_fetch_add(&source.version, 1);
    struct snapshot *snapshot = snapshots_get(snapshots);
    assert_non_null(snapshot);
    snapshot_release(snapshot);
    snapshots_destroy(snapshots);
}

static void destroying_does_not_wait_for_the_second(void **state)
{
    struct source source = new_source();
    struct snapshots *snapshots = snapshots_create(&source.source);
    double begin = seconds();
    snapshots_destroy(snapshots);
    snapshots_destroy(NULL);
    snapshot_release(NULL);
    assert_true(seconds() - begin < 0.5);
}

struct storm {
    struct source *source;
    struct snapshots *snapshots;
    atomic_bool stop;
    atomic_ulong got, refused;
};

static void *ask(void *argument)
{
    struct storm *storm = argument;
    uint64_t last = 0;
    while (!atomic_load(&storm->stop)) {
        struct snapshot *snapshot = snapshots_get(storm->snapshots);
        atomic_fetch_add(&storm->source->version, 1);
        if (!snapshot) {
            atomic_fetch_add(&storm->refused, 1);
            sleep_ms(1);
            continue;
        }
        /* assert_* would longjmp out of the wrong thread */
        if (snapshot->version < last || snapshot->len < 1000 ||
            memcmp(snapshot->png, "\x89PNG", 4) != 0 ||
            memcmp(snapshot->png + snapshot->len - 8, "IEND", 4) != 0)
            abort();
        last = snapshot->version;
        atomic_fetch_add(&storm->got, 1);
        snapshot_release(snapshot);
    }
    return NULL;
}

static void storm_makes_one_picture_a_second(void **state)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    struct source source = new_source();
    struct storm storm = {.source = &source, .snapshots = snapshots_create(&source.source)};
    uint8_t *pixels = malloc(2 * CANVAS_PIXELS);
    double begin = seconds();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &storm), 0);
    for (int picture = 1; picture <= 4; picture++) {
        wait_ready(&source, picture);
        struct snapshot *snapshot = snapshots_newest(storm.snapshots);
        char text[24];
        decode(snapshot->png, snapshot->len, pixels, text);
        assert_true(strtoull(text, NULL, 10) == snapshot->version);
        paint(pixels + CANVAS_PIXELS, snapshot->version);
        assert_memory_equal(pixels, pixels + CANVAS_PIXELS, CANVAS_PIXELS);
        snapshot_release(snapshot);
    }
    atomic_store(&storm.stop, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    double elapsed = seconds() - begin;
    print_message("%d pictures in %.2f s for %lu requests, %lu told to wait\n",
                  atomic_load(&source.copies), elapsed, atomic_load(&storm.got),
                  atomic_load(&storm.refused));
    assert_true(atomic_load(&source.copies) <= 1 + elapsed);
    snapshots_destroy(storm.snapshots);
    free(pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_equals_pixels),
        cmocka_unit_test(text_stands_before_the_pixels),
        cmocka_unit_test(same_canvas_gives_same_bytes),
        cmocka_unit_test(one_picture_a_version),
        cmocka_unit_test(change_shows_at_once_after_a_quiet_second),
        cmocka_unit_test(newest_is_given_however_old),
        cmocka_unit_test(slow_encoding_starves_nobody),
        cmocka_unit_test(destroying_does_not_wait_for_the_second),
        cmocka_unit_test(storm_makes_one_picture_a_second),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
