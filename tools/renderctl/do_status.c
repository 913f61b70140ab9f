/* SPDX-License-Identifier: ISC */
/* do_status: see do_status.h. */
#include "do_status.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/columns.h"
#include "values.h"

enum { SCALE_MAX = 256 };

static cJSON *member(const cJSON *json, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(json, name);
}

static int print(struct ctl *ctl, const cJSON *rows, const struct column *columns, size_t n,
                 const char *nothing)
{
    return columns_print(stdout, rows, columns, n, ctl->now_ms, nothing) == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

/* ---- status ---- */

/* {"fractal":{...},...} as rows, each with its name. */
static cJSON *rows_of(const cJSON *pools)
{
    cJSON *rows = cJSON_CreateArray();
    const cJSON *pool;
    cJSON_ArrayForEach(pool, pools)
    {
        cJSON *row = cJSON_Duplicate(pool, true);
        cJSON_AddStringToObject(row, "pool", pool->string);
        cJSON_AddItemToArray(rows, row);
    }
    return rows;
}

static size_t count_running(const cJSON *batches)
{
    const cJSON *batch;
    size_t n = 0;
    cJSON_ArrayForEach(batch, member(batches, "batches")) n += ctl_text(batch, "state")[0] == 'r';
    return n;
}

static int show_status(struct ctl *ctl, cJSON *answer)
{
    static const struct column pools[] = {
        {"pool", "pool", COLUMN_TEXT},      {"workers", "workers", COLUMN_COUNT},
        {"busy", "busy", COLUMN_COUNT},     {"waiting", "waiting", COLUMN_COUNT},
        {"done", "done", COLUMN_COUNT},     {"failed", "failed", COLUMN_COUNT},
        {"cpu ms", "cpu_ms", COLUMN_COUNT}, {"bytes", "bytes", COLUMN_COUNT},
    };
    char up[VALUE_TEXT_BYTES];
    value_seconds(up, (double)ctl_number(member(answer, "metrics"), "uptime_s"));
    printf("up                %s\n", up);
    printf("batches running   %zu\n", count_running(member(answer, "batches")));
    printf("dead letters      %" PRIu64 "\n\n", ctl_number(member(answer, "dead"), "count"));
    cJSON *rows = rows_of(member(member(answer, "metrics"), "pools"));
    int status = print(ctl, rows, pools, sizeof pools / sizeof *pools, "there are no workers");
    cJSON_Delete(rows);
    return status;
}

/* One member of the answer; false after a message. */
static bool ask_for(struct ctl *ctl, cJSON *all, const char *name, const char *path)
{
    cJSON *answer = ctl_get(ctl, path);
    if (answer)
        cJSON_AddItemToObject(all, name, answer);
    return answer;
}

int do_status(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *all = cJSON_CreateObject();
    if (!ask_for(ctl, all, "metrics", "/metrics/json") ||
        !ask_for(ctl, all, "batches", "/admin/batches") ||
        !ask_for(ctl, all, "dead", "/admin/dead?n=1")) {
        cJSON_Delete(all);
        return ctl->status;
    }
    return ctl_end_list(ctl, all, show_status);
}

/* ---- workers ---- */

static double number_at(const cJSON *list, int i)
{
    const cJSON *number = cJSON_GetArrayItem(list, i);
    return cJSON_IsNumber(number) ? number->valuedouble : 0;
}

static void add_workers(cJSON *rows, const cJSON *server)
{
    static const char *const states[] = {"starting", "idle", "busy"};
    const cJSON *worker;
    cJSON_ArrayForEach(worker, member(server, "workers"))
    {
        double state = number_at(worker, 3), pool = number_at(worker, 2);
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "host", ctl_text(server, "host"));
        cJSON_AddStringToObject(
            row, "pool",
            ctl_text(cJSON_GetArrayItem(member(server, "pools"), pool < 1000 ? (int)pool : -1),
                     "name"));
        cJSON_AddNumberToObject(row, "worker", number_at(worker, 0));
        cJSON_AddNumberToObject(row, "pid", number_at(worker, 1));
        cJSON_AddStringToObject(row, "state",
                                state >= 0 && state <= 2 ? states[(int)state] : "unknown");
        cJSON_AddNumberToObject(row, "tasks", number_at(worker, 4));
        cJSON_AddItemToArray(rows, row);
    }
}

static int show_workers(struct ctl *ctl, cJSON *answer)
{
    static const struct column columns[] = {
        {"host", "host", COLUMN_TEXT},     {"pool", "pool", COLUMN_TEXT},
        {"worker", "worker", COLUMN_TEXT}, {"pid", "pid", COLUMN_TEXT},
        {"state", "state", COLUMN_TEXT},   {"tasks", "tasks", COLUMN_COUNT},
    };
    const cJSON *server;
    cJSON *rows = cJSON_CreateArray();
    cJSON_ArrayForEach(server, member(answer, "servers")) add_workers(rows, server);
    int status = print(ctl, rows, columns, sizeof columns / sizeof *columns, "there are none");
    cJSON_Delete(rows);
    return status;
}

int do_workers(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "/admin/workers"), show_workers);
}

/* ---- changes ---- */

int do_scale(struct ctl *ctl, const struct arguments *arguments)
{
    const char *op = arguments->words[0];
    uint64_t n;
    if (!value_number(arguments->words[1], 0, SCALE_MAX, &n))
        return ctl_wrong(ctl, "N", "a number from 0 to 256", arguments->words[1]);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "op", op);
    cJSON_AddNumberToObject(body, "n", (double)n);
    return ctl_end(ctl, ctl_post(ctl, "/admin/scale", body), "%s has %" PRIu64 " worker%s now", op,
                   n, n == 1 ? "" : "s");
}

int do_reload(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end(ctl, ctl_post(ctl, "/admin/reload", cJSON_CreateObject()),
                   "the styles are read anew");
}
