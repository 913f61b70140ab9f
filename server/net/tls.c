/* SPDX-License-Identifier: ISC */
/* tls: see tls.h. New files are read into a context of their own; handshakes take from there. */
#include "net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "net/loop_state.h"
#include "sys/diag.h"

/* libwebsockets makes a context for clients as well, and loses it when there are several loops, or
 * when the certificate is no good. We are nobody's client: this one is for all, to the end. */
static SSL_CTX *no_client;
/* Where what was read at the last reload, an SSL_CTX with nothing but that, hangs at the real one.
 */
static int newest_index = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_newest(void *parent, void *newest, CRYPTO_EX_DATA *data, int index, long argl,
                        void *argp)
{
    SSL_CTX_free(newest);
}

static void begin(void)
{
    no_client = SSL_CTX_new(TLS_client_method());
    newest_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_newest);
}

static const char *reason(void)
{
    /* The first error is the cause: the system's, where a file cannot be opened. */
    unsigned long first = ERR_peek_error();
    if (first != 0 && ERR_SYSTEM_ERROR(first))
        return strerror(ERR_GET_REASON(first));
    const char *reason = ERR_reason_error_string(first);
    return reason ? reason : strerror(errno);
}

/* The two files, a whole pair, in a context of their own; or NULL, and then what is wrong with
 * which of them. */
static SSL_CTX *read_files(const struct loop_config *config, char wrong[LOOP_ERROR_BYTES])
{
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    const char *what = NULL, *file = "";
    if (!context)
        what = "no context";
    else if (SSL_CTX_use_certificate_chain_file(context, config->tls_cert) != 1)
        what = "certificate ", file = config->tls_cert;
    else if (SSL_CTX_use_PrivateKey_file(context, config->tls_key, SSL_FILETYPE_PEM) != 1 ||
             SSL_CTX_check_private_key(context) != 1)
        what = "key ", file = config->tls_key;
    if (!what)
        return context;
    snprintf(wrong, LOOP_ERROR_BYTES, "%s%s: %s", what, file, reason());
    SSL_CTX_free(context);
    return NULL;
}

int tls_set(const struct loop *loop, struct lws_context_creation_info *info,
            char error[LOOP_ERROR_BYTES])
{
    const struct loop_config *config = &loop->config;
    if (!config->tls_cert)
        return 0;
    pthread_once(&once, begin);
    char wrong[LOOP_ERROR_BYTES];
    /* libwebsockets would not say what is wrong with them, and leak. */
    SSL_CTX *trial = read_files(config, wrong);
    if (!trial) {
        snprintf(error, LOOP_ERROR_BYTES, "tls: %.*s", LOOP_ERROR_BYTES - 6, wrong);
        return -1;
    }
    SSL_CTX_free(trial);
    info->provided_client_ssl_ctx = no_client;
    info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                     LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS; /* we verify nobody */
    info->ssl_cert_filepath = config->tls_cert;
    info->ssl_private_key_filepath = config->tls_key;
    info->alpn = "http/1.1";
    info->ssl_options_set = (long)(SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    return 0;
}

void tls_keep(struct loop *loop, void *ssl_context)
{
    loop->ssl_context = ssl_context;
}

/* In each handshake. The real context has a place for each kind of key, so a new certificate with
 * another kind of key would stand beside the old one there. */
static int use_newest(SSL *ssl, void *arg)
{
    SSL_CTX *newest = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), newest_index);
    STACK_OF(X509) *chain = NULL;
    SSL_CTX_get0_chain_certs(newest, &chain);
    SSL_certs_clear(ssl);
    return SSL_use_cert_and_key(ssl, SSL_CTX_get0_certificate(newest),
                                SSL_CTX_get0_privatekey(newest), chain, 1);
}

static bool set_newest(SSL_CTX *context, SSL_CTX *newest)
{
    SSL_CTX *before = newest_index < 0 ? NULL : SSL_CTX_get_ex_data(context, newest_index);
    if (!newest || newest_index < 0 || SSL_CTX_set_ex_data(context, newest_index, newest) != 1) {
        SSL_CTX_free(newest);
        return false;
    }
    SSL_CTX_free(before);
    SSL_CTX_set_cert_cb(context, use_newest, NULL);
    return true;
}

void tls_reload(struct loop *loop)
{
    const struct loop_config *config = &loop->config;
    if (!loop->ssl_context)
        return;
    ERR_clear_error();
    char wrong[LOOP_ERROR_BYTES] = "out of memory";
    if (set_newest(loop->ssl_context, read_files(config, wrong)))
        diag_info("tls: %s and %s read again", config->tls_cert, config->tls_key);
    else
        diag_error("tls: %s and %s are not used, the certificate before stays: %s",
                   config->tls_cert, config->tls_key, wrong);
    ERR_clear_error();
}
