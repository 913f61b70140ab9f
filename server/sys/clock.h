/* SPDX-License-Identifier: ISC */
/*
 * clock: the monotonic clock in microseconds, and waiting by it. A wait by the wall clock, which is
 * the default of condition variables, would be cut short or prolonged when somebody sets the time.
 */
#ifndef PLACED_SYS_CLOCK_H
#define PLACED_SYS_CLOCK_H

#include <pthread.h>
#include <stdint.h>

#define CLOCK_SECOND_US UINT64_C(1000000)
#define CLOCK_FOREVER   UINT64_MAX

/* Microseconds since an arbitrary start. Any thread. */
uint64_t clock_now_us(void);

/* Initialise a condition variable for clock_wait. 0 or an error number. */
int clock_cond_init(pthread_cond_t *cond);

/* Wait until the condition is signalled or until_us has come (CLOCK_FOREVER: no limit). It may
 * also return early, so ask again for what was waited for. The mutex is held by the caller. */
void clock_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t until_us);

#endif
