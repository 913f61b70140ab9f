/* SPDX-License-Identifier: ISC */
/*
 * tls: the certificate of a loop's listeners, and how it is replaced while everybody stays
 * connected. From the loop's thread.
 */
#ifndef PLACED_NET_TLS_H
#define PLACED_NET_TLS_H

#include <libwebsockets.h>

#include "net/loop_config.h"

/* Ask for TLS 1.2 and 1.3 with http/1.1, if the loop has a certificate. 0, or -1 with a message in
 * error when that or its key are no good. */
int tls_set(const struct loop *loop, struct lws_context_creation_info *info,
            char error[LOOP_ERROR_BYTES]);

/* libwebsockets made this context for the listeners: kept to be changed later. */
void tls_keep(struct loop *loop, void *ssl_context);

/* Read certificate and key again. New connections get the new one, open ones go on as they are;
 * when the files are no good, that is reported and the old one stays. */
void tls_reload(struct loop *loop);

#endif
