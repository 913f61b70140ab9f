/* SPDX-License-Identifier: ISC */
/*
 * stencil_link: the address of the canvas page with a stencil laid over it, in the words that Pxls
 * has for it. Neither its place (ox, oy) is known nor another width wanted (tw): a pixel is a cell.
 * Pure.
 */
#ifndef PLACED_RENDER_HTTP_STENCIL_LINK_H
#define PLACED_RENDER_HTTP_STENCIL_LINK_H

#include <stdbool.h>
#include <stddef.h>

enum { STENCIL_LINK_BYTES = 2048 };

/* canvas: URL of the page; host: of this server, as the client knows it ("example.org:8082");
 * secure: by https. False: host is not one, or the link would be too long. */
bool stencil_link(char link[STENCIL_LINK_BYTES], const char *canvas, const char *host, bool secure,
                  const char *id);

#endif
