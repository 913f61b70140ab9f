/* SPDX-License-Identifier: ISC */
/* options: see options.h. */
#include "options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "encoders.h"

enum {
    FPS_DEFAULT = 25,
    FPS_MAX = 240,
    FPS_WEBP_MAX = 90, /* browsers show frames of 10 ms and less for 100 ms */
    SCALE_MAX = 1000,
    HOLD_DEFAULT_MS = 2000,
    HOLD_MAX_MS = 3600 * 1000,
};

#define SPEED_MILLI_MAX UINT64_C(1000000000000)
#define IDLE_MS_MAX     UINT64_C(1000000000000)
#define EDITS_MAX       UINT64_C(1000000000000)

static const char help[] =
    "usage: timelapse --log LOG --out FILE.webp|FILE.png|- [OPTION]...\n"
    "\n"
    "Make a film of what was painted. LOG is a log (local:DIR, DIR or kafka://HOST:PORT/TOPIC), a\n"
    "server (http://HOST:PORT), or a folder with a server's history blocks. The output is\n"
    "    FILE.webp   a lossless animated WebP\n"
    "    FILE.png    a picture a frame: FILE-000001.png, FILE-000002.png and so on\n"
    "    -           frames of rgb24 on standard output, for ffmpeg; the command is said\n"
    "\n"
    "  --from V|TIME, --to V|TIME  what of it: versions, or times such as 2026-04-01T12:00:00Z\n"
    "  --fps N               frames a second, 1 to 240, for WebP to 90 (25)\n"
    "  --speed K             K times as fast as it happened\n"
    "  --skip-idle SECONDS   with --speed: longer stretches without edits last no longer than "
    "that\n"
    "  --edits-per-frame N   every frame shows N edits more than the one before\n"
    "                        (without these: as many edits a frame as make a film of 30 s)\n"
    "  --region X,Y,W,H      pixels of the plane (all canvases that were painted)\n"
    "  --scale N|1/N         every pixel N x N large; or one for N x N, their most frequent "
    "colour\n"
    "  --hold SECONDS        how long the last frame stays (2)\n"
    "  --threads N           that encode (one a processor)\n"
    "  --anew                begin anew where a run was stopped with other options\n"
    "  -X NAME=VALUE         a librdkafka property\n"
    "  --quiet               no progress\n"
    "  --help, --version\n"
    "\n"
    "Ctrl-C ends it with what is there; the same command then goes on where it was.\n"
    "Exit status: 0 done, 1 it failed, 2 wrong usage. See timelapse(1).\n";

static enum options_result wrong(const char *option, const char *what, const char *text)
{
    fprintf(stderr, "timelapse: %s: expected %s, not '%.60s'\n", option, what, text);
    return OPTIONS_WRONG;
}

static bool take_whole(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    return decimal_parse(text, strlen(text), max, value) && *value >= min;
}

/* A decimal with up to three places, in thousandths. */
static bool take_milli(const char *text, uint64_t max, uint64_t *milli)
{
    const char *point = strchr(text, '.');
    size_t whole = point ? (size_t)(point - text) : strlen(text);
    uint64_t units, places = 0;
    if (!decimal_parse(text, whole, max / 1000, &units))
        return false;
    if (point) {
        size_t n = strlen(point + 1);
        if (n > 3 || !decimal_parse(point + 1, n, 999, &places))
            return false;
        for (; n < 3; n++)
            places *= 10;
    }
    *milli = units * 1000 + places;
    return *milli <= max;
}

static bool take_scale(const char *text, struct options *options)
{
    uint64_t n;
    bool smaller = strncmp(text, "1/", 2) == 0;
    if (!take_whole(text + (smaller ? 2 : 0), 1, SCALE_MAX, &n))
        return false;
    options->zoom = smaller ? 1 : (uint32_t)n;
    options->shrink = smaller ? (uint32_t)n : 1;
    return true;
}

static bool take_out(const char *text, struct options *options)
{
    size_t len = strlen(text);
    options->out = text;
    if (strcmp(text, "-") == 0)
        options->format = FORMAT_RAW;
    else if (len > 5 && strcmp(text + len - 5, ".webp") == 0)
        options->format = FORMAT_WEBP;
    else if (len > 4 && strcmp(text + len - 4, ".png") == 0)
        options->format = FORMAT_PNG;
    else
        return false;
    return true;
}

static bool take_property(char *text, struct options *options)
{
    return log_property_add(options->properties, &options->n_properties, OPTIONS_PROPERTIES_MAX,
                            text);
}

