/* SPDX-License-Identifier: ISC */
/* plan: see plan.h. */
#include "plan.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/columns.h"
#include "common/text.h"
#include "job.h"
#include "options.h"
#include "values.h"

enum {
    FILE_MAX = 1024 * 1024,
    PATH_BYTES = 4096,
    RATE_MAX = 10000000,
};

#define FORMAT "placed-plan"

struct cJSON *plan_make(struct ctl *ctl, const char *which)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "predicate", which);
    return job_follow(ctl, ctl_post(ctl, "plan", body), "planned");
}

void plan_show(struct ctl *ctl, const struct cJSON *result)
{
    static const struct column authors[] = {{"author", "author", COLUMN_TEXT},
                                            {"name", "name", COLUMN_TEXT},
                                            {"edits", "edits", COLUMN_COUNT}};
    static const struct column bounds = {"", "bounds", COLUMN_TEXT};
    char edits[TEXT_BYTES], pixels[TEXT_BYTES], others[TEXT_BYTES], where[COLUMNS_CELL];
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(result, "authors");
    size_t n = (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(result, "canvases"));
    text_count(edits, ctl_number(result, "edits"));
    text_count(pixels, ctl_number(result, "pixels"));
    text_count(others, ctl_number(result, "bystanders"));
    columns_cell(where, result, &bounds, ctl->now_ms);
    bool one_edit = ctl_number(result, "edits") == 1, one_pixel = ctl_number(result, "pixels") == 1;
    printf("%s %s; %s %s would change, on %zu canvas%s%s%s\n", edits,
           one_edit ? "edit matches" : "edits match", pixels, one_pixel ? "pixel" : "pixels", n,
           n == 1 ? "" : "es", n > 0 ? ", within " : "", n > 0 ? where : "");
    if (ctl_number(result, "bystanders") > 0)
        printf("edits of others that lie above such pixels and stay: %s\n", others);
    if (cJSON_GetArraySize(list) > 0)
        columns_print(stdout, list, authors, 3, ctl->now_ms, "");
}

bool plan_add_rate(struct ctl *ctl, struct cJSON *body)
{
    const char *text = ctl->arguments->values[OPTION_RATE];
    uint64_t rate;
    if (!text)
        return true;
    if (!value_number(text, 1, RATE_MAX, &rate)) {
        ctl->status = ctl_wrong(ctl, "--rate", "pixels a second, 1 to 10000000", text);
        return false;
    }
    cJSON_AddNumberToObject(body, "rate", (double)rate);
    return true;
}

bool plan_confirm(struct ctl *ctl, uint64_t pixels)
{
    char count[TEXT_BYTES];
    text_count(count, pixels);
    if (pixels <= PLAN_ASK_FROM || ctl_confirm(ctl, "%s pixels will change. Go on", count))
        return true;
    ctl->status = EXIT_FAILED;
    return false;
}

struct cJSON *plan_do(struct ctl *ctl, const struct cJSON *result)
{
    static const char *const names[] = {"predicate", "version", "digest"};
    cJSON *body = cJSON_CreateObject(), *plan = cJSON_AddObjectToObject(body, "plan");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cJSON_AddItemToObject(
            plan, names[i],
            cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(result, names[i]), true));
    if (!plan_add_rate(ctl, body) || !plan_confirm(ctl, ctl_number(result, "pixels"))) {
        cJSON_Delete(body);
        return NULL;
    }
    return job_follow(ctl, ctl_post(ctl, "apply", body), "repaired");
}

int plan_tell(struct ctl *ctl, struct cJSON *job)
{
    char pixels[TEXT_BYTES];
    uint64_t action = ctl_number(job, "action");
    text_count(pixels, ctl_number(cJSON_GetObjectItemCaseSensitive(job, "result"), "repaired"));
    return ctl_end(ctl, job,
                   "%s pixels are repaired by action %" PRIu64 " (placectl undo %" PRIu64
                   " takes it back)",
                   pixels, action, action);
}

/* ---- the file ---- */

static int write_all(int fd, const char *text)
{
    for (size_t len = strlen(text); len > 0;) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        text += n;
        len -= (size_t)n;
    }
    return 0;
}

int plan_save(struct ctl *ctl, const char *path, const struct cJSON *result)
{
    char temporary[PATH_BYTES];
    cJSON *file = cJSON_CreateObject();
    cJSON_AddNumberToObject(file, FORMAT, 1);
    cJSON_AddItemToObject(file, "result", cJSON_Duplicate(result, true));
    char *text = cJSON_Print(file);
    cJSON_Delete(file);
    if (!text)
        return ctl_fail(ctl, "no memory");
    if (snprintf(temporary, sizeof temporary, "%s.tmp", path) >= (int)sizeof temporary) {
        cJSON_free(text);
        return ctl_fail(ctl, "%.100s...: too long a name", path);
    }
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && write_all(fd, text) == 0;
    if (fd >= 0 && close(fd) != 0)
        good = false;
    cJSON_free(text);
    if (good && rename(temporary, path) == 0)
        return EXIT_DONE;
    int status = ctl_fail(ctl, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        unlink(temporary);
    return status;
}

/* The file's text, for free(); NULL: errno says why, EFBIG when it is no plan by its size alone. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file ? malloc(FILE_MAX + 1) : NULL;
    size_t n = text ? fread(text, 1, FILE_MAX + 1, file) : 0;
    int number = text && ferror(file) ? errno : 0;
    if (file)
        fclose(file);
    if (!text || number || n > FILE_MAX) {
        free(text);
        errno = n > FILE_MAX ? EFBIG : number ? number : errno;
        return NULL;
    }
    text[n] = '\0';
    return text;
}

struct cJSON *plan_load(const struct ctl *ctl, const char *path)
{
    char *text = read_text(path);
    if (!text) {
        ctl_fail(ctl, "%s: %s", path, strerror(errno));
        return NULL;
    }
    cJSON *file = cJSON_Parse(text);
    free(text);
    cJSON *result = cJSON_DetachItemFromObjectCaseSensitive(file, "result");
    bool good = ctl_number(file, FORMAT) == 1 && *ctl_text(result, "predicate") &&
                *ctl_text(result, "digest") &&
                cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(result, "version")) &&
                cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(result, "pixels"));
    cJSON_Delete(file);
    if (good)
        return result;
    cJSON_Delete(result);
    ctl_fail(ctl, "%s: expected a plan that placectl rollback has written", path);
    return NULL;
}
