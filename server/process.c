/* SPDX-License-Identifier: ISC */
/* process: see process.h. */
#include "process.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static void (*when_stopped)(void);
static void (*when_reloaded)(void);

static void on_stop(int signal_number)
{
    when_stopped();
}

static void on_reload(int signal_number)
{
    when_reloaded();
}

/* A mapped file (of LMDB) has ended, or a page that it points to is none: damage, which must not
 * look like a fault of the program. */
static void on_bus_error(int signal_number)
{
    static const char words[] =
        "placed: error: a file under the data directory is damaged or was cut short while it was "
        "open (SIGBUS). data/checkpoint may be deleted; data/log is the canvas\n";
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    _exit(EXIT_FAILURE);
}

void process_handle_signals(void (*stop)(void), void (*reload)(void))
{
    when_stopped = stop;
    when_reloaded = reload;
    struct sigaction stopping = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &stopping, NULL);
    sigaction(SIGINT, &stopping, NULL);
    struct sigaction reloading = {.sa_handler = on_reload, .sa_flags = SA_RESTART};
    sigaction(SIGHUP, &reloading, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGBUS, on_bus_error);
}
