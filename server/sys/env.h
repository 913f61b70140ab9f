/* SPDX-License-Identifier: ISC */
/*
 * env: where sessions and canvases get the time and random numbers from. The daemon hands in the
 * machine's (sys_env), a simulation its own virtual clock and seeded generator.
 */
#ifndef PLACED_SYS_ENV_H
#define PLACED_SYS_ENV_H

#include <stddef.h>
#include <stdint.h>

struct env {
    uint64_t (*now_us)(struct env *env); /* monotonic, microseconds from an arbitrary start */
    int64_t (*time_ms)(struct env *env); /* milliseconds since 1970; can jump */
    void (*random)(struct env *env, void *bytes, size_t len);
};

static inline uint64_t env_now_us(struct env *env)
{
    return env->now_us(env);
}

static inline int64_t env_time_ms(struct env *env)
{
    return env->time_ms(env);
}

static inline uint64_t env_random_u64(struct env *env)
{
    uint64_t value;
    env->random(env, &value, sizeof value);
    return value;
}

#endif
