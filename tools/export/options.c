/* SPDX-License-Identifier: ISC */
/* options: see options.h. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"

static const char help[] =
    "usage: export --log URL|SERVER [--out FILE] [OPTION]...\n"
    "       export --log URL|SERVER --png FILE [--at WHEN] [OPTION]...\n"
    "\n"
    "Write the edits of a log as CSV, or the picture that they had made by some time as PNG.\n"
    "\n"
    "  --log URL|SERVER   what to read: [local:]DIR, kafka://HOST:PORT[,...]/TOPIC, a server\n"
    "                     (http://HOST:PORT), or its folder DATA/history\n"
    "  --out FILE         the CSV; - or nothing is standard output\n"
    "  --from WHEN        the first edits; the oldest by default\n"
    "  --to WHEN          where the edits end; all by default\n"
    "  --png FILE         a picture instead of edits; - is standard output\n"
    "  --at WHEN          of what time; the present by default\n"
    "  --canvas GX,GY     only this canvas; all for CSV, 0,0 for a picture by default\n"
    "  --region X,Y,W,H   only these pixels of the plane, over several canvases\n"
    "  --timeout S        how long a server or a broker may say nothing (30)\n"
    "  -X NAME=VALUE      a librdkafka property\n"
    "  --quiet            no progress on standard error\n"
    "  --help, --version  print that and exit\n"
    "\n"
    "WHEN is a version, ms since 1970 (13 digits or more) or a time such as 2026-04-01T12:00:00Z.\n"
    "Exit status: 0 when all is written, 1 when it is not, 2 for wrong usage.\n";

static bool complain(const char *message, const char *what)
{
    fprintf(stderr, "export: %s%s\n", message, what);
    return false;
}

static bool take_when(const char *option, const char *text, bool *has, struct moment *moment)
{
    *has = moment_parse(text, moment);
    if (!*has)
        fprintf(stderr, "export: %s: expected " MOMENT_FORMS ", got %s\n", option, text);
    return *has;
}

static bool take_canvas(struct options *o, const char *text)
{
    const char *comma = strchr(text, ',');
    int64_t gx, gy;
    if (!comma ||
        !decimal_parse_canonical(text, (size_t)(comma - text), POSITION_MIN, POSITION_MAX, &gx) ||
        !decimal_parse_canonical(comma + 1, strlen(comma + 1), POSITION_MIN, POSITION_MAX, &gy))
        return complain("--canvas: expected GX,GY, -1024 to 1023 each, got ", text);
    o->has_canvas = position_from(gx, gy, &o->canvas);
    return o->has_canvas;
}

static bool take_region(struct options *o, const char *text)
{
    o->has_region = region_parse(text, &o->region);
    return o->has_region ||
           complain("--region: expected X,Y,W,H in pixels of the plane, got ", text);
}

static bool take_timeout(struct options *o, const char *text)
{
    uint64_t seconds;
    if (!decimal_parse(text, strlen(text), 86400, &seconds) || seconds == 0)
        return complain("--timeout: expected seconds, 1 to 86400, got ", text);
    o->source.timeout_s = (unsigned)seconds;
    return true;
}

static bool take_property(struct options *o, char *text)
{
    return log_property_add(o->properties, &o->source.n_properties, PROPERTIES_MAX, text) ||
           complain("-X: expected NAME=VALUE, got ", text);
}

static bool take_log(struct options *o, const char *text)
{
    if (o->log)
        return complain("--log: one is enough, got another: ", text);
    o->log = text;
    return true;
}

/* Are they what can be asked for together? */
static bool check(const struct options *o)
{
    if (!o->log)
        return complain("--log is missing", "");
    if (o->png && (o->out || o->has_from || o->has_to))
        return complain("--out, --from and --to are for edits, --png for a picture", "");
    if (!o->png && o->has_at)
        return complain("--at is for a picture: --png FILE is missing", "");
    if (o->has_canvas && o->has_region)
        return complain("--canvas or --region, not both", "");
    return true;
}

static void settle(struct options *o)
{
    if (!o->has_region && (o->has_canvas || o->png)) {
        o->region = (struct region){o->canvas.gx * CANVAS_WIDTH, o->canvas.gy * CANVAS_HEIGHT,
                                    CANVAS_WIDTH, CANVAS_HEIGHT};
        o->has_canvas = true;
    }
    if (o->has_region || o->has_canvas) {
        o->source.limited = true;
        region_canvases(&o->region, &o->source.area.first, &o->source.area.last);
    }
    o->source.properties = o->properties;
}

enum options_result options_read(struct options *o, int argc, char *argv[])
{
    static const struct option options[] = {{"log", required_argument, NULL, 'l'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"from", required_argument, NULL, 'f'},
                                            {"to", required_argument, NULL, 't'},
                                            {"png", required_argument, NULL, 'p'},
                                            {"at", required_argument, NULL, 'a'},
                                            {"canvas", required_argument, NULL, 'c'},
                                            {"region", required_argument, NULL, 'r'},
                                            {"timeout", required_argument, NULL, 's'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'v'},
                                            {0}};
    bool good = true;
    int option;
    *o = (struct options){0};
    while (good && (option = getopt_long(argc, argv, "X:h", options, NULL)) != -1) {
        switch (option) {
        case 'l':
            good = take_log(o, optarg);
            break;
        case 'o':
            o->out = optarg;
            break;
        case 'f':
            good = take_when("--from", optarg, &o->has_from, &o->from);
            break;
        case 't':
            good = take_when("--to", optarg, &o->has_to, &o->to);
            break;
        case 'p':
            o->png = optarg;
            break;
        case 'a':
            good = take_when("--at", optarg, &o->has_at, &o->at);
            break;
        case 'c':
            good = take_canvas(o, optarg);
            break;
        case 'r':
            good = take_region(o, optarg);
            break;
        case 's':
            good = take_timeout(o, optarg);
            break;
        case 'X':
            good = take_property(o, optarg);
            break;
        case 'q':
            o->quiet = true;
            break;
        case 'h':
            fputs(help, stdout);
            return OPTIONS_DONE;
        case 'v':
            puts("export " PLACED_VERSION);
            return OPTIONS_DONE;
        default:
            fputs(help, stderr);
            return OPTIONS_WRONG;
        }
    }
    while (good && optind < argc)
        good = take_log(o, argv[optind++]);
    if (!good || !check(o))
        return OPTIONS_WRONG;
    settle(o);
    return OPTIONS_GO;
}
