/* SPDX-License-Identifier: ISC */
/*
 * images: the uploaded pictures: GET /images (the newest first; ?before=MS&n=N), /images/ID and
 * /images/ID/original. Their variants are pictures as any other: tiles.h.
 */
#ifndef PLACED_RENDER_HTTP_IMAGES_H
#define PLACED_RENDER_HTTP_IMAGES_H

struct web_request;

void images_get(struct web_request *request);
void image_get(struct web_request *request);
void image_original_get(struct web_request *request);

#endif
