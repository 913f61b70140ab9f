/* SPDX-License-Identifier: ISC */
/* identity: POST /identity gives an identity to who has none; GET /identity/challenge is the proof
 * of work that is asked for before. */
#ifndef PLACED_API_IDENTITY_H
#define PLACED_API_IDENTITY_H

struct http;

void identity_post(struct http *http);
void identity_get_challenge(struct http *http);

#endif
