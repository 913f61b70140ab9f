/* SPDX-License-Identifier: ISC */
/* timelapse: a film of what was painted, from a log or a server. */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/progress.h"
#include "common/source_open.h"
#include "common/stop.h"
#include "film.h"
#include "options.h"
#include "output_encoded.h"
#include "output_raw.h"
#include "sink_png.h"
#include "sink_webp.h"
#include "survey.h"
#include "sys/descriptors.h"

enum {
    PATH_BYTES = 4096,
    ERROR_BYTES = 512,
    MEBIBYTE = 1024 * 1024,
    ENCODE_PIXELS_MAX = 1 << 26, /* at a time; libwebp takes some 30 bytes for each: 2 GB */
};

static int complain(int status, const char *message)
{
    fprintf(stderr, "timelapse: %s\n", message);
    return status;
}

/* Encoders allocate and free the same megabytes for every frame: keep them, instead of having the
 * kernel clear new ones each time, which takes a third as long as the encoding. */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 * MEBIBYTE);
    mallopt(M_TRIM_THRESHOLD, 256 * MEBIBYTE);
}

/* How many threads encode frames of so many pixels: what was asked for, or one a processor, but no
 * more than memory is meant for. */
static unsigned count_threads(const struct options *options, uint64_t pixels)
{
    cpu_set_t set;
    unsigned n = options->threads;
    if (n == 0)
        n = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
    n = n < ENCODERS_MAX ? n : ENCODERS_MAX;
    uint64_t most = ENCODE_PIXELS_MAX / pixels;
    return n <= most ? n : most > 0 ? (unsigned)most : 1;
}

/* What to do with raw frames: the command that takes them. */
static void say_raw(const struct output_config *config)
{
    uint32_t width = config->width * config->zoom, height = config->height * config->zoom;
    fprintf(stderr,
            "timelapse: frames of %" PRIu32 " x %" PRIu32 " rgb24, %" PRIu32
            " a second; for example:\n"
            "  timelapse ... --out - | ffmpeg -f rawvideo -pixel_format rgb24 -video_size %" PRIu32
            "x%" PRIu32 " -framerate %" PRIu32
            " -i - -c:v libx264 -crf 18%s -pix_fmt yuv420p film.mp4\n",
            width, height, config->fps, width, height, config->fps,
            width % 2 || height % 2 ? " -vf pad=ceil(iw/2)*2:ceil(ih/2)*2" : "");
}

static void say_done(const struct output *output, const struct plan *plan)
{
    const struct output_config *config = &output->config;
    fprintf(stderr,
            "timelapse: %s: %" PRIu32 " x %" PRIu32 ", versions %" PRIu64 " to %" PRIu64
            ", %" PRIu64 " frames, %" PRIu64 " bytes\n",
            strcmp(config->path, "-") == 0 ? "standard output" : config->path,
            config->width * config->zoom, config->height * config->zoom, plan->from, plan->to,
            plan->frames, output->bytes);
}

/* May this run go on where that one was? Otherwise a reason is in error. */
static int compare(const struct options *options, const struct state *state, struct source *source,
                   char error[ERROR_BYTES])
{
    char command[OPTIONS_COMMAND_BYTES];
    uint8_t genesis[GENESIS_BYTES] = {0};
    timelapse_options_command(options, command);
    source_genesis(source, genesis);
    if (strcmp(command, state->command) != 0)
        snprintf(error, ERROR_BYTES,
                 "%.100s: a run with other options was stopped here (%.150s, and not %.150s): "
                 "repeat it, or give --anew to begin anew",
                 options->out, state->command, command);
    else if (memcmp(genesis, state->plan.genesis, GENESIS_BYTES) != 0 ||
             source_end(source) < state->plan.to)
        snprintf(error, ERROR_BYTES,
                 "%.200s: the run that was stopped here was of another log: give --anew to begin "
                 "anew",
                 options->out);
    else
        return survey_size(options, &state->plan.region, error);
    return -1;
}

