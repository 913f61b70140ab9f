/* SPDX-License-Identifier: ISC */
/* options: see options.h. */
#include "options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batcher.h"
#include "core/decimal.h"
#include "core/edit.h"
#include "core/position.h"
#include "sorter.h"

static const char help[] =
    "usage: import [OPTION]... --log URL FILE...\n"
    "       import [OPTION]... --server http[s]://HOST[:PORT] FILE...\n"
    "Paint Reddit's published r/place data (2017, 2022, 2023; CSV, plain or gzipped), or pictures\n"
    "(PNG), into a log that no server has open, or through a running server.\n"
    "\n"
    "  --log URL              local:DIR (DIR holds data.mdb) or kafka://HOST:PORT[,...]/TOPIC\n"
    "  --server URL           a running server; times are its own\n"
    "  --format F             2017, 2022, 2023 or png (by the header line, or the name)\n"
    "  --region X,Y,W,H       only this part of the data (2017: 0,0,1000,1000; else all of it)\n"
    "  --quadrant GX,GY       the part of 1000 x 1000 that begins there, on canvas 0,0\n"
    "  --offset X,Y           added to the data's coordinates (0,0)\n"
    "  --speed K|max          K times as fast as it was, with the time now (max: at once, with\n"
    "                         the time it was)\n"
    "  --batch N              edits a record at most, 1 to 65535 (10000)\n"
    "  --no-authors           do not note who made the edits\n"
    "  --author-key HEX       32 hexadecimal digits: users become numbers under this key\n"
    "  --work DIR             temporary files and the place where to go on (DIR.import beside the\n"
    "                         log, FILE.import for Kafka and servers)\n"
    "  --memory MIB           for sorting (256)\n"
    "  -X NAME=VALUE          a librdkafka property\n"
    "  --insecure             https: any certificate will do\n"
    "  --json FILE            the report as JSON (-: standard output)\n"
    "  --quiet                no progress\n"
    "  --help, --version\n"
    "\n"
    "Stopped by Ctrl-C or killed, it goes on where it was when it is run again.\n"
    "Exit status: 0 all of it is there, 1 it is not (standard error says why), 2 wrong usage.\n"
    "See import(1).\n";

static bool bad(const char *option, const char *expected, const char *text)
{
    fprintf(stderr, "import: %s: expected %s, not '%.60s'\n", option, expected, text);
    return false;
}

/* n numbers with commas between them, each at most far away from 0. */
static bool numbers(const char *text, int64_t far, int64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = strcspn(text, ",");
        if ((text[len] == ',') != (i + 1 < n) ||
            !decimal_parse_canonical(text, len, -far, far, &values[i]))
            return false;
        text += len + 1;
    }
    return true;
}

static bool take_format(struct options *options, const char *text)
{
    for (int i = 0; i < PLACE_FORMATS; i++) {
        if (strcmp(text, place_format_name((enum place_format)i)) == 0) {
            options->format = i;
            return true;
        }
    }
    options->format = OPTIONS_FORMAT_PNG;
    return strcmp(text, "png") == 0 || bad("--format", "2017, 2022, 2023 or png", text);
}

static bool take_region(struct options *options, const char *text)
{
    int64_t v[4];
    if (!numbers(text, 2 * PLACE_FAR, v, 4) || v[2] < 1 || v[3] < 1)
        return bad("--region", "X,Y,WIDTH,HEIGHT", text);
    options->has_region = true;
    options->region = (struct region){v[0], v[1], v[2], v[3]};
    return true;
}

static bool take_speed(struct options *options, const char *text)
{
    char *end;
    options->speed = 0;
    if (strcmp(text, "max") == 0)
        return true;
    options->speed = strtod(text, &end);
    return (end != text && *end == '\0' && isfinite(options->speed) && options->speed >= 1e-3 &&
            options->speed <= 1e9) ||
           bad("--speed", "max, or a number from 0.001 to 1e9", text);
}

static bool take_size(const char *option, const char *text, uint64_t max, const char *expected,
                      size_t *size)
{
    uint64_t value;
    if (!decimal_parse(text, strlen(text), max, &value) || value < 1)
        return bad(option, expected, text);
    *size = (size_t)value;
    return true;
}

static bool take_key(struct options *options, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    if (strlen(text) != 2 * AUTHOR_KEY_BYTES || strspn(text, digits) != 2 * AUTHOR_KEY_BYTES)
        return bad("--author-key", "32 hexadecimal digits, small letters", text);
    for (size_t i = 0; i < AUTHOR_KEY_BYTES; i++)
        options->author_key[i] = (uint8_t)((strchr(digits, text[2 * i]) - digits) << 4 |
                                           (strchr(digits, text[2 * i + 1]) - digits));
    return true;
}

static bool take_property(struct options *options, char *text)
{
    return log_property_add(options->properties, &options->n_properties, OPTIONS_PROPERTIES_MAX,
                            text) ||
           bad("-X", "NAME=VALUE", text);
}

static bool take_quadrant(int64_t quadrant[2], const char *text)
{
    return numbers(text, POSITION_SPAN, quadrant, 2) || bad("--quadrant", "GX,GY", text);
}

