/* SPDX-License-Identifier: ISC */
/* given: an array in the order of the offsets; what is done at its beginning goes. */
#include "render/queue/given.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 16 };

void given_init(struct given *given, uint64_t place)
{
    *given = (struct given){.place = place};
}

void given_finish(struct given *given)
{
    free(given->tasks);
    *given = (struct given){0};
}

size_t given_count(const struct given *given)
{
    return given->end - given->begin;
}

/* Room for one more at the end. */
static bool make_room(struct given *given)
{
    size_t n = given_count(given);
    if (given->end < given->room)
        return true;
    if (given->begin > given->room / 2) {
        memmove(given->tasks, given->tasks + given->begin, n * sizeof *given->tasks);
    } else {
        size_t room = given->room ? 2 * given->room : ROOM_FIRST;
        struct given_task *tasks = malloc(room * sizeof *tasks);
        if (!tasks)
            return false;
        if (n > 0)
            memcpy(tasks, given->tasks + given->begin, n * sizeof *tasks);
        free(given->tasks);
        given->tasks = tasks;
        given->room = room;
    }
    given->begin = 0;
    given->end = n;
    return true;
}

bool given_add(struct given *given, uint64_t number, uint64_t offset, const void *owner)
{
    if (!make_room(given))
        return false;
    if (given->begin == given->end)
        given->place = offset;
    given->tasks[given->end++] = (struct given_task){number, offset, owner, false};
    return true;
}

bool given_again(struct given *given, const void *owner, uint64_t *offset)
{
    for (size_t i = given->begin; given->ownerless > 0 && i < given->end; i++) {
        struct given_task *task = &given->tasks[i];
        if (task->done || task->owner)
            continue;
        given->ownerless--;
        task->owner = owner;
        *offset = task->offset;
        return true;
    }
    return false;
}

/* Drop what is done at the beginning. */
static void advance(struct given *given)
{
    while (given->begin < given->end && given->tasks[given->begin].done) {
        given->place = given->tasks[given->begin].offset + 1;
        given->begin++;
    }
    if (given->begin < given->end)
        given->place = given->tasks[given->begin].offset;
}

static struct given_task *find(struct given *given, uint64_t number)
{
    size_t from = given->begin, to = given->end;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (given->tasks[middle].number < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from < given->end && given->tasks[from].number == number ? &given->tasks[from] : NULL;
}

bool given_done(struct given *given, uint64_t number, const void *owner)
{
    struct given_task *task = find(given, number);
    if (!task || task->done || task->owner != owner)
        return false;
    task->done = true;
    advance(given);
    return true;
}

void given_release(struct given *given, const void *owner)
{
    for (size_t i = given->begin; i < given->end; i++) {
        struct given_task *task = &given->tasks[i];
        if (task->done || task->owner != owner)
            continue;
        task->owner = NULL;
        given->ownerless++;
    }
}
