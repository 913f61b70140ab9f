/* SPDX-License-Identifier: ISC */
/* clock: CLOCK_MONOTONIC. */
#include "sys/clock.h"

#include <time.h>

uint64_t clock_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * CLOCK_SECOND_US + (uint64_t)now.tv_nsec / 1000;
}

int clock_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    if (error)
        return error;
    error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (error == 0)
        error = pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
    return error;
}

void clock_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t until_us)
{
    if (until_us == CLOCK_FOREVER) {
        pthread_cond_wait(cond, mutex);
        return;
    }
    struct timespec until = {.tv_sec = (time_t)(until_us / CLOCK_SECOND_US),
                             .tv_nsec = (long)(until_us % CLOCK_SECOND_US * 1000)};
    pthread_cond_timedwait(cond, mutex, &until);
}
