/* SPDX-License-Identifier: ISC */
/* timers: a wheel of slots of 10 ms; a time beyond its horizon fires at the horizon. */
#include "timers.h"

void timer_clear(struct flood *flood, struct conn *conn)
{
    if (!conn->timed)
        return;
    conn->timed = false;
    if (conn->timer_prev == NO_CONN)
        flood->wheel[conn->timer_slot] = conn->timer_next;
    else
        flood->conns[conn->timer_prev].timer_next = conn->timer_next;
    if (conn->timer_next != NO_CONN)
        flood->conns[conn->timer_next].timer_prev = conn->timer_prev;
}

void timer_set(struct flood *flood, struct conn *conn, uint64_t in_us)
{
    timer_clear(flood, conn);
    uint64_t at = (flood->now_us + in_us) / WHEEL_US + 1;
    if (at < flood->wheel_at)
        at = flood->wheel_at;
    if (at >= flood->wheel_at + WHEEL_SLOTS)
        at = flood->wheel_at + WHEEL_SLOTS - 1;
    uint32_t slot = (uint32_t)(at % WHEEL_SLOTS);
    int me = (int)conn_number(flood, conn);
    conn->timed = true;
    conn->timer_slot = slot;
    conn->timer_prev = NO_CONN;
    conn->timer_next = flood->wheel[slot];
    if (conn->timer_next != NO_CONN)
        flood->conns[conn->timer_next].timer_prev = me;
    flood->wheel[slot] = me;
}

void timers_run(struct flood *flood, void (*fire)(struct flood *flood, struct conn *conn))
{
    uint64_t now = flood->now_us / WHEEL_US;
    if (flood->wheel_at == 0)
        flood->wheel_at = now;
    for (; flood->wheel_at <= now; flood->wheel_at++) {
        int *slot = &flood->wheel[flood->wheel_at % WHEEL_SLOTS];
        /* What fires may set itself again, but never into this slot: that is at least one on. */
        while (*slot != NO_CONN) {
            struct conn *conn = &flood->conns[*slot];
            timer_clear(flood, conn);
            fire(flood, conn);
        }
    }
}
