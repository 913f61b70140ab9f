/* SPDX-License-Identifier: ISC */
/*
 * fuzz_task: records of the queue and files of batches, which others may have written. What is
 * accepted comes back as it was when it is written and read again; a batch's first and last job are
 * jobs of a map.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "render/batch/batch_state.h"
#include "render/batch/task_record.h"

static void check_tile(const uint8_t *data, size_t len)
{
    struct task_record record, again;
    char text[TASK_RECORD_BYTES];
    if (task_record_read_tile(&record, data, len))
        return;
    struct picture first;
    if (picture_job(&record.first, &first) != 0 || record.first.kind == PICTURE_IMAGE)
        abort();
    size_t written = task_record_write_tile(text, &record);
    if (task_record_read_tile(&again, (const uint8_t *)text, written) ||
        memcmp(&again.first, &record.first, sizeof again.first) != 0 ||
        strcmp(again.batch, record.batch) != 0 || (*record.batch && again.n != record.n))
        abort();
}

static void check_upload(const uint8_t *data, size_t len)
{
    struct task_record record, again;
    char text[TASK_RECORD_BYTES];
    if (task_record_read_upload(&record, PICTURE_OP_stencil, data, len))
        return;
    size_t written = task_record_write_upload(text, &record);
    if (record.first.op != PICTURE_OP_stencil ||
        task_record_read_upload(&again, PICTURE_OP_stencil, (const uint8_t *)text, written) ||
        memcmp(&again, &record, sizeof again) != 0)
        abort();
}

static void check_job(const struct batch_state *state, const struct grid *grid, uint64_t number)
{
    struct task_record record;
    struct picture picture;
    char name[PICTURE_NAME_BYTES];
    batch_job(state, grid, number, &record);
    picture_format(&record.first, name);
    if (!picture_parse(&picture, name, strlen(name)) || picture.kind != PICTURE_MAP)
        abort();
}

static void check_state(const uint8_t *data, size_t len)
{
    static struct grid grid;
    struct batch_state state, again;
    char text[BATCH_STATE_BYTES];
    if (batch_state_read(&state, (const char *)data, len))
        return;
    size_t written = batch_state_write(text, &state);
    if (written > 0 && batch_state_read(&again, text, written))
        abort();
    if (grid_init(&grid, state.wish.first, state.wish.last,
                  state.wish.has_box ? &state.wish.box : NULL))
        return;
    if (grid.jobs == 0)
        abort();
    check_job(&state, &grid, 0);
    check_job(&state, &grid, grid.jobs - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len + 1); /* on the heap, where a sanitizer sees its end */
    if (!copy)
        abort();
    if (len > 0)
        memcpy(copy, data, len);
    copy[len] = '\0';
    check_tile(copy, len);
    check_upload(copy, len);
    check_state(copy, len);
    free(copy);
    return 0;
}
