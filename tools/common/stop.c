/* SPDX-License-Identifier: ISC */
/* stop: the handler sets a number, and is gone after the first signal. */
#include "stop.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t asked; /* the signal's number */

static void on_signal(int number)
{
    asked = number;
}

void stop_on_signals(void)
{
    /* SA_RESETHAND: the second signal finds the default. No SA_RESTART: waits end. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigemptyset(&ignored.sa_mask);
    sigaction(SIGPIPE, &ignored, NULL);
}

bool stop_asked(void)
{
    return asked != 0;
}

void stop_repeat_signal(void)
{
    if (asked == 0)
        return;
    signal(asked, SIG_DFL);
    raise(asked);
}
