/* SPDX-License-Identifier: ISC */
/* options: see options.h. */
#include "options.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/edit.h"
#include "wire.h"

static const char usage[] =
    "usage: edit-flood [OPTION]... TARGET...\n"
    "Loads a placed server and checks all that it says. TARGET: ws://HOST:PORT/ws (or wss://).\n"
    "\n"
    "  --readers N              viewers (100)\n"
    "  --writers N              clients that draw (10)\n"
    "  --canvas GX,GY           a canvas of the plane, again for more; all: those that are open\n"
    "  --rate N                 edits a second over all writers; 0: as fast as acknowledged "
    "(1000)\n"
    "  --batch N                edits a message, 1 to 256 (1)\n"
    "  --window N               messages of a writer without an answer (64 for rate 0, else 4096)\n"
    "  --pattern random|image FILE.png|fractal|raid|trace FILE[,FILE...]   (random)\n"
    "  --at X,Y                 image, raid: where; trace: corner of the part that is taken\n"
    "  --region X,Y,W,H         raid: paint this rectangle of a canvas\n"
    "  --colour C               in this colour, 0 to 15 (5)\n"
    "  --identities N           the writers have N identities, by cookies from POST /identity (0)\n"
    "  --from ADDRESS/BITS      the writers connect from addresses of this network\n"
    "  --forwarded ADDRESS/BITS the writers say so in X-Forwarded-For, as a proxy would\n"
    "  --impatient              a writer that is told to wait does not\n"
    "  --speed K                trace: K times as fast as it was (1)\n"
    "  --seed N                 of random choices (1)\n"
    "  --ramp N                 connections a second (2000)\n"
    "  --duration S             seconds of load (10)\n"
    "  --settle S               seconds to wait for the last answers (10)\n"
    "  --poll URL               the readers have no WebSocket: they ask there, by long polls\n"
    "  --eager                  draw while connections are still being made\n"
    "  --slow P, --stalled P, --reconnecting P     per cent of the readers (0)\n"
    "  --slow-bytes N           a second that a slow reader reads (2000)\n"
    "  --stall S                seconds that a stalled reader does not read (25)\n"
    "  --reconnect-every S      seconds that a reconnecting reader stays (2)\n"
    "  --full-readers N         viewers of each process with a canvas of their own (1)\n"
    "  --processes N            the first one writes, all read (1)\n"
    "  --source A[,B...]|A-B    IPv4 addresses to connect from\n"
    "  --alone                  nobody else draws: edits that are not ours are a fault\n"
    "  --insecure               wss: any certificate will do\n"
    "  --i-own-this-server      allow targets beyond this machine\n"
    "  --json FILE              the report as JSON (-: standard output)\n"
    "  --quiet                  no progress\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 fine, 1 something was missing, repeated, wrong or not answered, 2 bad usage,\n"
    "3 could not connect. See edit-flood(1).\n";

static bool bad(const char *option, const char *what)
{
    fprintf(stderr, "edit-flood: %s: %s\n", option, what);
    return false;
}

static bool take_number(const char *option, const char *text, double low, double high,
                        double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (end != text && *end == '\0' && *value >= low && *value <= high)
        return true;
    char what[96];
    snprintf(what, sizeof what, "expected a number from %.10g to %.10g, not '%.20s'", low, high,
             text);
    return bad(option, what);
}

static bool take_whole(const char *option, const char *text, double low, double high,
                       unsigned *value)
{
    double number;
    if (!take_number(option, text, low, high, &number))
        return false;
    *value = (unsigned)number;
    return *value == number || bad(option, "expected a whole number");
}

static bool take_share(const char *option, const char *text, double *value)
{
    char number[16];
    size_t len = strcspn(text, "%");
    if (len >= sizeof number || (text[len] && text[len + 1]))
        return bad(option, "expected per cent");
    memcpy(number, text, len);
    number[len] = '\0';
    if (!take_number(option, number, 0, 100, value))
        return false;
    *value /= 100;
    return true;
}

static bool take_canvas(struct options *options, const char *text)
{
    struct position position;
    if (strcmp(text, "all") == 0) {
        options->all_canvases = true;
        return true;
    }
    if (!plane_position(text, &position))
        return bad("--canvas", "expected all, or GX,GY from -1024 to 1023");
    for (unsigned i = 0; i < options->n_canvases; i++) {
        if (options->canvases[i].gx == position.gx && options->canvases[i].gy == position.gy)
            return bad("--canvas", "the same canvas twice");
    }
    if (options->n_canvases == CANVASES_MAX)
        return bad("--canvas", "too many canvases");
    options->canvases[options->n_canvases++] = position;
    return true;
}

