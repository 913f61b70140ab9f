/* SPDX-License-Identifier: ISC */
/*
 * encode: the picture of four canvases by derived/picture_png, and by libpng as it comes.
 *
 * Formulas: ms = median wall time of one encoding, the alternatives in turn, after one of each that
 * does not count; bytes = length of the file.
 *   placed    picture_encode
 *   libpng    the same 4-bit palette, nothing set: level 6, default strategy
 *   rgb       8-bit RGB, nothing set: level 6, adaptive filters; what comes of not thinking
 */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/edit.h"
#include "core/palette.h"
#include "derived/picture_png.h"
#include "sys/descriptors.h"

enum { REPEAT_MAX = 99, CANVASES = 4, ENCODERS = 3 };

static const char *const canvas_names[CANVASES] = {"blank", "drawn", "real", "noisy"};
static const char *const encoder_names[ENCODERS] = {"placed", "libpng", "rgb"};

static const char usage[] =
    "usage: encode [REPEAT]\n"
    "       encode --edits CANVAS\n"
    "Encode blank, drawn, real(-looking) and noisy canvases and print JSON; or write the edits "
    "that "
    "draw one.\n";

static uint32_t random_u32(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

static uint32_t below(uint32_t n)
{
    return random_u32() % n;
}

static void put(uint8_t *pixels, uint32_t x, uint32_t y, uint32_t colour)
{
    if (x < CANVAS_WIDTH && y < CANVAS_HEIGHT)
        pixels[y * CANVAS_WIDTH + x] = (uint8_t)colour;
}

static void draw_flag(uint8_t *pixels)
{
    uint32_t left = below(1000), top = below(1000), width = 20 + below(150),
             height = 15 + below(100);
    uint32_t colours[3] = {below(16), below(16), below(16)}, upright = below(2);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            put(pixels, left + x, top + y, colours[upright ? 3 * x / width : 3 * y / height]);
}

static void draw_disc(uint8_t *pixels)
{
    uint32_t cx = below(1000), cy = below(1000), r = 5 + below(60), colour = below(16);
    for (uint32_t y = 0; y <= 2 * r; y++)
        for (uint32_t x = 0; x <= 2 * r; x++)
            if ((x - r) * (x - r) + (y - r) * (y - r) <= r * r)
                put(pixels, cx + x, cy + y, (x + y) % 7 == 0 && r > 30 ? 3 : colour);
}

/* Letters, more or less: 5 by 7, seven in a row of up to 30. */
static void draw_text(uint8_t *pixels)
{
    uint32_t left = below(1000), top = below(1000), n = 5 + below(25), colour = below(16);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t glyph = (uint64_t)random_u32() << 32 | random_u32();
        for (uint32_t p = 0; p < 35; p++)
            if (glyph >> p & 1)
                put(pixels, left + 6 * i + p % 5, top + p / 5, colour);
    }
}

static void draw_hatching(uint8_t *pixels)
{
    uint32_t left = below(1000), top = below(1000), size = 20 + below(80), colour = below(16);
    for (uint32_t y = 0; y < size; y++)
        for (uint32_t x = y & 1; x < size; x += 2)
            put(pixels, left + x, top + y, colour);
}

static void draw(const char *name, uint8_t *pixels)
{
    memset(pixels, 0, CANVAS_PIXELS);
    if (strcmp(name, "noisy") == 0)
        for (size_t i = 0; i < CANVAS_PIXELS; i++)
            pixels[i] = (uint8_t)below(16);
    if (strcmp(name, "drawn") != 0 && strcmp(name, "real") != 0)
        return;
    for (int i = 0; i < 120; i++) {
        draw_flag(pixels);
        draw_disc(pixels);
    }
    if (strcmp(name, "drawn") == 0)
        return;
    for (int i = 0; i < 150; i++) {
        draw_text(pixels);
        draw_hatching(pixels);
    }
    for (size_t i = 0; i < CANVAS_PIXELS * 6 / 100; i++) /* passers-by */
        pixels[below(CANVAS_PIXELS)] = (uint8_t)below(16);
}

