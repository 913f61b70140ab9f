/* SPDX-License-Identifier: ISC */
/*
 * beneath: files below a folder, by names of store_name.h, of which no part is followed when it is
 * a symbolic link: whoever can make links in the folder gains nothing by them.
 */
#ifndef PLACED_RENDER_STORE_BENEATH_H
#define PLACED_RENDER_STORE_BENEATH_H

#include <stdbool.h>

/* Open for reading; -1 with errno. */
int beneath_open(int folder, const char *name);

/* The folder of the name's last part, opened; that part in *last. With make the folders that are
 * missing are made, and with durable they are on the disk before this returns. -1 with errno. */
int beneath_parent(int folder, const char *name, bool make, bool durable, const char **last);

#endif
