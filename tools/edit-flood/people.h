/* SPDX-License-Identifier: ISC */
/*
 * people: who the writers are to the server: from which address each comes, and with which
 * identity, which is a cookie that the server has given out.
 */
#ifndef PLACED_EDIT_FLOOD_PEOPLE_H
#define PLACED_EDIT_FLOOD_PEOPLE_H

struct options;
struct people;

enum { PEOPLE_FIELDS_BYTES = 256 }; /* of the header fields of one, with a NUL */

/* Ask the server for the identities that the options want: 0, and options->people has them; or -1
 * after a message. */
int people_ask(struct options *options);
void people_destroy(struct people *people); /* NULL is fine */

/* Header fields of a request of writer number i, each line with its end; "" when there are none. */
void people_fields(const struct options *options, unsigned i, char fields[PEOPLE_FIELDS_BYTES]);

#endif
