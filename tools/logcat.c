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

#include "log/kafka/log_kafka.h"
#include "log/local/log_local.h"
#include "sys/descriptors.h"

enum { PROPERTIES_MAX = 64, POLL_MS = 500 };

static const char help[] =
    "usage: logcat [--from OFFSET] [-X NAME=VALUE]... local:DIR | kafka://HOST:PORT[,...]/TOPIC\n"
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
    struct log_sink sink;
    bool broken; /* nobody reads our output any more */
};

static void print(struct log_sink *sink, const struct record *r)
{
    struct printer *p = (struct printer *)sink;
    if (printf("%" PRIu64 " %" PRId64 " %zu\n", r->offset, r->time_ms, r->value.len) < 0 ||
        fwrite(r->value.data, 1, r->value.len, stdout) != r->value.len)
        p->broken = true;
}

static int complain(int status, const char *message, const char *what)
{
    fprintf(stderr, "logcat: %s%s\n", message, what);
    return status;
}

/* where: kafka://BROKERS/TOPIC, cut up in place. */
static struct log *open_kafka(char *where, const struct kafka_property *properties, size_t n,
                              char error[LOG_ERROR_BYTES])
{
    char *slash = strchr(where, '/');
    if (!slash || slash == where || !slash[1]) {
        snprintf(error, LOG_ERROR_BYTES, "expected kafka://HOST:PORT/TOPIC");
        return NULL;
    }
    *slash = '\0';
    const struct log_kafka_config config = {.brokers = where,
                                            .topic = slash + 1,
                                            .properties = properties,
                                            .n_properties = n,
                                            .readonly = true};
    return log_kafka_open(&config, error);
}

static int print_all(struct log *log, bool oldest, uint64_t from)
{
    char error[LOG_ERROR_BYTES] = "";
    struct printer printer = {.sink.record = print};
    struct log_bounds bounds = {0};
    log_set_sink(log, &printer.sink);
    if (oldest && log_bounds(log, &bounds, error) != 0)
        return complain(1, error, "");
    if (log_seek(log, oldest ? bounds.low : from, error) != 0)
        return complain(1, error, "");
    while (!log_caught_up(log) && !printer.broken) {
        size_t delivered;
        if (log_poll(log, POLL_MS, &delivered, error) == LOG_FAILED)
            return complain(1, error, "");
    }
    if (fflush(stdout) != 0 || printer.broken)
        return complain(1, "cannot write", "");
    return 0;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static const struct option options[] = {
        {"from", required_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
    struct kafka_property properties[PROPERTIES_MAX];
    size_t n = 0;
    bool oldest = true;
    uint64_t from = 0;
    char *end, *equals;
    int option;
    while ((option = getopt_long(argc, argv, "X:h", options, NULL)) != -1) {
        switch (option) {
        case 'f':
            oldest = false;
            from = strtoull(optarg, &end, 10);
            if (optarg[0] < '0' || optarg[0] > '9' || *end)
                return complain(2, "--from: not an offset: ", optarg);
            break;
        case 'X':
            equals = strchr(optarg, '=');
            if (!equals || n == PROPERTIES_MAX)
                return complain(2, "-X: expected NAME=VALUE: ", optarg);
            *equals = '\0';
            properties[n++] = (struct kafka_property){optarg, equals + 1};
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            fputs(help, stderr);
            return 2;
        }
    }
    if (optind + 1 != argc) {
        fputs(help, stderr);
        return 2;
    }
    char *where = argv[optind], error[LOG_ERROR_BYTES] = "";
    struct log *log;
    if (strncmp(where, "local:", 6) == 0)
        log = log_local_open_readonly(where + 6, error);
    else if (strncmp(where, "kafka://", 8) == 0)
        log = open_kafka(where + 8, properties, n, error);
    else
        return complain(2, "neither local:DIR nor kafka://HOST:PORT/TOPIC: ", where);
    if (!log)
        return complain(1, error, "");
    int status = print_all(log, oldest, from);
    log_destroy(log);
    return status;
}
