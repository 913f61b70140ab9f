/* SPDX-License-Identifier: ISC */
/* sink_webp: see sink_webp.h. */
#include "sink_webp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "patch.h"
#include "webp_file.h"
#include "webp_image.h"

enum { PATH_BYTES = 4096, COPY_BYTES = 64 * 1024 };

struct sink_webp {
    struct sink sink;
    char part[PATH_BYTES];
    FILE *file;
    struct webp_file webp;
};

static int fail(char error[OUTPUT_ERROR_BYTES], const char *path, const char *what)
{
    snprintf(error, OUTPUT_ERROR_BYTES, "%.400s: %s", path, what);
    return -1;
}

static int fail_write(char error[OUTPUT_ERROR_BYTES], const char *path)
{
    if (errno == EFBIG)
        return fail(error, path,
                    "a WebP cannot be larger than 4 GiB: make fewer or smaller frames");
    return fail(error, path, strerror(errno));
}

/* In ms, rounded to the nearest, so that frames do not drift. */
static uint64_t time_of(uint64_t frame, uint32_t fps)
{
    return (frame * 1000 + fps / 2) / fps;
}

/* A frame that changes nothing, for durations that have no room in one. */
static int write_pause(struct sink_webp *sink, uint32_t duration_ms)
{
    static const uint8_t keep = PATCH_KEEP;
    const struct image image = {&keep, 1, 1, 1};
    struct webp_frame pause = {.rect = {0, 0, 1, 1}, .duration_ms = duration_ms, .blend = true};
    if (webp_image_encode(&image, &pause.chunk) != 0) {
        errno = ENOMEM;
        return -1;
    }
    int result = webp_file_frame(&sink->webp, &pause);
    free(pause.chunk.bytes);
    return result;
}

static int sink_write(struct sink *base, const struct encoding *encoding, uint32_t hold_ms,
                      char error[OUTPUT_ERROR_BYTES])
{
    struct sink_webp *sink = (struct sink_webp *)base;
    uint32_t fps = base->config.fps, zoom = encoding->zoom;
    uint64_t left = time_of(encoding->until, fps) - time_of(encoding->frame, fps) + hold_ms;
    struct rect rect = encoding->rect;
    const struct webp_frame frame = {
        .rect = {rect.x * zoom, rect.y * zoom, rect.width * zoom, rect.height * zoom},
        .duration_ms = (uint32_t)(left < WEBP_FILE_DURATION_MAX ? left : WEBP_FILE_DURATION_MAX),
        .blend = encoding->blend,
        .chunk = encoding->encoded};
    int result = webp_file_frame(&sink->webp, &frame);
    left -= frame.duration_ms;
    while (result == 0 && left > 0) {
        uint64_t part = left < WEBP_FILE_DURATION_MAX ? left : WEBP_FILE_DURATION_MAX;
        result = write_pause(sink, (uint32_t)part);
        left -= part;
    }
    base->bytes = sink->webp.bytes;
    return result == 0 ? 0 : fail_write(error, sink->part);
}

static int sink_mark(struct sink *base, struct state *state, char error[OUTPUT_ERROR_BYTES])
{
    struct sink_webp *sink = (struct sink_webp *)base;
    state->bytes = sink->webp.bytes;
    state->bytes_crc = sink->webp.crc;
    return fflush(sink->file) == 0 ? 0 : fail_write(error, sink->part);
}

static int sink_finish(struct sink *base, char error[OUTPUT_ERROR_BYTES])
{
    struct sink_webp *sink = (struct sink_webp *)base;
    if (webp_file_complete(&sink->webp) != 0 || fsync(fileno(sink->file)) != 0)
        return fail_write(error, sink->part);
    if (rename(sink->part, base->config.path) != 0)
        return fail(error, base->config.path, strerror(errno));
    return 0;
}

static void sink_destroy(struct sink *base)
{
    struct sink_webp *sink = (struct sink_webp *)base;
    if (sink->file)
        fclose(sink->file);
    free(sink);
}

/* Open PATH.part, alone: two processes that write one file would mix their frames. */
static int open_part(struct sink_webp *sink, char error[OUTPUT_ERROR_BYTES])
{
    int len = snprintf(sink->part, sizeof sink->part, "%s.part", sink->sink.config.path);
    if (len < 0 || (size_t)len >= sizeof sink->part)
        return fail(error, sink->sink.config.path, "too long a name");
    int descriptor = open(sink->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return fail(error, sink->part, strerror(errno));
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor);
        return fail(error, sink->part, "another process is writing it");
    }
    sink->file = fdopen(descriptor, "r+");
    if (sink->file)
        return 0;
    close(descriptor);
    return fail(error, sink->part, strerror(errno));
}

static int copy(FILE *from, FILE *to, uint64_t bytes)
{
    char buffer[COPY_BYTES];
    if (fseeko(from, 0, SEEK_SET) != 0 || fseeko(to, 0, SEEK_SET) != 0)
        return -1;
    while (bytes > 0) {
        size_t part = bytes < sizeof buffer ? (size_t)bytes : sizeof buffer;
        if (fread(buffer, 1, part, from) != part || fwrite(buffer, 1, part, to) != part)
            return -1;
        bytes -= part;
    }
    return 0;
}

/* What the state speaks of is in PATH.part when the run was killed, in PATH when it was stopped. */
static int resume(struct sink_webp *sink, const struct state *state, char error[OUTPUT_ERROR_BYTES])
{
    const char *path = sink->sink.config.path;
    if (!webp_file_is(sink->file, state->bytes, state->bytes_crc)) {
        FILE *stopped = fopen(path, "re");
        int result = -1;
        if (!stopped || !webp_file_is(stopped, state->bytes, state->bytes_crc))
            snprintf(error, OUTPUT_ERROR_BYTES,
                     "neither %.200s nor %.200s is the file that the last run left: give --anew to "
                     "begin anew",
                     sink->part, path);
        else if ((result = copy(stopped, sink->file, state->bytes)) != 0)
            fail_write(error, sink->part);
        if (stopped)
            fclose(stopped);
        if (result != 0)
            return -1;
    }
    if (webp_file_continue(&sink->webp, sink->file, state->bytes, state->bytes_crc) != 0)
        return fail_write(error, sink->part);
    sink->sink.bytes = state->bytes;
    return 0;
}

static int begin(struct sink_webp *sink, char error[OUTPUT_ERROR_BYTES])
{
    const struct output_config *config = &sink->sink.config;
    if (ftruncate(fileno(sink->file), 0) != 0 ||
        webp_file_begin(&sink->webp, sink->file, config->width * config->zoom,
                        config->height * config->zoom) != 0)
        return fail_write(error, sink->part);
    return 0;
}

struct sink *sink_webp_create(const struct output_config *config, const struct state *resumed,
                              char error[OUTPUT_ERROR_BYTES])
{
    static const struct sink_ops ops = {.encode = webp_image_encode,
                                        .write = sink_write,
                                        .mark = sink_mark,
                                        .finish = sink_finish,
                                        .destroy = sink_destroy};
    struct sink_webp *sink = calloc(1, sizeof *sink);
    if (!sink) {
        snprintf(error, OUTPUT_ERROR_BYTES, "out of memory");
        return NULL;
    }
    sink->sink = (struct sink){.ops = &ops, .config = *config};
    if (open_part(sink, error) == 0 &&
        (resumed ? resume(sink, resumed, error) : begin(sink, error)) == 0)
        return &sink->sink;
    sink_destroy(&sink->sink);
    return NULL;
}
