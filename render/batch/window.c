/* SPDX-License-Identifier: ISC */
/* window: see window.h. */
#include "render/batch/window.h"

static uint64_t bit(uint64_t number)
{
    return UINT64_C(1) << number % 64;
}

static unsigned word(uint64_t number)
{
    return (unsigned)(number % WINDOW / 64);
}

static uint64_t count(const uint64_t bits[WINDOW / 64])
{
    uint64_t n = 0;
    for (unsigned i = 0; i < WINDOW / 64; i++)
        n += (uint64_t)__builtin_popcountll(bits[i]);
    return n;
}

void window_init(struct window *window, uint64_t jobs, uint64_t low, uint64_t failed_low)
{
    *window = (struct window){.jobs = jobs, .low = low, .next = low, .failed_low = failed_low};
}

bool window_hand_out(struct window *window, uint64_t *number)
{
    if (window->next >= window->jobs || window->next - window->low >= WINDOW)
        return false;
    *number = window->next++;
    return true;
}

void window_take_back(struct window *window)
{
    window->next--;
}

bool window_has_ended(const struct window *window, uint64_t number)
{
    return number < window->low ||
           (number < window->next && (window->ended[word(number)] & bit(number)));
}

bool window_end(struct window *window, uint64_t number, bool failed)
{
    if (number >= window->next || window_has_ended(window, number))
        return false;
    window->ended[word(number)] |= bit(number);
    if (failed)
        window->failed[word(number)] |= bit(number);
    while (window->low < window->next && (window->ended[word(window->low)] & bit(window->low))) {
        uint64_t low = window->low++;
        window->failed_low += (window->failed[word(low)] & bit(low)) != 0;
        window->ended[word(low)] &= ~bit(low);
        window->failed[word(low)] &= ~bit(low);
    }
    return true;
}

uint64_t window_failed(const struct window *window)
{
    return window->failed_low + count(window->failed);
}

uint64_t window_done(const struct window *window)
{
    return window->low + count(window->ended) - window_failed(window);
}

bool window_complete(const struct window *window)
{
    return window->low == window->jobs;
}
