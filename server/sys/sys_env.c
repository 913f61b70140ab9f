/* SPDX-License-Identifier: ISC */
/* sys_env: the system's clocks and getrandom. */
#include "sys/sys_env.h"

#include <stdlib.h>
#include <sys/random.h>

#include "sys/clock.h"
#include "sys/diag.h"

static uint64_t now_us(struct env *env)
{
    return clock_now_us();
}

static int64_t time_ms(struct env *env)
{
    return clock_wall_ms();
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

struct env sys_env = {.now_us = now_us, .time_ms = time_ms, .random = random_bytes};
