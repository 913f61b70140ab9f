/* SPDX-License-Identifier: ISC */
/* metrics: see metrics.h. */
#include "render/http/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "render/batch/work.h"
#include "render/events/events.h"
#include "render/farm/farm.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/store/keeper.h"
#include "render/store/memory.h"

typedef unsigned long long number;

static void print(FILE *out, const char *name, const char *type, const char *help, number value)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name, value);
}

/* Resident memory, or 0 when the system does not tell. */
static number resident_bytes(void)
{
    number pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%*u %llu", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * (number)sysconf(_SC_PAGESIZE);
}

static number open_files(void)
{
    number n = 0;
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
            "# HELP placed_render_build_info The version that runs\n"
            "# TYPE placed_render_build_info gauge\n"
            "placed_render_build_info{version=\"" PLACED_VERSION "\"} 1\n");
    print(out, "process_resident_memory_bytes", "gauge", "Resident memory", resident_bytes());
    print(out, "process_open_fds", "gauge", "Open file descriptors", open_files());
    print(out, "process_max_fds", "gauge", "The limit of open file descriptors",
          (number)limit.rlim_cur);
}

static void print_counts(FILE *out, const struct counts *counts)
{
#define X(name, type, help) print(out, "placed_render_" #name, #type, help, (number)counts->name);
    COUNTS(X)
#undef X
}

static void print_kept(FILE *out, const struct site *site)
{
    struct keeper_counts keeper = keeper_look(site->keeper);
    print(out, "placed_render_memory_bytes", "gauge", "Bytes of pictures in memory",
          memory_bytes(site->memory));
    print(out, "placed_render_memory_pictures", "gauge", "Pictures in memory",
          memory_count(site->memory));
    print(out, "placed_render_store_puts_total", "counter", "Pictures put into the store",
          keeper.puts);
    print(out, "placed_render_store_failed_total", "counter",
          "Pictures that the store did not take", keeper.failed);
    print(out, "placed_render_store_dropped_total", "counter",
          "Pictures not stored because the store was too slow", keeper.dropped);
    print(out, "placed_render_store_waiting_bytes", "gauge", "Bytes that wait for the store",
          keeper.waiting_bytes);
}

/* ---- the queue ---- */

/* Jobs of browsers. Those of batches are counted in the queue, which they wait in, too. */
static number waiting_in_pools(const struct site *site)
{
    static struct pool_look look; /* some kilobytes; this is the loop's thread */
    number n = 0;
    for (size_t i = 0; farm_pool(site->farm, i); i++) {
        pool_look(farm_pool(site->farm, i), &look);
        n += look.waiting[FARM_WAITING] + look.waiting[FARM_STALE];
    }
    return n;
}

static number print_group(FILE *out, const char *group, uint64_t depth)
{
    fprintf(out, "placed_render_queue_waiting{group=\"%s\"} %llu\n", group, (number)depth);
    return (number)depth;
}

/* Of groups that this server is a member of: on Kafka the sum over all servers is the whole. */
static void print_queue(FILE *out, const struct site *site)
{
    number n = waiting_in_pools(site);
    fprintf(out,
            "# HELP placed_render_queue_waiting Tasks that are not done, of this server's share\n"
            "# TYPE placed_render_queue_waiting gauge\n");
    for (int op = 0; site->work && op < PICTURE_OP_COUNT; op++)
        if (site->images[op])
            n += print_group(out, picture_op_name((enum picture_op)op),
                             work_depth_of_op(site->work, (enum picture_op)op));
    if (site->work)
        n += print_group(out, "tiles", work_depth_of_tiles(site->work));
    print(out, "placed_render_waiting", "gauge",
          "Jobs that wait, of browsers and of the queue: by which servers can be added", n);
}

