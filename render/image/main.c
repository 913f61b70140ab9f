/* SPDX-License-Identifier: ISC */
/*
 * placed-render-image [--op NAME] [--memory BYTES] [--pixels N]: a child of placed-render, which
 * makes one variant of an uploaded picture at a time. With an op it makes no others.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "render/child/child.h"
#include "render/child/confine.h"
#include "render/image/engine.h"
#include "sys/descriptors.h"

struct image_child {
    struct child child; /* first */
    struct budget budget;
    int op; /* an enum picture_op, or -1: all of them */
};

static int render(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES])
{
    struct image_child *self = (struct image_child *)child;
    struct engine_result result;
    if (first->kind != PICTURE_IMAGE || (self->op >= 0 && (int)first->op != self->op)) {
        snprintf(error, CHILD_ERROR_BYTES, "asked for a picture that others make");
        return -1;
    }
    if (input < 0) {
        snprintf(error, CHILD_ERROR_BYTES, "the uploaded picture is not there");
        return -1;
    }
    if (engine_render(first, input, &self->budget, &result, error) != 0)
        return -1;
    const int code = child_send(child, place, result.bytes, result.len);
    free(result.bytes);
    return code;
}

static int op_of(const char *name)
{
    for (int i = 0; i < PICTURE_OP_COUNT; i++)
        if (strcmp(name, picture_op_name((enum picture_op)i)) == 0)
            return i;
    return -1;
}

/* False after a message. */
static bool read_options(int argc, char **argv, struct image_child *self)
{
    static const struct option names[] = {{"op", required_argument, NULL, 'o'},
                                          {"memory", required_argument, NULL, 'm'},
                                          {"pixels", required_argument, NULL, 'p'},
                                          {0}};
    for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        uint64_t *number = option == 'm' ? &self->budget.memory : &self->budget.pixels;
        if (option == '?') /* getopt has said why */
            return false;
        if (option == 'o' && (self->op = op_of(optarg)) < 0) {
            fprintf(stderr, "%s: --op %s: expected the name of an operation\n", argv[0], optarg);
            return false;
        }
        if (option != 'o' && !decimal_parse(optarg, strlen(optarg), UINT64_MAX, number)) {
            fprintf(stderr, "%s: --%s %s: expected a number of %s\n", argv[0],
                    option == 'm' ? "memory" : "pixels", optarg,
                    option == 'm' ? "bytes" : "pixels");
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
    struct image_child self = {
        .child = {.render = render}, .budget = {.pixels = BUDGET_PIXELS}, .op = -1};
    char error[ENGINE_ERROR_BYTES];
    if (!read_options(argc, argv, &self))
        return 2;
    child_begin(self.budget.memory);
    if (engine_start(error) == 0 &&
        child_confine(&(struct child_rights){.threads = true}, error) == 0)
        return child_run(&self.child);
    fprintf(stderr, "%s: %s\n", argv[0], error);
    return 1;
}
