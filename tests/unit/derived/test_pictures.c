/* SPDX-License-Identifier: ISC */
/* test_pictures: one encoding for all who ask, at most one a second, and a bounded cache. */
#include "cmocka_all.h"
#include "decode_picture.h"
#include "derived/pictures.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

enum { DEADLINE_MS = 60000, CANVASES = 40 };

/* A plane of canvases in a row, (0, 0) to (CANVASES - 1, 0). */
struct source {
    struct picture_source source; /* first */
    atomic_ulong versions[CANVASES];
    atomic_bool begun; /* the log has a genesis id */
    atomic_int copies, ready;
    atomic_int copy_ms; /* how long a copy takes */
    atomic_bool hold;   /* a copy takes until this is false */
};

static struct picture_name canvas_name(int x)
{
    return (struct picture_name){.x = x};
}

/* A picture that nobody could mistake for that of another canvas or version. */
static void paint(uint8_t *pixels, int x, uint64_t version)
{
    uint64_t state = (version << 8 | (uint64_t)x) * 0x9e3779b97f4a7c15 + 1;
    for (size_t i = 0; i < CANVAS_PIXELS; i++) {
        if (i % 16 == 0)
            state = state * 6364136223846793005 + 1442695040888963407;
        pixels[i] = (uint8_t)(state >> 4 * (i % 16) & 15);
    }
}

static void copy(struct picture_source *base, struct position position, struct canvas *into)
{
    struct source *source = (struct source *)base;
    atomic_fetch_add(&source->copies, 1);
    clock_pause_ms(atomic_load(&source->copy_ms));
    for (int i = 0; i < DEADLINE_MS && atomic_load(&source->hold); i++)
        clock_pause_ms(1);
    canvas_init(into);
    into->version = atomic_load(&source->versions[position.gx]);
    if (into->version > 0)
        paint(into->pixels, position.gx, into->version);
}

static bool version(struct picture_source *base, struct picture_name name, uint64_t *newest)
{
    struct source *source = (struct source *)base;
    bool any = false;
    *newest = 0;
    for (int16_t x = 0; x < CANVASES; x++) {
        if (!picture_name_holds(name, (struct position){x, 0}))
            continue;
        uint64_t found = atomic_load(&source->versions[x]);
        *newest = found > *newest ? found : *newest;
        any = true;
    }
    return any;
}

static size_t painted(struct picture_source *base, struct picture_name name,
                      struct picture_canvas *into, size_t room)
{
    struct source *source = (struct source *)base;
    size_t n = 0;
    for (int16_t x = 0; x < CANVASES; x++) {
        struct picture_canvas canvas = {{x, 0}, atomic_load(&source->versions[x])};
        if (canvas.version == 0 || !picture_name_holds(name, canvas.position))
            continue;
        if (n++ < room)
            into[n - 1] = canvas;
    }
    return n;
}

static bool genesis(struct picture_source *base, uint8_t id[GENESIS_BYTES])
{
    memset(id, 0xab, GENESIS_BYTES);
    return atomic_load(&((struct source *)base)->begun);
}

static void ready(struct picture_source *base, const struct picture *picture)
{
    atomic_fetch_add(&((struct source *)base)->ready, 1);
}

static struct source new_source(void)
{
    return (struct source){.source = {.copy = copy,
                                      .version = version,
                                      .painted = painted,
                                      .genesis = genesis,
                                      .ready = ready}};
}

static struct pictures *create(struct source *source)
{
    struct pictures *pictures = pictures_create(&source->source, pictures_limits_default);
    assert_non_null(pictures);
    return pictures;
}

static void wait_ready(struct source *source, int count)
{
    for (int i = 0; i < DEADLINE_MS && atomic_load(&source->ready) < count; i++)
        clock_pause_ms(1);
    assert_true(atomic_load(&source->ready) >= count);
}

static void expect_state(struct pictures *pictures, struct picture_name name,
                         enum picture_state expected)
{
    struct picture *picture = NULL;
    enum picture_state state = pictures_get(pictures, name, &picture);
    if (state == PICTURE_READY)
        picture_release(picture);
    assert_int_equal(state, expected);
}

