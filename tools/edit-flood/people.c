/* SPDX-License-Identifier: ISC */
/* people: see people.h. Writer i has identity i of N, round and round. */
#include "people.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "http.h"
#include "options.h"

enum { COOKIE_BYTES = 160 };

struct people {
    unsigned n;
    char cookies[][COOKIE_BYTES]; /* NAME=VALUE */
};

/* Where writer i is; the length of it. */
static size_t where(const struct options *options, unsigned i, char fields[PEOPLE_FIELDS_BYTES])
{
    char address[INET_ADDRSTRLEN];
    fields[0] = '\0';
    if (!options->has_forwarded)
        return 0;
    struct in_addr from = addresses_at(&options->forwarded, i);
    inet_ntop(AF_INET, &from, address, sizeof address);
    return (size_t)snprintf(fields, PEOPLE_FIELDS_BYTES, "X-Forwarded-For: %s\r\n", address);
}

void people_fields(const struct options *options, unsigned i, char fields[PEOPLE_FIELDS_BYTES])
{
    size_t len = where(options, i, fields);
    if (options->people && options->people->n > 0)
        snprintf(fields + len, PEOPLE_FIELDS_BYTES - len, "Cookie: %s\r\n",
                 options->people->cookies[i % options->people->n]);
}

/* One more identity, for writer i. */
static int ask_for_one(struct options *options, struct tls_context *tls, unsigned i)
{
    struct target target = options->targets[i % options->n_targets];
    struct people *people = options->people;
    char fields[PEOPLE_FIELDS_BYTES], *cookie = people->cookies[i];
    const char *error = "no Set-Cookie";
    struct http_answer answer = {0};
    struct in_addr from = {0};
    struct http_request request = {
        .method = "POST", .path = "/identity", .fields = fields, .from = NULL};
    where(options, i, fields); /* and no cookie, to get one */
    if (options->has_from) {
        from = addresses_at(&options->from, i);
        request.from = &from;
    }
    int status = -1;
    bool good = false;
    if (http_ask(&target, tls, &request, &answer, &error) == 0) {
        status = answer.status;
        good = status == 200 && http_header(&answer, "Set-Cookie", cookie, COOKIE_BYTES);
        cookie[strcspn(cookie, ";")] = '\0';
        http_answer_finish(&answer);
    }
    if (good)
        people->n++;
    else if (status >= 0)
        fprintf(stderr, "edit-flood: %s: identity %u of %u: the server answered %d\n", target.url,
                i + 1, options->identities, status);
    else
        fprintf(stderr, "edit-flood: %s: identity %u of %u: %s\n", target.url, i + 1,
                options->identities, error);
    return good ? 0 : -1;
}

int people_ask(struct options *options)
{
    struct tls_context *tls = NULL;
    if (options->identities == 0)
        return 0;
    options->people =
        calloc(1, sizeof *options->people + options->identities * (size_t)COOKIE_BYTES);
    if (!options->people ||
        (options->targets[0].tls && !(tls = tls_context_create(options->insecure)))) {
        fprintf(stderr, "edit-flood: out of memory\n");
        return -1;
    }
    int result = 0;
    for (unsigned i = 0; i < options->identities && result == 0; i++)
        result = ask_for_one(options, tls, i);
    tls_context_destroy(tls);
    return result;
}

void people_destroy(struct people *people)
{
    free(people);
}
