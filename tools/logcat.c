/* SPDX-License-Identifier: ISC */
/*
 * logcat: prints a log, record by record, for programs that check or convert it. It reads only,
 * also while a server has the log open.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "log/open.h"
#include "sys/descriptors.h"

enum { PROPERTIES_MAX = 64, POLL_MS = 500 };

static const char help[] =
    "usage: logcat [--from OFFSET] [-X NAME=VALUE]... [local:]DIR | kafka://HOST:PORT[,...]/TOPIC\n"
    "\n"
    "Print the records of a log to its present end. Each is a line\n"
    "    OFFSET TIME LENGTH\n"
    "(time in ms since 1970), then LENGTH bytes of packed edits and nothing else: what\n"
    "kcat -f '%o %T %S\\n%s' prints (but for a record without value, where kcat says -1).\n"
    "\n"
    "  --from OFFSET   begin at the first record at or after OFFSET (the oldest by default)\n"
    "  -X NAME=VALUE   a librdkafka property\n"
    "  --help          this text\n"
    "\n"
    "DIR is the folder with data.mdb: placed-data/log for a server with --data placed-data.\n"
    "Exit status: 0 at the end of the log, 1 when it cannot be read, 2 for wrong usage.\n";

struct printer {
    struct log_records records;
    bool broken; /* nobody reads our output any more */
};

static void print(struct log_records *records, const struct record *r)
{
    struct printer *p = (struct printer *)records;
    if (printf("%" PRIu64 " %" PRId64 " %zu\n", r->offset, r->time_ms, r->value.len) < 0 ||
        fwrite(r->value.data, 1, r->value.len, stdout) != r->value.len)
        p->broken = true;
}

static int complain(int status, const char *message, const char *what)
{
    fprintf(stderr, "logcat: %s%s\n", message, what);
    return status;
}

static int print_all(struct log_reader *reader, const struct printer *printer, bool oldest,
                     uint64_t from)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log_bounds bounds = {0};
    if (oldest && log_reader_bounds(reader, &bounds, error) != 0)
        return complain(1, error, "");
    if (log_reader_seek(reader, oldest ? bounds.low : from, error) != 0)
        return complain(1, error, "");
    while (!log_reader_caught_up(reader) && !printer->broken) {
        size_t delivered;
        if (log_reader_poll(reader, POLL_MS, &delivered, error) == LOG_FAILED)
            return complain(1, error, "");
    }
    if (fflush(stdout) != 0 || printer->broken)
        return complain(1, "cannot write", "");
    return 0;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static const struct option options[] = {
        {"from", required_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
    struct log_property properties[PROPERTIES_MAX];
    size_t n = 0;
    bool oldest = true;
    uint64_t from = 0;
    int option;
    while ((option = getopt_long(argc, argv, "X:h", options, NULL)) != -1) {
        switch (option) {
        case 'f':
            oldest = false;
            if (!decimal_parse(optarg, strlen(optarg), UINT64_MAX, &from))
                return complain(2, "--from: expected an offset, not ", optarg);
            break;
        case 'X':
            if (!log_property_add(properties, &n, PROPERTIES_MAX, optarg))
                return complain(2, "-X: expected NAME=VALUE, not ", optarg);
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            fputs(help, stderr);
            return 2;
        }
    }
    if (optind + 1 != argc)
        return complain(2, "expected one log: [local:]DIR or kafka://HOST:PORT/TOPIC",
                        " (see --help)");
    char error[LOG_ERROR_BYTES] = "";
    struct printer printer = {.records.record = print};
    const struct log_options log_options = {
        .readonly = true, .properties = properties, .n_properties = n};
    struct log *log = log_open(argv[optind], &log_options, error);
    struct log_reader *reader = log ? log_reader_create(log, &printer.records, error) : NULL;
    int status = reader ? print_all(reader, &printer, oldest, from) : complain(1, error, "");
    log_reader_destroy(reader);
    log_close(log);
    return status;
}