static bool take_place(const char *option, const char *text, struct pattern_config *pattern)
{
    char after;
    if (sscanf(text, "%d,%d%c", &pattern->at_x, &pattern->at_y, &after) == 2)
        return true;
    return bad(option, "expected X,Y");
}

static bool add_source(struct options *options, struct in_addr address)
{
    if (options->n_sources == SOURCES_MAX)
        return bad("--source", "too many addresses");
    options->sources[options->n_sources++] = address;
    return true;
}

/* A, or A-B. */
static bool take_source_range(struct options *options, char *text)
{
    struct in_addr from, to;
    char *dash = strchr(text, '-');
    if (dash)
        *dash++ = '\0';
    if (inet_pton(AF_INET, text, &from) != 1 || inet_pton(AF_INET, dash ? dash : text, &to) != 1)
        return bad("--source", "expected IPv4 addresses");
    uint32_t last = ntohl(to.s_addr);
    for (uint32_t at = ntohl(from.s_addr); at <= last; at++) {
        if (!add_source(options, (struct in_addr){htonl(at)}))
            return false;
    }
    return true;
}

static bool take_sources(struct options *options, const char *text)
{
    char copy[1024];
    if (strlen(text) >= sizeof copy)
        return bad("--source", "too long");
    strcpy(copy, text);
    char *rest = copy, *one;
    while ((one = strsep(&rest, ",")) != NULL) {
        if (!take_source_range(options, one))
            return false;
    }
    return true;
}

static bool take_network(const char *option, const char *text, struct network *network, bool *has)
{
    *has = network_parse(network, text, strlen(text)) && network->bits >= 96 &&
           strchr(text, ':') == NULL;
    return *has || bad(option, "expected ADDRESS/BITS of IPv4");
}

static bool take_region(const char *text, struct pattern_config *pattern)
{
    int x, y, w, h;
    char after;
    if (sscanf(text, "%d,%d,%d,%d%c", &x, &y, &w, &h, &after) != 4 || x < 0 || y < 0 || w < 1 ||
        h < 1 || w > CANVAS_WIDTH || h > CANVAS_HEIGHT || x > CANVAS_WIDTH - w ||
        y > CANVAS_HEIGHT - h)
        return bad("--region", "expected X,Y,W,H within a canvas");
    pattern->region_x = x;
    pattern->region_y = y;
    pattern->region_w = w;
    pattern->region_h = h;
    return true;
}

static bool add_files(struct options *options, const char *text)
{
    char *rest = strdup(text), *one; /* lives as long as the options */
    while (rest && (one = strsep(&rest, ",")) != NULL) {
        if (options->pattern.n_files == FILES_MAX)
            return bad("--pattern", "too many files");
        options->files[options->pattern.n_files++] = one;
    }
    return true;
}

struct arguments {
    int argc, at;
    char **argv;
};

/* The pattern's name, and its file as the next word or behind a colon. */
static bool take_pattern(struct options *options, const char *text, struct arguments *arguments)
{
    static const char *const names[] = {[PATTERN_RANDOM] = "random",
                                        [PATTERN_IMAGE] = "image",
                                        [PATTERN_FRACTAL] = "fractal",
                                        [PATTERN_RAID] = "raid",
                                        [PATTERN_TRACE] = "trace"};
    size_t len = strcspn(text, ":");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(text, names[i], len) != 0 || names[i][len] != '\0')
            continue;
        options->pattern.kind = (enum pattern_kind)i;
        if (i != PATTERN_IMAGE && i != PATTERN_TRACE)
            return text[len] == '\0' || bad("--pattern", "takes no file");
        if (text[len] == ':')
            return add_files(options, text + len + 1);
        if (arguments->at >= arguments->argc)
            return bad("--pattern", "a file is missing");
        return add_files(options, arguments->argv[arguments->at++]);
    }
    return bad("--pattern", "expected random, image FILE, fractal, raid or trace FILE");
}

