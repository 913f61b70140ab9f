/* SPDX-License-Identifier: ISC */
/* work: see work.h. */
#include "work.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decimal.h"

enum {
    FORMAT = 1,
    PATH_BYTES = 4096,
    STATE_BYTES_MAX = 1024 * 1024,
    NUMBER_BYTES = 24,
};

struct work {
    char *folder;
    int fd;        /* the folder; its lock keeps a second import out */
    bool is_clear; /* nothing of ours is in it */
};

static int complain(const struct work *work, const char *what, char error[WORK_ERROR_BYTES])
{
    snprintf(error, WORK_ERROR_BYTES, "%.300s: %s", work->folder, what);
    return -1;
}

struct work *work_open(const char *folder, char error[WORK_ERROR_BYTES])
{
    struct work *work = calloc(1, sizeof *work);
    if (work)
        work->folder = strdup(folder);
    if (!work || !work->folder) {
        snprintf(error, WORK_ERROR_BYTES, "no memory");
        free(work);
        return NULL;
    }
    work->fd = -1;
    if (mkdir(folder, 0750) == 0 || errno == EEXIST)
        work->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (work->fd < 0) {
        complain(work, strerror(errno), error);
    } else if (flock(work->fd, LOCK_EX | LOCK_NB) != 0) {
        complain(work,
                 errno == EWOULDBLOCK ? "another import is using this folder" : strerror(errno),
                 error);
    } else {
        return work;
    }
    work_close(work);
    return NULL;
}

void work_close(struct work *work)
{
    if (!work)
        return;
    if (work->is_clear)
        rmdir(work->folder); /* fails when somebody's own files are in it: they stay */
    if (work->fd >= 0)
        close(work->fd);
    free(work->folder);
    free(work);
}

const char *work_folder(const struct work *work)
{
    return work->folder;
}

static bool is_ours(const char *name)
{
    uint64_t number;
    if (strncmp(name, "run-", 4) == 0)
        return decimal_parse(name + 4, strlen(name + 4), UINT64_MAX, &number);
    return strcmp(name, "state.json") == 0 || strcmp(name, "state.json.new") == 0;
}

void work_clear(struct work *work)
{
    unlinkat(work->fd, "state.json", 0); /* first: without it the rest means nothing */
    int fd = dup(work->fd);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    rewinddir(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        if (is_ours(entry->d_name))
            unlinkat(work->fd, entry->d_name, 0);
    }
    closedir(dir);
    work->is_clear = true;
}

/* ---- the state as JSON: whole numbers as text, because JSON's are not exact above 2^53 */

static void put(cJSON *object, const char *name, uint64_t value)
{
    char text[NUMBER_BYTES];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddStringToObject(object, name, text);
}

static bool get(const cJSON *object, const char *name, uint64_t max, uint64_t *value)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text && decimal_parse(text, strlen(text), max, value);
}

static bool get_text(const cJSON *object, const char *name, char *text, size_t room)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return value && (size_t)snprintf(text, room, "%s", value) < room;
}

static cJSON *tally_to(const struct tally *tally)
{
    cJSON *json = cJSON_CreateObject();
    put(json, "rows", tally->rows);
    put(json, "taken", tally->taken);
    put(json, "nearest", tally->nearest);
    put(json, "blank", tally->blank);
    for (int i = 0; i < REJECTION_COUNT; i++)
        put(json, rejection_name((enum rejection)i), tally->rejected[i]);
    cJSON *colours = cJSON_AddArrayToObject(json, "colours");
    for (size_t i = 0; i < tally->n_colours; i++) {
        cJSON *colour = cJSON_CreateObject();
        put(colour, "rgb", tally->colours[i].rgb);
        put(colour, "colour", tally->colours[i].colour);
        put(colour, "rows", tally->colours[i].rows);
        cJSON_AddItemToArray(colours, colour);
    }
    return json;
}

static bool tally_from(const cJSON *json, struct tally *tally)
{
    bool good = get(json, "rows", UINT64_MAX, &tally->rows) &&
                get(json, "taken", UINT64_MAX, &tally->taken) &&
                get(json, "nearest", UINT64_MAX, &tally->nearest) &&
                get(json, "blank", UINT64_MAX, &tally->blank);
    for (int i = 0; i < REJECTION_COUNT; i++)
        good =
            good && get(json, rejection_name((enum rejection)i), UINT64_MAX, &tally->rejected[i]);
    const cJSON *colour;
    tally->n_colours = 0;
    cJSON_ArrayForEach(colour, cJSON_GetObjectItemCaseSensitive(json, "colours"))
    {
        uint64_t rgb, index, rows;
        if (tally->n_colours == TALLY_COLOURS || !get(colour, "rgb", 0xffffff, &rgb) ||
            !get(colour, "colour", CANVAS_COLOURS - 1, &index) ||
            !get(colour, "rows", UINT64_MAX, &rows))
            return false;
        tally->colours[tally->n_colours++] =
            (struct mapped_colour){(uint32_t)rgb, (uint8_t)index, rows};
    }
    return good;
}

