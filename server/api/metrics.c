/* SPDX-License-Identifier: ISC */
/* metrics: see metrics.h. */
#include "api/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/http.h"
#include "http/reply.h"
#include "net/loop_state.h"

/* Resident memory, or 0 when the system does not tell. */
static unsigned long long resident_bytes(void)
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%*u %llu", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

static unsigned long long open_files(void)
{
    unsigned long long n = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return 0;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n > 3 ? n - 3 : 0; /* ".", ".." and the directory itself */
}

static void print_process(FILE *out)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    fprintf(out,
            "# HELP placed_build_info The version that runs\n"
            "# TYPE placed_build_info gauge\n"
            "placed_build_info{version=\"" PLACED_VERSION
            "\"} 1\n"
            "# HELP process_resident_memory_bytes Resident memory\n"
            "# TYPE process_resident_memory_bytes gauge\n"
            "process_resident_memory_bytes %llu\n"
            "# HELP process_open_fds Open file descriptors\n"
            "# TYPE process_open_fds gauge\n"
            "process_open_fds %llu\n"
            "# HELP process_max_fds The limit of open file descriptors\n"
            "# TYPE process_max_fds gauge\n"
            "process_max_fds %llu\n",
            resident_bytes(), open_files(), (unsigned long long)limit.rlim_cur);
}

void metrics_get(struct http *http)
{
    struct metrics *metrics = http->conn->loop->config.metrics;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out) {
        reply_error(http, (struct reply){.status = 500}, "out of memory");
        return;
    }
#define X(name, type, help)                                                                        \
    fprintf(out,                                                                                   \
            "# HELP placed_" #name " " help "\n# TYPE placed_" #name " " #type "\nplaced_" #name   \
            " %llu\n",                                                                             \
            (unsigned long long)metric_get(metrics, name));
    METRICS(X)
#undef X
    print_process(out);
    if (fclose(out) != 0) {
        free(text);
        reply_error(http, (struct reply){.status = 500}, "out of memory");
        return;
    }
    reply_send(http, (struct reply){.status = 200,
                                    .type = "text/plain; version=0.0.4; charset=utf-8",
                                    .extra = "Cache-Control: no-store\r\n",
                                    .body = text,
                                    .len = len,
                                    .release = free,
                                    .owned = text});
}
