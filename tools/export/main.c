/* SPDX-License-Identifier: ISC */
/*
 * export: edits of a log as CSV, or a picture at a version as PNG; from a log, a server or its
 * folder. It reads only.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/progress.h"
#include "common/source_open.h"
#include "common/stop.h"
#include "csv.h"
#include "options.h"
#include "output.h"
#include "picture.h"
#include "sys/descriptors.h"

static int complain(const char *message, const char *what)
{
    fprintf(stderr, "export: %s%s%s\n", message, *what ? ": " : "", what);
    return 1;
}

static int complain_output(const char *path, int error)
{
    return complain(path && strcmp(path, "-") != 0 ? path : "standard output", strerror(error));
}

/* Where an option's moment is; the value is kept without one. 0 or -1. */
static int find(struct source *source, bool has, const struct moment *moment, uint64_t *version)
{
    if (!has)
        return 0;
    if (moment_version(moment, source, version) != 0)
        return -1;
    return 0;
}

static int write_csv(const struct options *o, struct source *source, struct output *output)
{
    struct progress progress;
    struct csv_counts counts;
    uint64_t from = 0, to = source_end(source);
    if (find(source, o->has_from, &o->from, &from) != 0 ||
        find(source, o->has_to, &o->to, &to) != 0)
        return complain(o->log, source_error(source));
    if (output_open(output, o->out) != 0)
        return complain_output(o->out, errno);
    progress_begin(&progress, "exported", "edits", o->quiet, from);
    enum csv_result result = csv_write(source, from, to, o->source.limited ? &o->region : NULL,
                                       output, &progress, &counts);
    progress_end(&progress);
    if (result != CSV_DONE)
        output_abandon(output);
    switch (result) {
    case CSV_STOPPED:
        return complain("stopped", output->path ? "nothing is written" : "");
    case CSV_SOURCE_FAILED:
        return complain(o->log, source_error(source));
    case CSV_OUTPUT_FAILED:
        return complain_output(o->out, output->error);
    case CSV_DONE:
        break;
    }
    if (output_finish(output) != 0)
        return complain_output(o->out, output->error);
    if (!o->quiet)
        fprintf(stderr, "export: %" PRIu64 " edits up to version %" PRIu64 "%s\n", counts.edits,
                to < source_end(source) ? to : source_end(source),
                counts.timeless ? "; some have no time, that column is empty" : "");
    return 0;
}

static int write_png(const struct options *o, struct source *source, struct picture *picture,
                     struct output *output)
{
    uint8_t genesis[GENESIS_BYTES];
    size_t len;
    bool known = source_genesis(source, genesis);
    uint8_t *png = picture_png(picture, known ? genesis : NULL, &len);
    if (!png)
        return complain("the picture cannot be encoded", "no memory");
    if (output_open(output, o->png) != 0) {
        free(png);
        return complain_output(o->png, errno);
    }
    output_write(output, png, len);
    free(png);
    if (output_finish(output) != 0)
        return complain_output(o->png, output->error);
    if (!o->quiet)
        fprintf(stderr, "export: version %" PRIu64 ", %" PRIu32 " x %" PRIu32 " pixels\n",
                picture->version, picture->region.width, picture->region.height);
    return 0;
}

static int write_picture(const struct options *o, struct source *source, struct output *output)
{
    struct progress progress;
    struct picture picture;
    uint64_t at = source_end(source);
    if (source_begin(source) > 0) {
        fprintf(stderr,
                "export: %s: its beginning was deleted, the oldest offset is %" PRIu64
                ": no picture can be made\n",
                o->log, source_begin(source));
        return 1;
    }
    if (find(source, o->has_at, &o->at, &at) != 0)
        return complain(o->log, source_error(source));
    if (at > source_end(source)) {
        fprintf(stderr, "export: --at: version %" PRIu64 " is beyond the end, %" PRIu64 "\n", at,
                source_end(source));
        return 1;
    }
    if (!picture_init(&picture, &o->region, o->has_canvas))
        return complain("--region", "more pixels than there is room for");
    progress_begin(&progress, "folded", "edits", o->quiet, 0);
    enum source_result result = picture_fold(&picture, source, at, &progress);
    progress_end(&progress);
    int status = 1;
    if (stop_asked())
        complain("stopped", "nothing is written");
    else if (result == SOURCE_FAILED)
        complain(o->log, source_error(source));
    else
        status = write_png(o, source, &picture, output);
    picture_finish(&picture);
    return status;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static struct options options;
    static struct output output;
    char error[SOURCE_ERROR_BYTES] = "";
    switch (options_read(&options, argc, argv)) {
    case OPTIONS_WRONG:
        return 2;
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_GO:
        break;
    }
    stop_on_signals();
    struct source *source = source_open(options.log, &options.source, error);
    int status = source ? 0 : complain("--log", error);
    if (source)
        status = options.png ? write_picture(&options, source, &output)
                             : write_csv(&options, source, &output);
    source_close(source);
    stop_repeat_signal();
    return status;
}
