/* SPDX-License-Identifier: ISC */
/* clock: the system's clocks, and waiting by the one that never jumps. */
#ifndef PLACED_SYS_CLOCK_H
#define PLACED_SYS_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define CLOCK_NEVER INT64_MAX /* a deadline that does not come */

int64_t clock_now_ms(void);  /* monotonic: for durations and deadlines */
uint64_t clock_now_us(void); /* the same in microseconds */
int64_t clock_wall_ms(void); /* since 1970; can jump */
void clock_pause_ms(int64_t ms);

/* A condition for clock_wait. 0, or an errno value. */
int clock_cond_init(pthread_cond_t *cond);

/* Wait on cond (of clock_cond_init) until it is signalled, or clock_now_ms() is deadline_ms: then
 * false. May return true without a signal, as every wait for a condition may. */
bool clock_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline_ms);

#endif
