/* SPDX-License-Identifier: ISC */
/* test_log_local: the promises of every log, and what a disk can do to this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collector.h"
#include "conformance.h"
#include "log/log_local.h"

static void *create(void)
{
    return make_dir();
}

static void destroy(void *store)
{
    remove_tree(store);
}

static struct log *open_log(void *store)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log *log = log_local_open(store, 0, error);
    if (!log)
        fprintf(stderr, "%s\n", error);
    return log;
}

int main(void)
{
    const struct world world = {.name = "every log: local",
                                .create = create,
                                .destroy = destroy,
                                .open = open_log,
                                .threads = true};
    return conformance_run(&world);
}