/* What only makes sense together. */
static bool check(struct options *options, bool has_quadrant, const int64_t quadrant[2])
{
    const char *wrong = NULL;
    if (!options->log && !options->server)
        wrong = "say where to: --log URL or --server URL";
    else if (options->log && options->server)
        wrong = "--log or --server, not both";
    else if (options->n_files == 0)
        wrong = "FILE is missing: CSV, plain or gzipped, or PNG";
    else if (has_quadrant && options->has_region)
        wrong = "--quadrant is a --region: give one of them";
    else if (options->server && options->n_properties > 0)
        wrong = "-X is for --log kafka://...";
    else if (options->server && strncmp(options->server, "http://", 7) != 0 &&
             strncmp(options->server, "https://", 8) != 0)
        wrong = "--server: expected http://HOST:PORT or https://HOST:PORT";
    if (wrong) {
        fprintf(stderr, "import: %s\nimport --help lists the options\n", wrong);
        return false;
    }
    if (has_quadrant) {
        options->has_region = true;
        options->region = (struct region){quadrant[0] * CANVAS_WIDTH, quadrant[1] * CANVAS_HEIGHT,
                                          CANVAS_WIDTH, CANVAS_HEIGHT};
        options->offset_x -= options->region.x;
        options->offset_y -= options->region.y;
    }
    return true;
}

enum {
    LOG = 256,
    SERVER,
    FORMAT,
    REGION,
    QUADRANT,
    OFFSET,
    SPEED,
    BATCH,
    NO_AUTHORS,
    AUTHOR_KEY,
    WORK,
    MEMORY,
    INSECURE,
    JSON,
    QUIET,
    HELP,
    VERSION
};

static const struct option long_options[] = {
    {"log", required_argument, NULL, LOG},
    {"server", required_argument, NULL, SERVER},
    {"format", required_argument, NULL, FORMAT},
    {"region", required_argument, NULL, REGION},
    {"quadrant", required_argument, NULL, QUADRANT},
    {"offset", required_argument, NULL, OFFSET},
    {"speed", required_argument, NULL, SPEED},
    {"batch", required_argument, NULL, BATCH},
    {"no-authors", no_argument, NULL, NO_AUTHORS},
    {"author-key", required_argument, NULL, AUTHOR_KEY},
    {"work", required_argument, NULL, WORK},
    {"memory", required_argument, NULL, MEMORY},
    {"insecure", no_argument, NULL, INSECURE},
    {"json", required_argument, NULL, JSON},
    {"quiet", no_argument, NULL, QUIET},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {0},
};

/* One option that is no word of help. */
static bool take(struct options *options, int option, char *text, bool *has_quadrant,
                 int64_t quadrant[2])
{
    int64_t offset[2];
    switch (option) {
    case LOG:
        options->log = text;
        return *text || bad("--log", "local:DIR or kafka://HOST:PORT/TOPIC", text);
    case SERVER:
        options->server = text;
        return true;
    case FORMAT:
        return take_format(options, text);
    case REGION:
        return take_region(options, text);
    case QUADRANT:
        *has_quadrant = true;
        return take_quadrant(quadrant, text);
    case OFFSET:
        if (!numbers(text, PLACE_FAR, offset, 2))
            return bad("--offset", "X,Y", text);
        options->offset_x = offset[0];
        options->offset_y = offset[1];
        return true;
    case SPEED:
        return take_speed(options, text);
    case BATCH:
        return take_size("--batch", text, BATCHER_EDITS_MAX, "1 to 65535", &options->batch);
    case NO_AUTHORS:
        options->authors = false;
        return true;
    case AUTHOR_KEY:
        return take_key(options, text);
    case WORK:
        options->work = text;
        return *text || bad("--work", "a folder", text);
    case MEMORY:
        if (!take_size("--memory", text, 1024 * 1024, "MiB, 1 to 1048576", &options->memory))
            return false;
        options->memory <<= 20;
        return true;
    case INSECURE:
        options->insecure = true;
        return true;
    case JSON:
        options->json = text;
        return true;
    case QUIET:
        options->quiet = true;
        return true;
    case 'X':
        return take_property(options, text);
    default: /* getopt has said what */
        fputs("import --help lists the options\n", stderr);
        return false;
    }
}

enum options_result import_options(struct options *options, int argc, char *argv[])
{
    bool has_quadrant = false;
    int64_t quadrant[2] = {0};
    *options = (struct options){.format = OPTIONS_FORMAT_AUTO,
                                .batch = 10000,
                                .authors = true,
                                .memory = (size_t)256 << 20};
    memcpy(options->author_key, author_default_key, AUTHOR_KEY_BYTES);
    for (int option; (option = getopt_long(argc, argv, "X:h", long_options, NULL)) != -1;) {
        if (option == HELP || option == 'h') {
            fputs(help, stdout);
            return OPTIONS_DONE;
        }
        if (option == VERSION) {
            puts("import " PLACED_VERSION);
            return OPTIONS_DONE;
        }
        if (!take(options, option, optarg, &has_quadrant, quadrant))
            return OPTIONS_BAD;
    }
    options->files = (const char *const *)(argv + optind);
    options->n_files = (size_t)(argc - optind);
    return check(options, has_quadrant, quadrant) ? OPTIONS_RUN : OPTIONS_BAD;
}
