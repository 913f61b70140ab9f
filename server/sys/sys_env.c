/* SPDX-License-Identifier: ISC */
/* sys_env: CLOCK_MONOTONIC and getrandom. */
#include "sys/sys_env.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "sys/diag.h"

static uint64_t now_us(struct env *env)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void random_bytes(struct env *env, void *bytes, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = getrandom((char *)bytes + done, len - done, 0);
        if (n < 0) {
            diag_error("the system gives no random numbers");
            abort(); /* never go on with predictable ones */
        }
        done += (size_t)n;
    }
}

struct env sys_env = {.now_us = now_us, .random = random_bytes};