/* Ask until it is there. */
static struct picture *get(struct pictures *pictures, struct picture_name name)
{
    struct picture *picture = NULL;
    for (int i = 0; i < DEADLINE_MS; i++) {
        if (pictures_get(pictures, name, &picture) == PICTURE_READY)
            return picture;
        clock_pause_ms(1);
    }
    fail_msg("no picture");
    return NULL;
}

/* Ask until it is of that version. */
static void wait_version(struct pictures *pictures, struct picture_name name, uint64_t expected)
{
    bool there = false;
    for (int i = 0; i < DEADLINE_MS && !there; i++) {
        struct picture *picture = get(pictures, name);
        there = picture->version == expected;
        picture_release(picture);
        clock_pause_ms(!there);
    }
    assert_true(there);
}

/* Until a picture may be made again. */
static void wait_a_period(void)
{
    int64_t until = clock_now_ms() + 1050;
    while (clock_now_ms() < until)
        clock_pause_ms(until - clock_now_ms());
}

static void one_picture_a_version(void **state)
{
    struct source source = new_source();
    atomic_store(&source.versions[5], 3);
    struct pictures *pictures = create(&source);
    assert_null(pictures_newest(pictures, canvas_name(5)));
    expect_state(pictures, canvas_name(5), PICTURE_COMING);
    wait_ready(&source, 1);
    struct picture *first = get(pictures, canvas_name(5)), *second = get(pictures, canvas_name(5));
    assert_ptr_equal(first, second);
    assert_true(first->version == 3 && first->name.x == 5);
    wait_a_period(); /* old, but nothing has changed */
    atomic_store(&source.versions[6], 4);
    struct picture *third = get(pictures, canvas_name(5));
    assert_ptr_equal(first, third);
    assert_int_equal(atomic_load(&source.copies), 1);
    picture_release(third);
    picture_release(second);
    pictures_destroy(pictures);
    assert_memory_equal(first->png, "\x89PNG", 4); /* it outlives the cache */
    picture_release(first);
}

static void what_is_not_there_is_none(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    expect_state(pictures, canvas_name(CANVASES), PICTURE_NONE);
    expect_state(pictures, (struct picture_name){1, -1, 0}, PICTURE_NONE);
    expect_state(pictures, (struct picture_name){0, 5000, 0}, PICTURE_NONE);
    expect_state(pictures, (struct picture_name){12, 0, 0}, PICTURE_NONE);
    assert_null(pictures_newest(pictures, canvas_name(CANVASES)));
    assert_int_equal(atomic_load(&source.copies), 0);
    pictures_destroy(pictures);
}

static void each_canvas_has_its_own_picture(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    uint8_t *pixels = malloc(2 * CANVAS_PIXELS);
    struct decoded_text texts[DECODED_TEXTS];
    for (int x = 0; x < 3; x++)
        atomic_store(&source.versions[x], (unsigned long)x); /* one of them is blank */
    for (int x = 0; x < 3; x++) {
        struct picture *picture = get(pictures, canvas_name(x));
        decode_picture(picture->png, picture->len, pixels, texts);
        memset(pixels + CANVAS_PIXELS, 0, CANVAS_PIXELS);
        if (x > 0)
            paint(pixels + CANVAS_PIXELS, x, (uint64_t)x);
        assert_memory_equal(pixels, pixels + CANVAS_PIXELS, CANVAS_PIXELS);
        assert_true(picture->version == (uint64_t)x);
        picture_release(picture);
    }
    free(pixels);
    pictures_destroy(pictures);
}

static void a_change_shows_at_once_after_a_quiet_second(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    int64_t began = clock_now_ms();
    picture_release(get(pictures, canvas_name(0)));
    atomic_store(&source.versions[0], 1);
    struct picture *picture = NULL;
    enum picture_state found = pictures_get(pictures, canvas_name(0), &picture);
    if (clock_now_ms() - began < 1000) /* less than a second old: current */
        assert_true(found == PICTURE_READY && picture->version == 0);
    picture_release(picture);
    wait_a_period();
    expect_state(pictures, canvas_name(0), PICTURE_COMING);
    wait_version(pictures, canvas_name(0), 1);
    pictures_destroy(pictures);
}

