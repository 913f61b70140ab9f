/* SPDX-License-Identifier: ISC */
/* control_person: what is known of an author. */
#ifndef PLACED_API_CONTROL_PERSON_H
#define PLACED_API_CONTROL_PERSON_H

struct control_request;

void control_person_get_identity(struct control_request *r);
void control_person_post_forget(struct control_request *r);
void control_person_get_energy(struct control_request *r);
void control_person_post_energy(struct control_request *r);

#endif