static bool runs_from(const cJSON *json, struct work_state *state)
{
    const cJSON *run;
    state->n_runs = 0;
    cJSON_ArrayForEach(run, json)
    {
        uint64_t number, rows, crc;
        if (state->n_runs == SORTER_FAN || !get(run, "number", UINT64_MAX, &number) ||
            !get(run, "rows", UINT64_MAX, &rows) || !get(run, "crc", UINT32_MAX, &crc))
            return false;
        state->runs[state->n_runs++] = (struct run){number, rows, (uint32_t)crc};
    }
    return cJSON_IsArray(json);
}

static bool state_from(const cJSON *json, struct work_state *state)
{
    uint64_t format, first_ms, last_ms;
    *state = (struct work_state){0};
    if (!get(json, "format", FORMAT, &format) || format != FORMAT ||
        !get_text(json, "import", state->id, sizeof state->id) ||
        !get_text(json, "log", state->log, sizeof state->log) ||
        !get(json, "first", UINT64_MAX, &state->first) ||
        !get(json, "first_ms", INT64_MAX, &first_ms) ||
        !get(json, "last_ms", INT64_MAX, &last_ms) ||
        !tally_from(cJSON_GetObjectItemCaseSensitive(json, "tally"), &state->tally))
        return false;
    state->first_ms = (int64_t)first_ms;
    state->last_ms = (int64_t)last_ms;
    return runs_from(cJSON_GetObjectItemCaseSensitive(json, "runs"), state);
}

static char *state_to(const struct work_state *state)
{
    cJSON *json = cJSON_CreateObject();
    put(json, "format", FORMAT);
    cJSON_AddStringToObject(json, "import", state->id);
    cJSON_AddStringToObject(json, "log", state->log);
    put(json, "first", state->first);
    put(json, "first_ms", (uint64_t)state->first_ms);
    put(json, "last_ms", (uint64_t)state->last_ms);
    cJSON_AddItemToObject(json, "tally", tally_to(&state->tally));
    cJSON *runs = cJSON_AddArrayToObject(json, "runs");
    for (size_t i = 0; i < state->n_runs; i++) {
        cJSON *run = cJSON_CreateObject();
        put(run, "number", state->runs[i].number);
        put(run, "rows", state->runs[i].rows);
        put(run, "crc", state->runs[i].crc);
        cJSON_AddItemToArray(runs, run);
    }
    char *text = cJSON_Print(json);
    cJSON_Delete(json);
    return text;
}

int work_load(struct work *work, struct work_state *state, char error[WORK_ERROR_BYTES])
{
    int fd = openat(work->fd, "state.json", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : complain(work, strerror(errno), error);
    char *text = malloc(STATE_BYTES_MAX);
    size_t len = 0;
    ssize_t n = 1;
    while (text && n > 0 && len < STATE_BYTES_MAX) {
        n = read(fd, text + len, STATE_BYTES_MAX - len);
        len += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    cJSON *json = text && n == 0 ? cJSON_ParseWithLength(text, len) : NULL;
    bool good = json && state_from(json, state);
    cJSON_Delete(json);
    free(text);
    return good ? 1
                : complain(work,
                           "state.json is not an import's: remove this folder, or name another "
                           "one by --work",
                           error);
}

static int write_file(struct work *work, const char *text)
{
    int fd = openat(work->fd, "state.json.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return -1;
    size_t len = strlen(text);
    ssize_t n = 0;
    for (size_t at = 0; at < len && n >= 0; at += (size_t)n)
        n = write(fd, text + at, len - at);
    int rc = n < 0 ? -1 : fsync(fd);
    int why = errno;
    close(fd);
    errno = why;
    return rc;
}

int work_save(struct work *work, const struct work_state *state, char error[WORK_ERROR_BYTES])
{
    char *text = state_to(state);
    if (!text)
        return complain(work, "no memory", error);
    int rc = write_file(work, text);
    if (rc == 0)
        rc = renameat(work->fd, "state.json.new", work->fd, "state.json");
    if (rc == 0)
        rc = fsync(work->fd);
    if (rc != 0)
        complain(work, strerror(errno), error);
    cJSON_free(text);
    work->is_clear = false;
    return rc;
}
