/* SPDX-License-Identifier: ISC */
/*
 * placed-render-fractal [--threads N] [--memory BYTES]: a child of placed-render, which renders one
 * tile at a time, with N threads (default: 1).
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "render/child/child.h"
#include "render/child/confine.h"
#include "render/fractal/fractal.h"
#include "sys/descriptors.h"

struct fractal_child {
    struct child child; /* first */
    struct fractal *fractal;
};

static int render(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES])
{
    struct fractal_child *self = (struct fractal_child *)child;
    size_t len;
    if (first->kind != PICTURE_MANDELBROT && first->kind != PICTURE_JULIA) {
        snprintf(error, CHILD_ERROR_BYTES, "asked for a picture that is no fractal");
        return -1;
    }
    const uint8_t *file = fractal_render(self->fractal, first, &len);
    if (!file) {
        snprintf(error, CHILD_ERROR_BYTES, "the tile could not be compressed");
        return -1;
    }
    return child_send(child, place, file, len);
}

/* False after a message. */
static bool read_options(int argc, char **argv, uint64_t *threads, uint64_t *memory)
{
    static const struct option names[] = {
        {"threads", required_argument, NULL, 't'}, {"memory", required_argument, NULL, 'm'}, {0}};
    for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        const bool is_threads = option == 't';
        if (option == '?') /* getopt has said why */
            return false;
        if (!decimal_parse(optarg, strlen(optarg), is_threads ? FRACTAL_THREADS_MAX : UINT64_MAX,
                           is_threads ? threads : memory) ||
            *threads == 0) {
            fprintf(stderr, "%s: --%s %s: expected a number%s\n", argv[0],
                    is_threads ? "threads" : "memory", optarg,
                    is_threads ? " from 1 to 256" : " of bytes");
            return false;
        }
    }
    if (optind < argc)
        fprintf(stderr, "%s: %s: expected options only\n", argv[0], argv[optind]);
    return optind == argc;
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    struct fractal_child self = {.child = {.render = render}};
    uint64_t threads = 1, memory = 0;
    char error[CHILD_ERROR_BYTES];
    if (!read_options(argc, argv, &threads, &memory))
        return 2;
    child_begin(memory);
    self.fractal = fractal_create((unsigned)threads, escape_best());
    if (!self.fractal) {
        fprintf(stderr, "%s: not enough memory, or %u threads are too many\n", argv[0],
                (unsigned)threads);
        return 1;
    }
    int status = 1;
    if (child_confine(&(struct child_rights){0}, error) == 0)
        status = child_run(&self.child);
    else
        fprintf(stderr, "%s: %s\n", argv[0], error);
    fractal_destroy(self.fractal);
    return status;
}
