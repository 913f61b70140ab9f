/* SPDX-License-Identifier: ISC */
/* test_queue_memory: the promises of every queue, in memory. */
#include <stdlib.h>
#include <string.h>

#include "queue_conformance.h"

static char *create(void)
{
    return strdup("memory:");
}

static void destroy(char *url)
{
    free(url);
}

int main(void)
{
    const struct queue_world world = {
        .name = "every queue: memory", .create = create, .destroy = destroy};
    return queue_conformance_run(&world);
}
