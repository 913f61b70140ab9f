/* SPDX-License-Identifier: ISC */
/* fractal: see fractal.h. Eight neighbours are iterated together, which the compiler turns into
 * vector instructions. */
#include "fractal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "core/edit.h"

enum {
    LANES = 8,
    TILES_ACROSS = CANVAS_WIDTH / FRACTAL_TILE,
    TILES = TILES_ACROSS * TILES_ACROSS,
    TILE_PIXELS = FRACTAL_TILE * FRACTAL_TILE,
    THREADS_MAX = 64,
};

struct fractal {
    uint16_t order[TILES];   /* the tiles, from the middle outwards */
    _Atomic unsigned next;   /* the next tile to compute, over all views */
    _Atomic unsigned wanted; /* the last tile that was asked for */
    _Atomic bool stop;
    _Atomic bool done[FRACTAL_VIEWS * TILES]; /* by place in the order */
    unsigned n_threads, n_running;
    bool started;
    pthread_t threads[THREADS_MAX];
    uint8_t colours[FRACTAL_VIEWS][TILES][TILE_PIXELS]; /* by place in the order */
};

/* A view: this wide around this point, and no more iterations than that. */
struct view {
    double x, y, step;
    unsigned limit;
};

static struct view view_of(unsigned view)
{
    static const double zoom[FRACTAL_VIEWS] = {1, 5, 25, 125, 625, 3125, 15625, 78125};
    struct view v = {.step = 3.0 / CANVAS_WIDTH / zoom[view], .limit = 120 + 80 * view};
    v.x = view == 0 ? -0.65 : -0.743643887037151;
    v.y = view == 0 ? 0.0 : 0.131825904205330;
    return v;
}

static uint8_t colour_of(unsigned iterations, unsigned view)
{
    static const uint8_t bands[] = {13, 12, 11, 0, 8, 6, 5, 7, 15, 14, 4};
    struct view v = view_of(view);
    if (iterations >= v.limit)
        return 3; /* black: inside */
    return bands[(iterations + view) / (1 + view / 2) % sizeof bands];
}

/* The iterations of LANES pixels from (x, y) on to the right. */
static void iterate(const struct view *v, uint32_t x, uint32_t y, uint32_t count[LANES])
{
    double cr[LANES], ci[LANES], zr[LANES] = {0}, zi[LANES] = {0};
    uint64_t n[LANES] = {0};
    for (unsigned i = 0; i < LANES; i++) {
        cr[i] = v->x + ((double)(x + i) - CANVAS_WIDTH / 2) * v->step;
        ci[i] = v->y + ((double)y - CANVAS_HEIGHT / 2) * v->step;
    }
    for (unsigned k = 0; k < v->limit; k++) {
        uint64_t inside = 0;
        for (unsigned i = 0; i < LANES; i++) {
            double rr = zr[i] * zr[i], ii = zi[i] * zi[i];
            uint64_t in = rr + ii <= 4.0; /* what has left stays outside: it only grows */
            double im = 2 * zr[i] * zi[i] + ci[i];
            zr[i] = in ? rr - ii + cr[i] : zr[i];
            zi[i] = in ? im : zi[i];
            n[i] += in;
            inside |= in;
        }
        if (!inside)
            break;
    }
    for (unsigned i = 0; i < LANES; i++)
        count[i] = (uint32_t)n[i];
}

uint8_t fractal_colour(unsigned view, uint32_t x, uint32_t y)
{
    struct view v = view_of(view);
    uint32_t count[LANES];
    iterate(&v, x, y, count);
    return colour_of(count[0], view);
}

static void compute_tile(struct fractal *fractal, unsigned view, unsigned place)
{
    struct view v = view_of(view);
    uint32_t left = fractal->order[place] % TILES_ACROSS * FRACTAL_TILE;
    uint32_t top = fractal->order[place] / TILES_ACROSS * FRACTAL_TILE;
    for (uint32_t y = 0; y < FRACTAL_TILE; y++) {
        for (uint32_t x = 0; x < FRACTAL_TILE; x += LANES) {
            uint32_t count[LANES];
            iterate(&v, left + x, top + y, count);
            for (uint32_t i = 0; i < LANES && x + i < FRACTAL_TILE; i++)
                fractal->colours[view][place][y * FRACTAL_TILE + x + i] = colour_of(count[i], view);
        }
    }
}

static void *compute(void *argument)
{
    struct fractal *fractal = argument;
    for (;;) {
        unsigned tile = atomic_fetch_add(&fractal->next, 1);
        if (tile >= FRACTAL_VIEWS * TILES)
            return NULL;
        /* One view ahead and no further: what is loaded needs the processors, too. */
        while (tile > atomic_load(&fractal->wanted) + TILES && !atomic_load(&fractal->stop))
            nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
        if (atomic_load(&fractal->stop))
            return NULL;
        compute_tile(fractal, tile / TILES, tile % TILES);
        atomic_store_explicit(&fractal->done[tile], true, memory_order_release);
    }
}

/* Twice the squared distance of a tile's middle from the canvas's, and then the tile itself. */
static int distance(unsigned tile)
{
    int x = 2 * (int)(tile % TILES_ACROSS) - TILES_ACROSS + 1;
    int y = 2 * (int)(tile / TILES_ACROSS) - TILES_ACROSS + 1;
    return (x * x + y * y) * TILES + (int)tile;
}

static int nearer(const void *a, const void *b)
{
    return distance(*(const uint16_t *)a) - distance(*(const uint16_t *)b);
}

struct fractal *fractal_create(unsigned threads)
{
    struct fractal *fractal = calloc(1, sizeof *fractal);
    if (!fractal)
        return NULL;
    fractal->n_threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
    for (unsigned i = 0; i < TILES; i++)
        fractal->order[i] = (uint16_t)i;
    qsort(fractal->order, TILES, sizeof *fractal->order, nearer);
    return fractal;
}

void fractal_destroy(struct fractal *fractal)
{
    if (!fractal)
        return;
    atomic_store(&fractal->stop, true);
    for (unsigned i = 0; i < fractal->n_running; i++)
        pthread_join(fractal->threads[i], NULL);
    free(fractal);
}

static void start(struct fractal *fractal)
{
    fractal->started = true;
    for (unsigned i = 0; i < fractal->n_threads; i++) {
        if (pthread_create(&fractal->threads[i], NULL, compute, fractal) == 0)
            fractal->n_running++;
        else
            break;
    }
    if (fractal->n_running == 0) { /* no threads to be had: all at once, here */
        atomic_store(&fractal->wanted, FRACTAL_VIEWS * TILES);
        compute(fractal);
    }
}

uint32_t fractal_word(struct fractal *fractal, uint64_t k)
{
    if (!fractal->started)
        start(fractal);
    unsigned tile = (unsigned)(k / TILE_PIXELS % (FRACTAL_VIEWS * TILES));
    unsigned pixel = (unsigned)(k % TILE_PIXELS);
    atomic_store_explicit(&fractal->wanted, tile, memory_order_relaxed);
    while (!atomic_load_explicit(&fractal->done[tile], memory_order_acquire))
        nanosleep(&(struct timespec){.tv_nsec = 200 * 1000}, NULL);
    unsigned view = tile / TILES, place = tile % TILES;
    uint32_t x = fractal->order[place] % TILES_ACROSS * FRACTAL_TILE + pixel % FRACTAL_TILE;
    uint32_t y = fractal->order[place] / TILES_ACROSS * FRACTAL_TILE + pixel / FRACTAL_TILE;
    return edit_pack(x, y, fractal->colours[view][place][pixel]);
}
