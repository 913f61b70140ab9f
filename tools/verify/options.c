/* SPDX-License-Identifier: ISC */
/* options: see options.h. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"

static const char help[] =
    "usage: verify [OPTION]... A [B]\n"
    "\n"
    "Compute every block, SHA-256 and chain of a history, and compare: a server or its folder "
    "with\n"
    "what it says of itself, A with B record by record. The first difference is named.\n"
    "\n"
    "A and B are each a log ([local:]DIR, kafka://HOST:PORT[,...]/TOPIC), a server\n"
    "(http://HOST:PORT), or a server's folder DATA/history.\n"
    "\n"
    "  --exact            that one goes further than the other is a difference, too\n"
    "  --json             the result as JSON\n"
    "  --timeout S        how long a server or a broker may say nothing (30)\n"
    "  -X NAME=VALUE      a librdkafka property\n"
    "  --quiet            no progress on standard error\n"
    "  --help, --version  print that and exit\n"
    "\n"
    "Exit status: 0 no difference; 1 a difference, or not all could be read; 2 wrong usage.\n";

static bool complain(const char *message, const char *what)
{
    fprintf(stderr, "verify: %s%s\n", message, what);
    return false;
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

enum options_result options_read(struct options *o, int argc, char *argv[])
{
    static const struct option options[] = {{"exact", no_argument, NULL, 'e'},
                                            {"json", no_argument, NULL, 'j'},
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
        case 'e':
            o->exact = true;
            break;
        case 'j':
            o->json = true;
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
            puts("verify " PLACED_VERSION);
            return OPTIONS_DONE;
        default:
            fputs(help, stderr);
            return OPTIONS_WRONG;
        }
    }
    if (!good)
        return OPTIONS_WRONG;
    if (argc - optind < 1 || argc - optind > 2) {
        fprintf(stderr, "verify: expected A, or A and B, got %d (see --help)\n", argc - optind);
        return OPTIONS_WRONG;
    }
    o->a = argv[optind];
    o->b = argv[optind + 1];
    o->source.properties = o->properties;
    return OPTIONS_GO;
}