static void print_events(FILE *out, const struct site *site)
{
    if (!site->events)
        return;
    print(out, "placed_render_servers", "gauge", "Servers that share the events",
          view_servers(events_view(site->events)));
    print(out, "placed_render_events_lost_total", "counter", "Events that the queue did not take",
          events_lost(site->events));
}

/* ---- pools ---- */

/* Numbers of one pool, a row each: name, type, words, value from `look`. */
#define POOL_METRICS(X)                                                                            \
    X(pool_wanted, gauge, "Children that there should be", look->wanted)                           \
    X(pool_children, gauge, "Children", look->children)                                            \
    X(pool_busy, gauge, "Children at work", look->busy)                                            \
    X(pool_waiting_browsers, gauge, "Jobs that wait, and a browser for them",                      \
      look->waiting[FARM_WAITING])                                                                 \
    X(pool_waiting_stale, gauge, "Jobs that wait, to replace old pictures",                        \
      look->waiting[FARM_STALE])                                                                   \
    X(pool_waiting_batch, gauge, "Jobs that wait, of batches", look->waiting[FARM_BATCH])          \
    X(pool_jobs_total, counter, "Jobs rendered", look->jobs)                                       \
    X(pool_pictures_total, counter, "Pictures rendered", look->pictures)                           \
    X(pool_failed_total, counter, "Jobs that failed for good", look->failed)                       \
    X(pool_late_total, counter, "Children killed because they were late", look->late)              \
    X(pool_crashed_total, counter, "Children that ended by themselves", look->crashed)             \
    X(pool_cpu_microseconds_total, counter, "Processor time of rendered jobs", look->cpu_us)       \
    X(pool_wall_microseconds_total, counter, "Time that rendered jobs took", look->wall_us)        \
    X(pool_bytes_total, counter, "Bytes of rendered pictures", look->bytes)                        \
    X(pool_resting, gauge, "1 while a pool rests because its jobs fail", look->resting)

#define X(metric, type, help, value) POOL_##metric,
enum pool_metric { POOL_METRICS(X) POOL_METRIC_COUNT };
#undef X

static const struct {
    const char *name, *type, *help;
} pool_metrics[] = {
#define X(metric, type, help, value) {#metric, #type, help},
    POOL_METRICS(X)
#undef X
};

static number pool_value(enum pool_metric metric, const struct pool_look *look)
{
    switch (metric) {
#define X(metric, type, help, value)                                                               \
    case POOL_##metric:                                                                            \
        return (number)(value);
        POOL_METRICS(X)
#undef X
    case POOL_METRIC_COUNT:
        break;
    }
    return 0;
}

static void print_pools(FILE *out, const struct site *site)
{
    static struct pool_look look; /* some kilobytes; this is the loop's thread */
    for (unsigned m = 0; m < POOL_METRIC_COUNT; m++) {
        fprintf(out, "# HELP placed_render_%s %s\n# TYPE placed_render_%s %s\n",
                pool_metrics[m].name, pool_metrics[m].help, pool_metrics[m].name,
                pool_metrics[m].type);
        for (size_t i = 0; farm_pool(site->farm, i); i++) {
            pool_look(farm_pool(site->farm, i), &look);
            fprintf(out, "placed_render_%s{pool=\"%s\"} %llu\n", pool_metrics[m].name, look.name,
                    pool_value((enum pool_metric)m, &look));
        }
    }
}

void metrics_get(struct web_request *request)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out) {
        print_counts(out, &request->site->counts);
        print_kept(out, request->site);
        print_pools(out, request->site);
        print_queue(out, request->site);
        print_events(out, request->site);
        print_process(out);
    }
    struct blob *blob = out && fclose(out) == 0 ? blob_create(len) : NULL;
    if (blob) {
        memcpy(blob->bytes, text, len);
        web_reply(request, &(struct web_reply){.status = 200,
                                               .type = "text/plain; version=0.0.4; charset=utf-8",
                                               .blob = blob});
    } else {
        web_reply_error(request, 500, "out of memory");
    }
    free(text);
}