struct out {
    uint8_t *bytes;
    size_t len, room;
};

static void on_write(png_struct *png, uint8_t *bytes, size_t len)
{
    struct out *out = png_get_io_ptr(png);
    if (out->len + len > out->room) {
        out->room = 2 * out->room + len;
        out->bytes = realloc(out->bytes, out->room);
        if (!out->bytes)
            abort();
    }
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
}

static void on_flush(png_struct *png)
{
}

/* As in any tutorial. Errors end the program (libpng's default). */
static size_t encode_plainly(const uint8_t *pixels, int rgb)
{
    struct out out = {0};
    png_struct *png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_info *info = png_create_info_struct(png);
    png_set_write_fn(png, &out, on_write, on_flush);
    png_set_IHDR(png, info, CANVAS_WIDTH, CANVAS_HEIGHT, rgb ? 8 : 4,
                 rgb ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_color colours[CANVAS_COLOURS];
    for (int i = 0; i < CANVAS_COLOURS; i++)
        colours[i] = (png_color){palette[i].red, palette[i].green, palette[i].blue};
    if (!rgb)
        png_set_PLTE(png, info, colours, CANVAS_COLOURS);
    png_write_info(png, info);
    for (size_t y = 0; y < CANVAS_HEIGHT; y++) {
        const uint8_t *from = pixels + y * CANVAS_WIDTH;
        uint8_t row[3 * CANVAS_WIDTH];
        for (size_t x = 0; rgb && x < CANVAS_WIDTH; x++)
            memcpy(row + 3 * x, &colours[from[x]], 3);
        for (size_t x = 0; !rgb && x < CANVAS_WIDTH; x += 2)
            row[x / 2] = (uint8_t)(from[x] << 4 | from[x + 1]);
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(out.bytes);
    return out.len;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *name, const uint8_t *pixels, int repeat)
{
    static double took[ENCODERS][REPEAT_MAX];
    static const struct picture_text text = {"version", "12345678"};
    size_t bytes[ENCODERS];
    for (int i = -1; i < repeat; i++) {
        for (int e = 0; e < ENCODERS; e++) {
            double start = now_ms();
            if (e == 0)
                free(picture_encode(pixels, &text, 1, &bytes[e]));
            else
                bytes[e] = encode_plainly(pixels, e == 2);
            if (i >= 0)
                took[e][i] = now_ms() - start;
        }
    }
    printf("{\"canvas\":\"%s\"", name);
    for (int e = 0; e < ENCODERS; e++) {
        qsort(took[e], (size_t)repeat, sizeof took[e][0], by_value);
        printf(",\"%s\":{\"ms\":%.3f,\"bytes\":%zu}", encoder_names[e], took[e][repeat / 2],
               bytes[e]);
    }
    printf("}");
}

static void write_edits(const uint8_t *pixels)
{
    for (uint32_t i = 0; i < CANVAS_PIXELS; i++) {
        uint8_t edit[EDIT_BYTES];
        edit_store(edit, edit_pack(i % CANVAS_WIDTH, i / CANVAS_WIDTH, pixels[i]));
        if (pixels[i] != 0)
            fwrite(edit, 1, sizeof edit, stdout);
    }
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    uint8_t *pixels = malloc(CANVAS_PIXELS);
    int repeat = argc == 2 ? atoi(argv[1]) : 15;
    if (!pixels)
        return 1;
    if (argc == 3 && strcmp(argv[1], "--edits") == 0) {
        draw(argv[2], pixels);
        write_edits(pixels);
        return 0;
    }
    if (argc > 2 || repeat < 1 || repeat > REPEAT_MAX) {
        fputs(usage, stderr);
        return 2;
    }
    printf("[");
    for (int i = 0; i < CANVASES; i++) {
        printf("%s", i ? ",\n" : "");
        draw(canvas_names[i], pixels);
        measure(canvas_names[i], pixels, repeat);
    }
    printf("]\n");
    free(pixels);
    return 0;
}
