/* SPDX-License-Identifier: ISC */
/* form: application/x-www-form-urlencoded, of a query or a body. Pure. */
#ifndef PLACED_HTTP_FORM_H
#define PLACED_HTTP_FORM_H

#include <stddef.h>

enum {
    FORM_NONE = -1,  /* there is no such parameter */
    FORM_TWICE = -2, /* there are several */
    FORM_LONG = -3,  /* its value does not fit */
};

/* The value of a parameter, decoded and with a NUL behind it: its length, or one of the above. */
int form_get(const char *form, size_t len, const char *name, char *value, size_t room);

/* Decode %XX in place, and with plus "+" to a blank as well; what is no such code stays as it is.
 * The new length. */
size_t form_decode(char *text, size_t len, int plus);

#endif
