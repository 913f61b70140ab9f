/* SPDX-License-Identifier: ISC */
/*
 * upload: POST /upload, a picture as the body or as the first file of a form.
 *
 *   201 {"image_id":ID,"url":"/images/ID"}   200 the same: these bytes were there
 *   400 no picture came; 413 too many bytes; 415 neither JPEG, PNG nor WebP; 422 a picture that is
 *   broken or has too many pixels; 503 + Retry-After: too many at a time, or it cannot be stored
 */
#ifndef PLACED_RENDER_HTTP_UPLOAD_H
#define PLACED_RENDER_HTTP_UPLOAD_H

#include <stddef.h>

struct web_request;

/* What routes.c has of it: see web_route.h. */
void upload_begin(struct web_request *request);
void upload_data(struct web_request *request, const void *bytes, size_t len);
void upload_post(struct web_request *request);

#endif
