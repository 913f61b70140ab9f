/* SPDX-License-Identifier: ISC */
/* site_images: uploaded pictures: taken here, and heard of from servers that share the folder. */
#ifndef PLACED_RENDER_SITE_IMAGES_H
#define PLACED_RENDER_SITE_IMAGES_H

#include <stdint.h>

#include "render/config/render_config.h"
#include "render/name/picture.h"

struct site;
struct site_images;

/* Fills site->originals and site->uploads, which stay the site's until site_images_close. NULL
 * after a message. */
struct site_images *site_images_open(struct site *site, const struct render_config *config,
                                     const char *pictures);

/* Tell all servers of a variant of an image: "running", "done", "failed". */
void site_images_say(struct site *site, const struct picture *picture, const char *state,
                     int64_t ms);

/* The file that a child reads for this picture: see farm_config's `input`. */
int site_images_input(const struct site *site, const struct picture *picture);

/* After the front; before events and queue. NULL is fine. */
void site_images_close(struct site_images *images);

/* Who took an upload may have died before it could tell the others of it: whoever has made a
 * variant of an image that no event has told of tells of the image, too. */
void site_images_tell(const struct site *site, const char *id);

#endif