/* The blank picture of an empty log says no genesis id; when there is one it is made again. */
static void a_picture_learns_of_the_genesis(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    struct picture *picture = get(pictures, canvas_name(0));
    assert_string_equal(picture->genesis, "");
    picture_release(picture);
    atomic_store(&source.begun, true);
    wait_a_period();
    expect_state(pictures, canvas_name(0), PICTURE_COMING);
    picture = get(pictures, canvas_name(0));
    assert_string_equal(picture->genesis, "abababababababababababababababab");
    picture_release(picture);
    pictures_destroy(pictures);
}

static void the_newest_is_given_however_old(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    picture_release(get(pictures, canvas_name(0)));
    atomic_store(&source.versions[0], 9);
    wait_a_period();
    struct picture *picture = pictures_newest(pictures, canvas_name(0));
    assert_non_null(picture);
    assert_true(picture->version == 0);
    assert_int_equal(atomic_load(&source.copies), 1); /* and asking for it makes none */
    picture_release(picture);
    pictures_destroy(pictures);
}

/* On a machine so slow that a picture takes more than a second, those who wait still get theirs. */
static void slow_encoding_starves_nobody(void **state)
{
    struct source source = new_source();
    atomic_store(&source.copy_ms, 1500);
    struct pictures *pictures = create(&source);
    expect_state(pictures, canvas_name(0), PICTURE_COMING);
    wait_ready(&source, 1);
    int64_t began = clock_now_ms();
    atomic_fetch_add(&source.versions[0], 1);
    struct picture *picture = NULL;
    enum picture_state found = pictures_get(pictures, canvas_name(0), &picture);
    picture_release(picture);
    if (clock_now_ms() - began < 900)
        assert_int_equal(found, PICTURE_READY);
    pictures_destroy(pictures);
}

static void those_who_ask_meanwhile_wait_for_the_same(void **state)
{
    struct source source = new_source();
    atomic_store(&source.hold, true);
    struct pictures *pictures = create(&source);
    expect_state(pictures, canvas_name(0), PICTURE_COMING);
    for (int i = 0; i < DEADLINE_MS && atomic_load(&source.copies) == 0; i++)
        clock_pause_ms(1);
    for (int i = 0; i < 10; i++) {
        atomic_fetch_add(&source.versions[0], 1);
        expect_state(pictures, canvas_name(0), PICTURE_COMING);
    }
    assert_int_equal(atomic_load(&source.copies), 1);
    atomic_store(&source.hold, false);
    wait_ready(&source, 1);
    picture_release(get(pictures, canvas_name(0))); /* of the version when it was copied */
    assert_int_equal(atomic_load(&source.copies), 1);
    pictures_destroy(pictures);
}

static void a_full_queue_is_busy_and_recovers(void **state)
{
    struct source source = new_source();
    struct pictures_limits limits = {.cache_bytes = 1 << 20, .queue = 3};
    atomic_store(&source.hold, true);
    struct pictures *pictures = pictures_create(&source.source, limits);
    expect_state(pictures, canvas_name(0), PICTURE_COMING);
    for (int i = 0; i < DEADLINE_MS && atomic_load(&source.copies) == 0; i++)
        clock_pause_ms(1); /* the first one is out of the queue */
    for (int x = 1; x <= 6; x++)
        expect_state(pictures, canvas_name(x), x <= 3 ? PICTURE_COMING : PICTURE_BUSY);
    expect_state(pictures, canvas_name(2), PICTURE_COMING); /* has its place already */
    atomic_store(&source.hold, false);
    picture_release(get(pictures, canvas_name(6)));
    pictures_destroy(pictures);
}

