/* SPDX-License-Identifier: ISC */
/*
 * diag: messages for the operator, one line each on standard error: control bytes escaped, length
 * capped, rate limited. Any thread.
 */
#ifndef PLACED_SYS_DIAG_H
#define PLACED_SYS_DIAG_H

/* Who speaks: "placed" when nobody says so. name stays; before there are threads. */
void diag_name(const char *name);

void diag_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void diag_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void diag_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
