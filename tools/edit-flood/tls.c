/* SPDX-License-Identifier: ISC */
/* tls: see tls.h. Buffers are released while nothing is in them: there are thousands of
 * connections, and most of them are idle most of the time. */
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdlib.h>

struct tls_context {
    SSL_CTX *ssl;
    bool insecure;
};

struct tls {
    SSL *ssl;
};

struct tls_context *tls_context_create(bool insecure)
{
    struct tls_context *context = malloc(sizeof *context);
    if (!context)
        return NULL;
    context->insecure = insecure;
    context->ssl = SSL_CTX_new(TLS_client_method());
    if (!context->ssl) {
        free(context);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION);
    SSL_CTX_set_mode(context->ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF);
    if (!insecure) {
        SSL_CTX_set_default_verify_paths(context->ssl);
        SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER, NULL);
    }
    return context;
}

void tls_context_destroy(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ssl);
    free(context);
}

static void name_peer(SSL *ssl, const char *name)
{
    struct in6_addr address;
    if (inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name);
        return;
    }
    /* SSL_set_tlsext_host_name, whose cast drops a const */
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, (void *)(uintptr_t)name);
    SSL_set1_host(ssl, name);
}

struct tls *tls_create(struct tls_context *context, int fd, const char *name)
{
    struct tls *tls = malloc(sizeof *tls);
    if (!tls)
        return NULL;
    tls->ssl = SSL_new(context->ssl);
    if (!tls->ssl || SSL_set_fd(tls->ssl, fd) != 1) {
        tls_destroy(tls);
        return NULL;
    }
    name_peer(tls->ssl, name);
    SSL_set_connect_state(tls->ssl);
    return tls;
}

void tls_destroy(struct tls *tls)
{
    if (!tls)
        return;
    if (tls->ssl && SSL_is_init_finished(tls->ssl))
        SSL_shutdown(tls->ssl); /* says goodbye, does not wait for an answer */
    ERR_clear_error();
    SSL_free(tls->ssl);
    free(tls);
}

/* What a result that is not positive means, as recv would say it. */
static ssize_t failed(struct tls *tls, int result)
{
    int error = SSL_get_error(tls->ssl, result);
    ERR_clear_error();
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
    return -1;
}

int tls_handshake(struct tls *tls)
{
    if (SSL_is_init_finished(tls->ssl))
        return 1;
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    if (result == 1)
        return 1;
    return failed(tls, result) < 0 && errno == EAGAIN ? 0 : -1;
}

ssize_t tls_recv(struct tls *tls, void *bytes, size_t len)
{
    ERR_clear_error();
    int result = SSL_read(tls->ssl, bytes, len < 1 << 30 ? (int)len : 1 << 30);
    return result > 0 ? result : failed(tls, result);
}

ssize_t tls_send(struct tls *tls, const void *bytes, size_t len)
{
    ERR_clear_error();
    int result = SSL_write(tls->ssl, bytes, len < 1 << 30 ? (int)len : 1 << 30);
    return result > 0 ? result : failed(tls, result);
}
