/* SPDX-License-Identifier: ISC */
/* tls: see tls.h. New files are tried on a context of their own before the real one is touched. */
#include "edge/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "core/diag.h"
#include "edge/loop_state.h"

void tls_set(const struct loop *loop, struct lws_context_creation_info *info)
{
    if (!loop->config.tls_cert)
        return;
    info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                     LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS; /* we verify nobody */
    info->ssl_cert_filepath = loop->config.tls_cert;
    info->ssl_private_key_filepath = loop->config.tls_key;
    info->alpn = "http/1.1";
    info->ssl_options_set = (long)(SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
}

void tls_keep(struct loop *loop, void *ssl_context)
{
    loop->ssl_context = ssl_context;
}

static bool use_files(SSL_CTX *context, const struct loop_config *config)
{
    return SSL_CTX_use_certificate_chain_file(context, config->tls_cert) == 1 &&
           SSL_CTX_use_PrivateKey_file(context, config->tls_key, SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(context) == 1;
}

void tls_reload(struct loop *loop)
{
    const struct loop_config *config = &loop->config;
    if (!loop->ssl_context)
        return;
    ERR_clear_error();
    SSL_CTX *trial = SSL_CTX_new(TLS_server_method());
    bool good = trial && use_files(trial, config) && use_files(loop->ssl_context, config);
    SSL_CTX_free(trial);
    if (good)
        diag_info("tls: %s and %s read again", config->tls_cert, config->tls_key);
    else
        diag_error("tls: %s and %s are not used, the certificate before stays: %s",
                   config->tls_cert, config->tls_key,
                   ERR_reason_error_string(ERR_peek_last_error()));
    ERR_clear_error();
}