/* The noisy canvas takes half a megabyte: two of them fit, and those asked for last stay. */
static void the_cache_is_bounded(void **state)
{
    struct source source = new_source();
    struct pictures_limits limits = {.cache_bytes = 1200 << 10, .queue = 256};
    struct pictures *pictures = pictures_create(&source.source, limits);
    for (int x = 0; x < 4; x++)
        atomic_store(&source.versions[x], 1);
    struct picture *kept = get(pictures, canvas_name(0));
    assert_true(kept->len > 500000 && kept->len < 600000);
    picture_release(get(pictures, canvas_name(1)));
    picture_release(get(pictures, canvas_name(0))); /* asked for again */
    picture_release(get(pictures, canvas_name(2)));
    struct picture *newest = pictures_newest(pictures, canvas_name(0));
    assert_ptr_equal(newest, kept);
    picture_release(newest);
    assert_null(pictures_newest(pictures, canvas_name(1)));
    picture_release(get(pictures, canvas_name(3)));
    assert_null(pictures_newest(pictures, canvas_name(0)));
    assert_memory_equal(kept->png, "\x89PNG", 4); /* whoever has it keeps it */
    picture_release(kept);
    /* What was dropped comes again, but not sooner than a second after the last time. */
    int copies = atomic_load(&source.copies);
    picture_release(get(pictures, canvas_name(1)));
    assert_int_equal(atomic_load(&source.copies), copies + 1);
    pictures_destroy(pictures);
}

/* A single picture larger than the cache can still be had. */
static void a_small_cache_keeps_the_newest(void **state)
{
    struct source source = new_source();
    struct pictures_limits limits = {.cache_bytes = 1, .queue = 8};
    struct pictures *pictures = pictures_create(&source.source, limits);
    atomic_store(&source.versions[0], 1);
    expect_state(pictures, canvas_name(0), PICTURE_COMING);
    wait_ready(&source, 1);
    expect_state(pictures, canvas_name(0), PICTURE_READY);
    expect_state(pictures, canvas_name(1), PICTURE_COMING);
    wait_ready(&source, 2);
    expect_state(pictures, canvas_name(1), PICTURE_READY);
    expect_state(pictures, canvas_name(0), PICTURE_COMING);
    pictures_destroy(pictures);
}

/* ---- tiles ---- */

static void a_tile_follows_its_canvases(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    struct picture_name name = {.zoom = 5};
    uint8_t *pixels = malloc(2 * CANVAS_PIXELS);
    struct decoded_text texts[DECODED_TEXTS];
    struct picture *picture = get(pictures, name);
    decode_picture(picture->png, picture->len, pixels, texts);
    memset(pixels + CANVAS_PIXELS, 0, CANVAS_PIXELS);
    assert_memory_equal(pixels, pixels + CANVAS_PIXELS, CANVAS_PIXELS); /* all blank: white */
    assert_true(picture->version == 0);
    picture_release(picture);
    assert_int_equal(atomic_load(&source.copies), 0);

    for (int x = 0; x < 4; x++)
        atomic_store(&source.versions[x], 7);
    wait_version(pictures, name, 7);
    assert_int_equal(atomic_load(&source.copies), 4);
    picture = get(pictures, name);
    decode_picture(picture->png, picture->len, pixels, texts);
    assert_true(memcmp(pixels, pixels + CANVAS_PIXELS, CANVAS_PIXELS) != 0);
    picture_release(picture);

    atomic_store(&source.versions[3], 9); /* only this one is copied, and the one it touches */
    wait_version(pictures, name, 9);
    assert_in_range(atomic_load(&source.copies), 5, 6);

    atomic_store(&source.versions[35], 10); /* that is another tile */
    expect_state(pictures, name, PICTURE_READY);
    picture = get(pictures, (struct picture_name){.zoom = 5, .x = 1});
    assert_true(picture->version == 10);
    picture_release(picture);
    free(pixels);
    pictures_destroy(pictures);
}

/* Drawing takes 0.3 seconds, so it may be made again after three. */
static void a_slow_tile_is_made_less_often(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    struct picture_name name = {.zoom = 1};
    atomic_store(&source.versions[0], 1);
    atomic_store(&source.copy_ms, 300);
    picture_release(get(pictures, name));
    int64_t began = clock_now_ms();
    atomic_store(&source.versions[0], 2);
    wait_a_period();
    struct picture *picture = NULL;
    enum picture_state found = pictures_get(pictures, name, &picture);
    picture_release(picture);
    if (clock_now_ms() - began < 2900)
        assert_int_equal(found, PICTURE_READY);
    picture_release(get(pictures, canvas_name(0))); /* that holds up no canvas */
    wait_version(pictures, name, 2);
    pictures_destroy(pictures);
}

