/* SPDX-License-Identifier: ISC */
/* process: what the server asks of the system as a process: signals, and how many files it may
 * open. */
#ifndef PLACED_PROCESS_H
#define PLACED_PROCESS_H

/* SIGTERM and SIGINT call stop, SIGHUP calls reload, both from the signal handler. A broken pipe is
 * an error of the write, not a signal; a damaged mapped file ends the process with a message. */
void process_handle_signals(void (*stop)(void), void (*reload)(void));

/* Every connection is a descriptor: raise the limit as far as the system allows. Returns it. */
unsigned process_raise_file_limit(void);

#endif