static bool take_poll(struct options *options, const char *text)
{
    const char *error;
    if (options->polls)
        return bad("--poll", "twice");
    if (target_parse(&options->poll, text, &error) != 0)
        return bad("--poll", error);
    options->polls = true;
    return strcmp(options->poll.path, "/ws") == 0 ||
           bad("--poll", "expected http://HOST[:PORT] or https://HOST[:PORT]");
}

static bool take_target(struct options *options, const char *text)
{
    const char *error;
    if (options->n_targets == TARGETS_MAX)
        return bad(text, "too many targets");
    if (target_parse(&options->targets[options->n_targets], text, &error) != 0)
        return bad(text, error);
    options->n_targets++;
    return true;
}

/* The options that need nothing but their name. */
static bool *flag_of(struct options *options, const char *name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"eager", &options->eager},       {"alone", &options->alone},
        {"insecure", &options->insecure}, {"i-own-this-server", &options->own_server},
        {"quiet", &options->quiet},       {"impatient", &options->impatient},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (strcmp(name, flags[i].name) == 0)
            return flags[i].flag;
    }
    return NULL;
}

static bool take_value(struct options *options, const char *option, const char *value,
                       struct arguments *arguments)
{
    struct {
        const char *name;
        double low, high;
        unsigned *whole;
        double *number;
    } numbers[] = {
        {"readers", 0, 1e6, &options->readers, NULL},
        {"writers", 0, 1e5, &options->writers, NULL},
        {"identities", 0, 1e5, &options->identities, NULL},
        {"full-readers", 1, 100, &options->full_readers, NULL},
        {"processes", 1, PROCESSES_MAX, &options->processes, NULL},
        {"batch", 1, WIRE_EDITS_MAX, &options->batch, NULL},
        {"window", 0, 1 << 16, &options->window, NULL},
        {"slow-bytes", 4, 1e9, &options->slow_bytes, NULL},
        {"rate", 0, 1e9, NULL, &options->rate},
        {"ramp", 1, 1e6, NULL, &options->ramp},
        {"duration", 0, 1e6, NULL, &options->duration},
        {"settle", 0, 600, NULL, &options->settle},
        {"speed", 0.001, 1e9, NULL, &options->pattern.speed},
        {"stall", 0.1, 40, NULL, &options->stall},
        {"reconnect-every", 0.1, 40, NULL, &options->reconnect_every},
    };
    const char *name = option + 2;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(name, numbers[i].name) != 0)
            continue;
        return numbers[i].whole
                   ? take_whole(option, value, numbers[i].low, numbers[i].high, numbers[i].whole)
                   : take_number(option, value, numbers[i].low, numbers[i].high, numbers[i].number);
    }
    double seed;
    if (strcmp(name, "slow") == 0 || strcmp(name, "share-slow") == 0)
        return take_share(option, value, &options->slow);
    if (strcmp(name, "stalled") == 0 || strcmp(name, "share-stalled") == 0)
        return take_share(option, value, &options->stalled);
    if (strcmp(name, "reconnecting") == 0 || strcmp(name, "share-reconnecting") == 0)
        return take_share(option, value, &options->reconnecting);
    if (strcmp(name, "at") == 0)
        return take_place(option, value, &options->pattern);
    if (strcmp(name, "region") == 0)
        return take_region(value, &options->pattern);
    if (strcmp(name, "colour") == 0) {
        unsigned colour;
        if (!take_whole(option, value, 0, CANVAS_COLOURS - 1, &colour))
            return false;
        options->pattern.colour = (int)colour;
        return true;
    }
    if (strcmp(name, "from") == 0)
        return take_network(option, value, &options->from, &options->has_from);
    if (strcmp(name, "forwarded") == 0)
        return take_network(option, value, &options->forwarded, &options->has_forwarded);
    if (strcmp(name, "canvas") == 0)
        return take_canvas(options, value);
    if (strcmp(name, "source") == 0)
        return take_sources(options, value);
    if (strcmp(name, "pattern") == 0)
        return take_pattern(options, value, arguments);
    if (strcmp(name, "poll") == 0)
        return take_poll(options, value);
    if (strcmp(name, "json") == 0) {
        options->json = value;
        return true;
    }
    if (strcmp(name, "seed") == 0) {
        if (!take_number(option, value, 0, 1e15, &seed))
            return false;
        options->pattern.seed = (uint64_t)seed;
        return true;
    }
    return bad(option, "no such option (see --help)");
}

