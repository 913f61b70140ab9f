/* SPDX-License-Identifier: ISC */
/*
 * proven: which files of a folder have reached the disk. Pictures are written without waiting for
 * the disk, since they can be rendered again. When a process is killed that is harmless; when the
 * power fails, a file may be empty or end early although its name is there. So every five minutes
 * the file system is synced and the time noted; what is younger than the note after another start
 * of the machine is removed when the store is opened. Files that nobody may write to are exempt:
 * they were synced one by one.
 */
#ifndef PLACED_RENDER_STORE_PROVEN_H
#define PLACED_RENDER_STORE_PROVEN_H

#include <stdint.h>

struct proven {
    int folder;
    _Atomic int64_t next_ms; /* monotonic: when to sync again */
};

/* The folder stays the caller's. */
void proven_init(struct proven *proven, int folder);

/* Remove what is not proven. Only while no other process has the folder in use. 0, or -1 with
 * errno. */
int proven_begin(struct proven *proven);

/* Something was put: sync and note when it is time. May take as long as the disk does. */
void proven_tick(struct proven *proven);

#endif