/* What there is to do: from the run that was stopped, or from the log itself. */
static int prepare(const struct options *options, const char *state_path, struct source *source,
                   struct progress *progress, struct state *state, bool *resumed,
                   char error[ERROR_BYTES])
{
    *resumed = false;
    if (options->format != FORMAT_RAW && !options->anew) {
        enum state_result found = state_load(state_path, state, error);
        if (found == STATE_BAD)
            return -1;
        *resumed = found == STATE_READ;
        if (*resumed)
            return compare(options, state, source, error);
    }
    *state = (struct state){0};
    timelapse_options_command(options, state->command);
    return survey(source, options, progress, &state->plan, error);
}

static struct output *open_output(const struct options *options, const struct state *state,
                                  const char *state_path, bool resumed, char error[ERROR_BYTES])
{
    const struct region *region = &state->plan.region;
    struct output_config config = {.path = options->out,
                                   .state_path = state_path,
                                   .width = (region->width + options->shrink - 1) / options->shrink,
                                   .height =
                                       (region->height + options->shrink - 1) / options->shrink,
                                   .zoom = options->zoom,
                                   .fps = options->fps,
                                   .hold_ms = options->hold_ms};
    config.threads =
        count_threads(options, (uint64_t)config.width * config.height * config.zoom * config.zoom);
    if (options->format == FORMAT_RAW) {
        if (!options->quiet)
            say_raw(&config);
        return output_raw_create(&config, error);
    }
    struct sink *sink = options->format == FORMAT_WEBP
                            ? sink_webp_create(&config, resumed ? state : NULL, error)
                            : sink_png_create(&config, error);
    return sink ? output_encoded_create(&config, state, sink, error) : NULL;
}

static int make_film(const struct options *options, struct source *source)
{
    char error[ERROR_BYTES] = "", state_path[PATH_BYTES];
    struct progress progress = {0};
    struct state state;
    bool resumed;
    int len = snprintf(state_path, sizeof state_path, "%s.state", options->out);
    if (len < 0 || (size_t)len >= sizeof state_path)
        return complain(1, "--out: too long a name");
    if (prepare(options, state_path, source, &progress, &state, &resumed, error) != 0)
        return stop_asked() ? 0 : complain(1, error);
    if (resumed)
        fprintf(stderr, "timelapse: %s: going on at frame %" PRIu64 " of %" PRIu64 "\n",
                options->out, state.frame + 1, state.plan.frames);
    struct output *output = open_output(options, &state, state_path, resumed, error);
    if (!output)
        return complain(1, error);
    enum film_result result = film_run(source, options, &state, resumed, output, &progress, error);
    if (result == FILM_COMPLETE && !options->quiet)
        say_done(output, &state.plan);
    if (result == FILM_FAILED)
        complain(1, error);
    if (result != FILM_COMPLETE && options->format != FORMAT_RAW && output->images > 0)
        complain(1, "the same command goes on where this one ended");
    output_destroy(output);
    return result == FILM_FAILED ? 1 : 0;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static struct options options;
    switch (timelapse_options_read(argc, argv, &options)) {
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_WRONG:
        return 2;
    case OPTIONS_RUN:
        break;
    }
    if (options.format == FORMAT_RAW && isatty(STDOUT_FILENO))
        return complain(2, "--out -: standard output is a terminal; pipe it into ffmpeg");
    keep_memory();
    stop_on_signals();
    char error[SOURCE_ERROR_BYTES] = "";
    struct source_options source_options = {.properties = options.properties,
                                            .n_properties = options.n_properties};
    survey_area(&options, &source_options);
    struct source *source = source_open(options.log, &source_options, error);
    int status = 0;
    if (source)
        status = make_film(&options, source);
    else if (!stop_asked())
        status = complain(1, error);
    source_close(source);
    stop_repeat_signal(); /* does not return when there was one */
    return status;
}
