/* SPDX-License-Identifier: ISC */
/* tls: the client's side of TLS on a non-blocking socket, by OpenSSL. */
#ifndef PLACED_EDIT_FLOOD_TLS_H
#define PLACED_EDIT_FLOOD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tls_context;
struct tls;

/* insecure: any certificate will do. NULL when OpenSSL fails. */
struct tls_context *tls_context_create(bool insecure);
void tls_context_destroy(struct tls_context *context); /* NULL is fine */

/* A connection on fd, which the caller closes afterwards. name is the host's. NULL when out of
 * memory. */
struct tls *tls_create(struct tls_context *context, int fd, const char *name);
void tls_destroy(struct tls *tls); /* NULL is fine */

/* As recv and send: bytes, or 0 at the end, or -1 with errno EAGAIN or EPROTO. The handshake is
 * done on the way: before it is over, both may say EAGAIN and go on with any event of the socket.
 */
ssize_t tls_recv(struct tls *tls, void *bytes, size_t len);
ssize_t tls_send(struct tls *tls, const void *bytes, size_t len);

/* Go on with the handshake: 1 done, 0 not yet, -1 failed. */
int tls_handshake(struct tls *tls);

#endif