static void destroying_does_not_wait_for_a_tile(void **state)
{
    struct source source = new_source();
    struct pictures *pictures = create(&source);
    for (int x = 0; x < CANVASES; x++)
        atomic_store(&source.versions[x], 1);
    atomic_store(&source.copy_ms, DEADLINE_MS / 10);
    expect_state(pictures, (struct picture_name){.zoom = 6}, PICTURE_COMING);
    for (int i = 0; i < DEADLINE_MS && atomic_load(&source.copies) == 0; i++)
        clock_pause_ms(1);
    pictures_destroy(pictures);
    assert_int_equal(atomic_load(&source.copies), 1);
    assert_int_equal(atomic_load(&source.ready), 0);
    pictures_destroy(NULL);
}

/* ---- a storm ---- */

struct storm {
    struct source *source;
    struct pictures *pictures;
    atomic_bool stop;
    atomic_ulong got, told_to_wait;
};

static void *ask(void *argument)
{
    struct storm *storm = argument;
    uint64_t last = 0;
    while (!atomic_load(&storm->stop)) {
        struct picture *picture = NULL;
        enum picture_state state = pictures_get(storm->pictures, canvas_name(1), &picture);
        atomic_fetch_add(&storm->source->versions[1], 1);
        if (state != PICTURE_READY) {
            atomic_fetch_add(&storm->told_to_wait, 1);
            clock_pause_ms(1);
            continue;
        }
        /* assert_* would longjmp out of the wrong thread */
        if (picture->version < last || picture->len < 1000 ||
            memcmp(picture->png, "\x89PNG", 4) != 0 ||
            memcmp(picture->png + picture->len - 8, "IEND", 4) != 0)
            abort();
        last = picture->version;
        atomic_fetch_add(&storm->got, 1);
        picture_release(picture);
    }
    return NULL;
}

static void a_storm_makes_one_picture_a_second(void **state)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    struct source source = new_source();
    struct storm storm = {.source = &source, .pictures = create(&source)};
    uint8_t *pixels = malloc(2 * CANVAS_PIXELS);
    struct decoded_text texts[DECODED_TEXTS];
    atomic_store(&source.versions[1], 1);
    int64_t began = clock_now_ms();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &storm), 0);
    for (int n = 1; n <= 4; n++) {
        wait_ready(&source, n);
        struct picture *picture = pictures_newest(storm.pictures, canvas_name(1));
        decode_picture(picture->png, picture->len, pixels, texts);
        assert_true(strtoull(texts[0].value, NULL, 10) == picture->version);
        paint(pixels + CANVAS_PIXELS, 1, picture->version);
        assert_memory_equal(pixels, pixels + CANVAS_PIXELS, CANVAS_PIXELS);
        picture_release(picture);
    }
    atomic_store(&storm.stop, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    int64_t elapsed = clock_now_ms() - began;
    print_message("%d pictures in %" PRId64 " ms for %lu requests, %lu told to wait\n",
                  atomic_load(&source.copies), elapsed, atomic_load(&storm.got),
                  atomic_load(&storm.told_to_wait));
    assert_true(atomic_load(&source.copies) <= 1 + elapsed / 1000);
    pictures_destroy(storm.pictures);
    free(pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_picture_a_version),
        cmocka_unit_test(what_is_not_there_is_none),
        cmocka_unit_test(each_canvas_has_its_own_picture),
        cmocka_unit_test(a_change_shows_at_once_after_a_quiet_second),
        cmocka_unit_test(a_picture_learns_of_the_genesis),
        cmocka_unit_test(the_newest_is_given_however_old),
        cmocka_unit_test(slow_encoding_starves_nobody),
        cmocka_unit_test(those_who_ask_meanwhile_wait_for_the_same),
        cmocka_unit_test(a_full_queue_is_busy_and_recovers),
        cmocka_unit_test(the_cache_is_bounded),
        cmocka_unit_test(a_small_cache_keeps_the_newest),
        cmocka_unit_test(a_tile_follows_its_canvases),
        cmocka_unit_test(a_slow_tile_is_made_less_often),
        cmocka_unit_test(destroying_does_not_wait_for_a_tile),
        cmocka_unit_test(a_storm_makes_one_picture_a_second),
    };
    return cmocka_run_group_tests_name("pictures", tests, NULL, NULL);
}