/* One option that has a value. */
static enum options_result take(int option, char *text, struct options *options)
{
    uint64_t n;
    switch (option) {
    case 'l':
        options->log = text;
        return OPTIONS_RUN;
    case 'o':
        return take_out(text, options) ? OPTIONS_RUN
                                       : wrong("--out", "FILE.webp, FILE.png or -", text);
    case 'f':
    case 't':
        *(option == 'f' ? &options->has_from : &options->has_to) = true;
        if (moment_parse(text, option == 'f' ? &options->from : &options->to))
            return OPTIONS_RUN;
        return wrong(option == 'f' ? "--from" : "--to", MOMENT_FORMS, text);
    case 'p':
        if (!take_whole(text, 1, FPS_MAX, &n))
            return wrong("--fps", "frames a second from 1 to 240", text);
        options->fps = (uint32_t)n;
        return OPTIONS_RUN;
    case 's':
        if (take_milli(text, SPEED_MILLI_MAX, &options->speed_milli) && options->speed_milli > 0)
            return OPTIONS_RUN;
        return wrong("--speed", "a number from 0.001 to 1000000000", text);
    case 'e':
        if (take_whole(text, 1, EDITS_MAX, &options->edits_per_frame))
            return OPTIONS_RUN;
        return wrong("--edits-per-frame", "a number from 1", text);
    case 'i':
        if (!take_milli(text, IDLE_MS_MAX, &n))
            return wrong("--skip-idle", "seconds", text);
        options->has_idle = true;
        options->idle_ms = (int64_t)n;
        return OPTIONS_RUN;
    case 'r':
        options->has_region = true;
        if (region_parse(text, &options->region))
            return OPTIONS_RUN;
        return wrong("--region", "X,Y,W,H inside the plane, -1024000,-1024000 to 1023999,1023999",
                     text);
    case 'c':
        if (take_scale(text, options))
            return OPTIONS_RUN;
        return wrong("--scale", "N or 1/N with N from 1 to 1000", text);
    case 'h':
        if (!take_milli(text, HOLD_MAX_MS, &n))
            return wrong("--hold", "seconds from 0 to 3600", text);
        options->hold_ms = (uint32_t)n;
        return OPTIONS_RUN;
    case 'j':
        if (!take_whole(text, 1, ENCODERS_MAX, &n))
            return wrong("--threads", "a number from 1 to 64", text);
        options->threads = (unsigned)n;
        return OPTIONS_RUN;
    default:
        return take_property(text, options) ? OPTIONS_RUN : wrong("-X", "NAME=VALUE", text);
    }
}

static enum options_result refuse(const char *message)
{
    fprintf(stderr, "timelapse: %s\n", message);
    return OPTIONS_WRONG;
}

/* What one option says about another. */
static enum options_result check(const struct options *options)
{
    if (!options->log || !options->out)
        return refuse("--log and --out are needed (see --help)");
    if (options->speed_milli > 0 && options->edits_per_frame > 0)
        return refuse("--speed or --edits-per-frame, not both");
    if (options->has_idle && options->speed_milli == 0)
        return refuse("--skip-idle needs --speed: frames of so many edits know no idle time");
    if (options->format == FORMAT_WEBP && options->fps > FPS_WEBP_MAX)
        return refuse("--fps: at most 90 for a WebP: browsers show shorter frames for longer");
    if (options->format == FORMAT_RAW && options->anew)
        return refuse("--anew: what goes to standard output always begins anew");
    return OPTIONS_RUN;
}

enum options_result timelapse_options_read(int argc, char *argv[], struct options *options)
{
    static const struct option names[] = {{"log", required_argument, NULL, 'l'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"from", required_argument, NULL, 'f'},
                                          {"to", required_argument, NULL, 't'},
                                          {"fps", required_argument, NULL, 'p'},
                                          {"speed", required_argument, NULL, 's'},
                                          {"edits-per-frame", required_argument, NULL, 'e'},
                                          {"skip-idle", required_argument, NULL, 'i'},
                                          {"region", required_argument, NULL, 'r'},
                                          {"scale", required_argument, NULL, 'c'},
                                          {"hold", required_argument, NULL, 'h'},
                                          {"threads", required_argument, NULL, 'j'},
                                          {"anew", no_argument, NULL, 'a'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'H'},
                                          {"version", no_argument, NULL, 'V'},
                                          {0}};
    *options = (struct options){
        .fps = FPS_DEFAULT, .zoom = 1, .shrink = 1, .hold_ms = HOLD_DEFAULT_MS, .idle_ms = -1};
    enum options_result result = OPTIONS_RUN;
    int option;
    while (result == OPTIONS_RUN && (option = getopt_long(argc, argv, "X:", names, NULL)) != -1) {
        if (option == 'a')
            options->anew = true;
        else if (option == 'q')
            options->quiet = true;
        else if (option == 'H' || option == 'V')
            return fputs(option == 'H' ? help : "timelapse " PLACED_VERSION "\n", stdout) < 0
                       ? OPTIONS_WRONG
                       : OPTIONS_DONE;
        else if (option == '?')
            return OPTIONS_WRONG; /* getopt has said why */
        else
            result = take(option, optarg, options);
    }
    if (result != OPTIONS_RUN)
        return result;
    if (optind < argc)
        return wrong("timelapse", "options only", argv[optind]);
    return check(options);
}

static void write_moment(char *text, size_t size, bool given, const struct moment *moment)
{
    if (!given)
        snprintf(text, size, "-");
    else if (moment->is_time)
        snprintf(text, size, "time:%" PRId64, moment->time_ms);
    else
        snprintf(text, size, "%" PRIu64, moment->version);
}

void timelapse_options_command(const struct options *options, char command[OPTIONS_COMMAND_BYTES])
{
    char from[32], to[32], region[64] = "-";
    const struct region *r = &options->region;
    write_moment(from, sizeof from, options->has_from, &options->from);
    write_moment(to, sizeof to, options->has_to, &options->to);
    if (options->has_region)
        snprintf(region, sizeof region, "%" PRId32 ",%" PRId32 ",%" PRIu32 ",%" PRIu32, r->x, r->y,
                 r->width, r->height);
    snprintf(command, OPTIONS_COMMAND_BYTES,
             "%s from=%s to=%s region=%s fps=%" PRIu32 " speed=%" PRIu64 " edits=%" PRIu64
             " idle=%" PRId64 " scale=%" PRIu32 "/%" PRIu32 " hold=%" PRIu32,
             options->format == FORMAT_WEBP ? "webp" : "png", from, to, region, options->fps,
             options->speed_milli, options->edits_per_frame, options->idle_ms, options->zoom,
             options->shrink, options->hold_ms);
}
