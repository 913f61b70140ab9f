/* SPDX-License-Identifier: ISC */
/*
 * descriptors: standard input, output and error exist, whatever the parent process has closed.
 *
 * A process that is started without one of the descriptors 0 to 2 gives that number to the next
 * file it opens. Messages for standard error would then be written into the log.
 */
#ifndef PLACED_SYS_DESCRIPTORS_H
#define PLACED_SYS_DESCRIPTORS_H

/* Open /dev/null on each of the descriptors 0 to 2 that is closed. The first call in every main(),
 * before anything is opened and before there are threads. Ends the process with status 126 when
 * /dev/null cannot be opened: there is nobody to tell, and going on could damage files. */
void standard_descriptors_open(void);

/* Every connection is a descriptor: raise the limit as far as the system allows, and to ten million
 * at most, since above that libwebsockets falls back to a few thousand. Returns it. */
unsigned descriptors_raise_limit(void);

#endif