static bool take_option(struct options *options, struct arguments *arguments)
{
    static char name[64];
    const char *argument = arguments->argv[arguments->at++];
    size_t len = strcspn(argument, "=");
    if (len >= sizeof name)
        return bad(argument, "no such option (see --help)");
    memcpy(name, argument, len);
    name[len] = '\0';
    bool *flag = flag_of(options, name + 2);
    if (flag) {
        *flag = true;
        return argument[len] == '\0' || bad(name, "takes no value");
    }
    if (argument[len] == '=')
        return take_value(options, name, argument + len + 1, arguments);
    if (arguments->at >= arguments->argc)
        return bad(name, "a value is missing, or no such option (see --help)");
    const char *value = arguments->argv[arguments->at++];
    return take_value(options, name, value, arguments);
}

static bool is_allowed(const struct options *options, const struct target *target)
{
    return target->loopback || options->own_server ||
           bad(target->url,
               "is not this machine. To flood a server that is yours and that you may "
               "bring down, say --i-own-this-server");
}

static bool check(struct options *options)
{
    if (options->n_targets == 0)
        return bad("TARGET", "expected ws://HOST:PORT/ws, got nothing (see --help)");
    if (options->slow + options->stalled + options->reconnecting > 1.000001)
        return bad("--slow, --stalled, --reconnecting", "more than all readers");
    if (options->polls && options->slow + options->stalled > 0)
        return bad("--slow, --stalled", "not of readers by long polls");
    if (options->all_canvases && options->n_canvases > 0)
        return bad("--canvas", "all, or some by name");
    for (unsigned i = 0; i < options->n_targets; i++) {
        if (!is_allowed(options, &options->targets[i]))
            return false;
    }
    if (options->polls && !is_allowed(options, &options->poll))
        return false;
    if (options->writers == 0 && options->pattern.kind == PATTERN_TRACE)
        return bad("--pattern trace", "needs writers");
    if (options->pattern.region_w > 0 && options->pattern.kind != PATTERN_RAID)
        return bad("--region", "only with --pattern raid");
    if (options->pattern.colour >= 0 && options->pattern.region_w == 0)
        return bad("--colour", "only with --region");
    if (options->pattern.colour < 0)
        options->pattern.colour = 5;
    if (options->identities > options->writers)
        return bad("--identities", "more than --writers");
    if (options->window == 0)
        options->window = options->rate == 0 ? 64 : 4096;
    /* Beyond some 28,000 connections a pair of addresses has no ports left. */
    for (unsigned i = 0; options->n_sources == 0 && options->targets[0].loopback &&
                         options->processes > 1 && i < options->processes;
         i++)
        add_source(options, (struct in_addr){htonl(INADDR_LOOPBACK + i)});
    return true;
}

enum options_parse options_parse(struct options *options, int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct options){
        .readers = 100,
        .writers = 10,
        .full_readers = 1,
        .processes = 1,
        .rate = 1000,
        .batch = 1,
        .window = 0,
        .ramp = 2000,
        .duration = 10,
        .settle = 10,
        .slow_bytes = 2000,
        .stall = 25,
        .reconnect_every = 2,
        .pattern = {.speed = 1, .seed = 1, .at_x = INT32_MIN, .colour = -1, .threads = 1},
    };
    options->pattern.threads = cores > 0 ? (unsigned)cores : 1;
    options->pattern.files = options->files;
    struct arguments arguments = {.argc = argc, .at = 1, .argv = argv};
    while (arguments.at < argc) {
        const char *argument = argv[arguments.at];
        if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            fputs(usage, stdout);
            return OPTIONS_DONE;
        }
        if (strcmp(argument, "--version") == 0) {
            puts("edit-flood " PLACED_VERSION);
            return OPTIONS_DONE;
        }
        if (strncmp(argument, "--", 2) == 0) {
            if (!take_option(options, &arguments))
                return OPTIONS_BAD;
            continue;
        }
        if (argument[0] == '-') {
            bad(argument, "no such option (see --help)");
            return OPTIONS_BAD;
        }
        arguments.at++;
        if (!take_target(options, argument))
            return OPTIONS_BAD;
    }
    if (options->pattern.at_x == INT32_MIN) /* not given */
        options->pattern.at_x = options->pattern.at_y =
            options->pattern.kind == PATTERN_RAID ? 500 : 0;
    return check(options) ? OPTIONS_RUN : OPTIONS_BAD;
}
