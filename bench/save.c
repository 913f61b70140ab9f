/* SPDX-License-Identifier: ISC */
/*
 * save: what a checkpoint costs, and what it holds up.
 *
 * Formulas: median wall time and CPU time of one of each, in turn, after one that does not count:
 *   save      checkpoint_save of a noisy canvas, durable when it returns
 *   file      the floor: the same 500,000 bytes written to a new file, fsync, rename
 *   copy      the copy of the canvas, during which the reader waits
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/canvas.h"
#include "derived/checkpoint.h"
#include "sys/descriptors.h"

enum { REPEAT_MAX = 999, KINDS = 3, FILE_BYTES = CANVAS_PIXELS / 2 };

static const char *const names[KINDS] = {"save", "file", "copy"};
static struct canvas from, to;

static bool begin(struct checkpoint_source *source, struct checkpoint_plane *plane)
{
    *plane =
        (struct checkpoint_plane){.version = from.version, .cluster = "bench", .topic = "bench"};
    return true;
}

static bool look(struct checkpoint_source *source, size_t i, struct checkpoint_canvas *canvas)
{
    *canvas = (struct checkpoint_canvas){
        .version = from.version, .checksum = from.checksum, .pixels = from.pixels};
    return i == 0;
}

static void copy(struct checkpoint_source *source, size_t i, struct checkpoint_canvas *canvas)
{
    look(source, i, canvas);
}

static void prove(struct checkpoint_source *source, struct anchor *anchor)
{
    *anchor = (struct anchor){.offset = from.version - 1};
}

static struct checkpoint_source source = {
    .begin = begin, .look = look, .copy = copy, .prove = prove};

static double clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void __attribute__((noreturn)) fail(const char *what)
{
    perror(what);
    exit(1);
}

static void write_file(const char *dir)
{
    char temporary[4096], name[4096];
    snprintf(temporary, sizeof temporary, "%s/file.new", dir);
    snprintf(name, sizeof name, "%s/file", dir);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, from.pixels, FILE_BYTES) != FILE_BYTES || fsync(fd) != 0 ||
        close(fd) != 0 || rename(temporary, name) != 0)
        fail(name);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static double wall[KINDS][REPEAT_MAX], cpu[KINDS][REPEAT_MAX];
    char path[4096], error[CHECKPOINT_ERROR_BYTES];
    int repeat = argc == 3 ? atoi(argv[2]) : 50;
    if (argc < 2 || argc > 3 || repeat < 1 || repeat > REPEAT_MAX) {
        fputs("usage: save DIR [REPEAT]\n", stderr);
        return 2;
    }
    snprintf(path, sizeof path, "%s/checkpoint", argv[1]);
    struct checkpoint *checkpoint = checkpoint_open(path, error);
    if (!checkpoint) {
        fprintf(stderr, "save: %s\n", error);
        return 1;
    }
    canvas_init(&from);
    srand(1);
    for (size_t i = 0; i < CANVAS_PIXELS; i++)
        from.pixels[i] = (uint8_t)(rand() >> 8 & 15);
    from.checksum = canvas_checksum(from.pixels);
    for (int i = -1; i < repeat; i++) {
        for (int kind = 0; kind < KINDS; kind++) {
            from.version++;
            double start = clock_ms(CLOCK_MONOTONIC), used = clock_ms(CLOCK_THREAD_CPUTIME_ID);
            if (kind == 0 && checkpoint_save(checkpoint, &source, error) != 1) {
                fprintf(stderr, "save: %s\n", error);
                return 1;
            }
            if (kind == 1)
                write_file(argv[1]);
            if (kind == 2) {
                to = from;
                __asm__ volatile("" ::"r"(&to) : "memory"); /* it is not for nothing */
            }
            if (i >= 0) {
                wall[kind][i] = clock_ms(CLOCK_MONOTONIC) - start;
                cpu[kind][i] = clock_ms(CLOCK_THREAD_CPUTIME_ID) - used;
            }
        }
    }
    checkpoint_close(checkpoint);
    printf("{\"repeat\":%d", repeat);
    for (int kind = 0; kind < KINDS; kind++) {
        qsort(wall[kind], (size_t)repeat, sizeof wall[kind][0], by_value);
        qsort(cpu[kind], (size_t)repeat, sizeof cpu[kind][0], by_value);
        printf(",\"%s\":{\"ms\":%.3f,\"cpu_ms\":%.3f,\"worst_ms\":%.3f}", names[kind],
               wall[kind][repeat / 2], cpu[kind][repeat / 2], wall[kind][repeat - 1]);
    }
    printf("}\n");
    return 0;
}
