/* SPDX-License-Identifier: ISC */
/* process: the signals of the server as a process. */
#ifndef PLACED_PROCESS_H
#define PLACED_PROCESS_H

/* SIGTERM and SIGINT call stop, SIGHUP calls reload, both from the signal handler. A broken pipe is
 * an error of the write, not a signal; a damaged mapped file ends the process with a message. */
void process_handle_signals(void (*stop)(void), void (*reload)(void));

#endif
