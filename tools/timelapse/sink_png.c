/* SPDX-License-Identifier: ISC */
/* sink_png: see sink_png.h. */
#include "sink_png.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "png_image.h"

enum { PATH_BYTES = 4096 };

struct sink_png {
    struct sink sink;
    char temporary[PATH_BYTES];
};

static int fail(char error[OUTPUT_ERROR_BYTES], const char *path)
{
    snprintf(error, OUTPUT_ERROR_BYTES, "%.400s: %s", path, strerror(errno));
    return -1;
}

/* A frame's file appears whole: a program that waits for it never sees half of it. */
static int write_file(struct sink_png *sink, uint64_t frame, const struct encoded *encoded,
                      char error[OUTPUT_ERROR_BYTES])
{
    char path[PATH_BYTES];
    const char *given = sink->sink.config.path;
    int stem = (int)(strlen(given) - strlen(".png"));
    int len = snprintf(path, sizeof path, "%.*s-%06" PRIu64 ".png", stem, given, frame + 1);
    if (len < 0 || (size_t)len >= sizeof path) {
        errno = ENAMETOOLONG;
        return fail(error, given);
    }
    FILE *file = fopen(sink->temporary, "we");
    if (!file)
        return fail(error, sink->temporary);
    bool whole = fwrite(encoded->bytes, 1, encoded->len, file) == encoded->len;
    if (fclose(file) != 0 || !whole)
        return fail(error, sink->temporary);
    if (rename(sink->temporary, path) != 0)
        return fail(error, path);
    sink->sink.bytes += encoded->len;
    return 0;
}

static int sink_write(struct sink *base, const struct encoding *encoding, uint32_t hold_ms,
                      char error[OUTPUT_ERROR_BYTES])
{
    struct sink_png *sink = (struct sink_png *)base;
    uint64_t until = encoding->until + (uint64_t)hold_ms * base->config.fps / 1000;
    for (uint64_t frame = encoding->frame; frame < until; frame++) {
        if (write_file(sink, frame, &encoding->encoded, error) != 0)
            return -1;
    }
    return 0;
}

static int sink_mark(struct sink *sink, struct state *state, char error[OUTPUT_ERROR_BYTES])
{
    state->bytes = 0;
    state->bytes_crc = 0;
    return 0;
}

static int sink_finish(struct sink *sink, char error[OUTPUT_ERROR_BYTES])
{
    return 0;
}

static void sink_destroy(struct sink *sink)
{
    free(sink);
}

struct sink *sink_png_create(const struct output_config *config, char error[OUTPUT_ERROR_BYTES])
{
    static const struct sink_ops ops = {.encode = png_image_encode,
                                        .whole = true,
                                        .write = sink_write,
                                        .mark = sink_mark,
                                        .finish = sink_finish,
                                        .destroy = sink_destroy};
    struct sink_png *sink = calloc(1, sizeof *sink);
    if (!sink) {
        snprintf(error, OUTPUT_ERROR_BYTES, "out of memory");
        return NULL;
    }
    sink->sink = (struct sink){.ops = &ops, .config = *config};
    int len = snprintf(sink->temporary, sizeof sink->temporary, "%s.new", config->path);
    if (len > 0 && (size_t)len < sizeof sink->temporary)
        return &sink->sink;
    errno = ENAMETOOLONG;
    fail(error, config->path);
    free(sink);
    return NULL;
}
