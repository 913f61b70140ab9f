/* SPDX-License-Identifier: ISC */
/*
 * control_answer: the answers of the admin API. What changes something is answered when its record
 * has been read back from the control log, and so acts.
 */
#ifndef PLACED_API_CONTROL_ANSWER_H
#define PLACED_API_CONTROL_ANSWER_H

struct cJSON;
struct control_request;
struct control_waiter;

/* 200 with this JSON, which becomes the callee's; NULL: there was no memory for it. */
void control_answer(struct control_request *r, struct cJSON *json);

/* {"error": ...} */
void control_answer_error(struct control_request *r, unsigned status, const char *error);

/* 400 with what r->error says. */
void control_answer_wrong(struct control_request *r);

/* Somebody to be told an action's number by another thread, upon which the request is answered
 * {"action": N} with the members of more (the callee's; NULL: none). NULL: it has been answered
 * that there is no memory. One of the two below has to follow at once. */
struct control_waiter *control_answer_waiter(struct control_request *r, struct cJSON *more);

/* He will be told: wait for that, 10 s at most. */
void control_answer_wait(struct control_waiter *waiter);

/* He will not: answer this error. */
void control_answer_give_up(struct control_request *r, struct control_waiter *waiter,
                            unsigned status, const char *error);

/* Append a record of this type and name with these fields (the callee's), in the actor's name, and
 * answer {"action": N} with the members of more (the callee's; NULL: none) once it is in the
 * log. */
void control_answer_append(struct control_request *r, const char *type, const char *name,
                           struct cJSON *fields, struct cJSON *more);

/* The same, and then start a job of moderation of this kind with this request (the callee's); the
 * answer names it as "job", or has as "job_error" why it could not be started. */
void control_answer_append_then(struct control_request *r, const char *type, const char *name,
                                struct cJSON *fields, const char *kind, struct cJSON *request);

/* The same for a record that ends what stands of this type and name; 404 with these words when
 * there is nothing. */
void control_answer_remove(struct control_request *r, const char *type, const char *name,
                           const char *nothing);

#endif
