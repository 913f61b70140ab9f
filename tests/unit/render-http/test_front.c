/* SPDX-License-Identifier: ISC */
/* The HTTP front on real sockets: what clients are answered, now, later and never. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "render/http/front.h"
#include "render/http/site.h"
#include "render/http/web_input.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/http/web_stream.h"

enum {
    TEXT_MAX = 1 << 20,
    LIMIT = 8,
};

static struct ev_loop *loop;
static struct site site;
static struct front *front;
static char folder[64];
static struct web_request *held; /* waits for its answer */
static struct web_stream *stream;
static unsigned n_ended, n_unanswered;
static size_t n_streamed;

/* ---- endpoints ---- */

static void ended(struct web_request *request)
{
    n_ended++;
    n_unanswered += !request->answered;
    if (held == request)
        held = NULL;
    stream = NULL;
}

static void say(struct web_request *request)
{
    static const char words[] = "words";
    char name[8] = "";
    uint64_t n = 0;
    if (web_query_number(request, "n", 1, 9, &n) != 0)
        return;
    web_query(request, "name", name, sizeof name);
    const struct web_header more[] = {{"X-Name", name}, {NULL, NULL}};
    web_reply(
        request,
        &(struct web_reply){
            .status = 200, .etag = "\"e\"", .more = more, .bytes = words, .len = strlen(words)});
}

static void hold(struct web_request *request)
{
    request->ended = ended;
    held = request;
}

static void echo(struct web_request *request)
{
    struct cJSON *json = web_json(request);
    if (json)
        web_reply_json(request, &(struct web_reply){.status = 200}, json);
}

static void stream_begin(struct web_request *request)
{
    n_streamed = 0;
    if (web_field(request, "X-Refuse"))
        web_reply_error(request, 413, "too much");
}

static void stream_data(struct web_request *request, const void *bytes, size_t len)
{
    n_streamed += len;
    if (n_streamed > 100000)
        web_reply_error(request, 422, "no good");
}

static void stream_end(struct web_request *request)
{
    char words[32];
    snprintf(words, sizeof words, "%zu bytes", n_streamed);
    web_reply_error(request, 200, words);
}

static void events(struct web_request *request)
{
    request->ended = ended;
    stream = web_stream_begin(request, "text/event-stream");
}

static const struct web_route table[] = {
    {WEB_GET, "/say", .handle = say},
    {WEB_GET, "/hold", .handle = hold},
    {WEB_GET, "/events", .handle = events},
    {WEB_GET, "/secret", .admin = true, .handle = say},
    {WEB_POST, "/echo", .body = WEB_BODY_JSON, .handle = echo},
    {WEB_POST, "/take", .body = WEB_BODY_STREAM, .begin = stream_begin, .data = stream_data,
     .handle = stream_end},
};
static const struct web_routes test_routes = {table, sizeof table / sizeof *table};

/* ---- clients ---- */

static int connect_to(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void turn(void)
{
    ev_run(loop, EVRUN_NOWAIT);
}

static void send_all(int fd, const char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = send(fd, bytes + at, len - at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            return; /* the server has closed it, and its answer may still be there */
        at += n > 0 ? (size_t)n : 0;
        turn();
    }
}

/* Let the loop run until the answer has `until` in it, or (NULL) the connection has been closed. */
static const char *receive(int fd, const char *until)
{
    static char text[TEXT_MAX];
    size_t len = 0;
    text[0] = '\0';
    for (int tries = 0; tries < 20000; tries++) {
        ssize_t n = recv(fd, text + len, sizeof text - 1 - len, MSG_DONTWAIT);
        if (n > 0)
            len += (size_t)n;
        text[len] = '\0';
        if (until ? strstr(text, until) != NULL : n == 0)
            return text;
        assert_true(n != 0 || !until);
        if (n <= 0)
            poll(NULL, 0, 1);
        turn();
    }
    fail_msg("no \"%s\" within 20 s in: %s", until ? until : "end", text);
    return NULL;
}

static const char *ask(const char *socket_name, const char *request, const char *until)
{
    int fd = connect_to(socket_name);
    send_all(fd, request, strlen(request));
    const char *text = receive(fd, until);
    close(fd);
    return text;
}

#define HOST "Host: placed\r\n"

static bool answers(const char *text, unsigned status)
{
    char line[32];
    snprintf(line, sizeof line, "HTTP/1.1 %u ", status);
    return strncmp(text, line, strlen(line)) == 0;
}

/* What the text has to begin with, else it is said. */
static void expect(const char *text, unsigned status)
{
    if (!answers(text, status))
        fail_msg("expected %u, got: %.200s", status, text);
}

static void wait_for(const char *what, bool (*come)(void))
{
    for (int tries = 0; tries < 20000 && !come(); tries++) {
        poll(NULL, 0, 1);
        turn();
    }
    if (!come())
        fail_msg("not within 20 s: %s", what);
}

static bool is_held(void)
{
    return held != NULL;
}

static bool nothing_is_held(void)
{
    return held == NULL;
}

static bool is_streaming(void)
{
    return stream != NULL;
}

static bool no_stream(void)
{
    return stream == NULL;
}

/* ---- around each test ---- */

static const struct front_times *times; /* NULL: the usual ones */

static int open_front(void **state)
{
    static struct listen_address listen, admin;
    char error[FRONT_ERROR_BYTES];
    snprintf(folder, sizeof folder, "/tmp/placed-front-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(listen.path, sizeof listen.path, "%s/public", folder);
    snprintf(admin.path, sizeof admin.path, "%s/admin", folder);
    listen.mode = admin.mode = 0600;
    loop = ev_loop_new(0);
    memset(&site, 0, sizeof site);
    n_ended = n_unanswered = 0;
    const struct front_config config = {.loop = loop,
                                        .site = &site,
                                        .routes = &test_routes,
                                        .listen = &listen,
                                        .n_listen = 1,
                                        .admin = &admin,
                                        .connections = LIMIT,
                                        .times = times};
    front = front_create(&config, error);
    if (!front)
        print_error("%s\n", error);
    return front ? 0 : -1;
}

static int close_front(void **state)
{
    char command[128];
    front_destroy(front);
    ev_loop_destroy(loop);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* ---- tests ---- */

static void requests_are_answered_in_their_order_on_one_connection(void **state)
{
    int fd = connect_to("public");
    static const char two[] = "HEAD http://placed/say HTTP/1.1\r\n" HOST
                              "\r\nGET /say?name=a%20b HTTP/1.1\r\n" HOST "\r\n";
    send_all(fd, two, sizeof two - 1);
    const char *text = receive(fd, "words");
    expect(text, 200);
    assert_non_null(strstr(text, "Content-Length: 5\r\n\r\nHTTP/1.1 200 "));
    assert_non_null(strstr(text, "X-Name: a b\r\n"));
    assert_non_null(strstr(text, "ETag: \"e\""));
    assert_non_null(strstr(text, "nosniff"));
    close(fd);
    expect(ask("public", "GET /say HTTP/1.1\r\n" HOST "If-None-Match: W/\"e\"\r\n\r\n", "\r\n\r\n"),
           304);
    expect(ask("public", "GET /say?n=10 HTTP/1.1\r\n" HOST "\r\n", "}"), 400);
    assert_int_equal(site.counts.requests_total, 4);
}

static void what_is_not_there_is_said(void **state)
{
    expect(ask("public", "GET /none HTTP/1.1\r\n" HOST "\r\n", "}"), 404);
    expect(ask("public", "GET /%73ay HTTP/1.1\r\n" HOST "\r\n", "}"), 404);
    expect(ask("public", "GET /secret HTTP/1.1\r\n" HOST "\r\n", "}"), 404);
    expect(ask("admin", "GET /secret HTTP/1.1\r\n" HOST "\r\n", "words"), 200);
    const char *text = ask("public", "PUT /say HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "}");
    expect(text, 405);
    assert_non_null(strstr(text, "Allow: GET, HEAD"));
    assert_non_null(
        strstr(ask("public", "GET /echo HTTP/1.1\r\n" HOST "\r\n", "}"), "Allow: POST"));
}

static void an_answer_may_come_later(void **state)
{
    int fd = connect_to("public");
    static const char request[] = "GET /hold HTTP/1.1\r\n" HOST "\r\n";
    for (int i = 0; i < 3; i++) { /* the connection goes on afterwards */
        send_all(fd, request, sizeof request - 1);
        wait_for("the request", is_held);
        assert_int_equal(site.counts.waiting_requests, 1);
        web_reply_error(held, 503, "later");
        web_reply_error(held, 200, "a second answer is none");
        expect(receive(fd, "later"), 503);
        wait_for("its end", nothing_is_held);
    }
    close(fd);
    assert_int_equal(n_ended, 3);
    assert_int_equal(n_unanswered, 0);
    assert_int_equal(site.counts.waiting_requests, 0);
}

static void who_leaves_while_waiting_is_noticed(void **state)
{
    int fd = connect_to("public");
    static const char request[] = "GET /hold HTTP/1.1\r\n" HOST "\r\n";
    send_all(fd, request, sizeof request - 1);
    wait_for("the request", is_held);
    close(fd);
    wait_for("that he has left", nothing_is_held);
    assert_int_equal(n_unanswered, 1);
}

static char *with_body(const char *head, size_t len)
{
    static char text[TEXT_MAX];
    size_t n = (size_t)snprintf(text, sizeof text, "POST %s\r\n" HOST "Content-Length: %zu\r\n\r\n",
                                head, len);
    memset(text + n, 'x', len);
    text[n + len] = '\0';
    return text;
}

static void bodies_are_bounded_and_judged(void **state)
{
#define JSON "/echo HTTP/1.1\r\nContent-Type: application/json; charset=utf-8"
    static const char chunked[] =
        "POST " JSON "\r\n" HOST
        "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n";
    const char *text = ask("public", chunked, "}");
    expect(text, 200);
    assert_non_null(strstr(text, "{\"a\":1}"));
    expect(ask("public", with_body(JSON, 10), "}"), 400);
    expect(ask("public", with_body(JSON, 70000), "}"), 413);
    expect(ask("public", with_body(JSON "\r\nOrigin: http://elsewhere", 2), "}"), 403);
    expect(ask("public", with_body(JSON "\r\nSec-Fetch-Site: cross-site", 2), "}"), 403);
    expect(ask("public", with_body(JSON "\r\nOrigin: http://placed", 2), "}"), 400);
    expect(ask("public", with_body("/echo HTTP/1.1\r\nContent-Type: text/plain", 2), "}"), 415);
    assert_int_equal(site.counts.origins_refused_total, 2);
    /* Of unknown length and too long: it is read to its end. */
    static char long_chunk[80000];
    int n = snprintf(long_chunk, sizeof long_chunk,
                     "POST " JSON "\r\n" HOST
                     "Transfer-Encoding: chunked\r\n\r\n11170\r\n%070000d"
                     "\r\n0\r\n\r\n",
                     0);
    assert_in_range(n, 70000, sizeof long_chunk - 1);
    expect(ask("public", long_chunk, "}"), 413);
}

static void a_body_whose_end_is_doubtful_ends_the_connection(void **state)
{
    static const char *const heads[] = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Content-Length: 3\r\nContent-Length: 3",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Content-Length: +3",
        "Content-Length: 3, 3",
        "Host: other",
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "POST /echo HTTP/1.1\r\n" HOST
                 "Content-Type: application/json\r\n%s\r\n\r\nabc"
                 "GET /say HTTP/1.1\r\n" HOST "\r\n",
                 heads[i]);
        const char *answer = ask("public", text, NULL);
        if (!answers(answer, 400) || strstr(answer, "words"))
            fail_msg("%s: %s", heads[i], answer);
    }
    expect(ask("public", "GET /say HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", "}"), 400);
}

static void bodies_are_streamed(void **state)
{
    const char *text = ask("public", with_body("/take HTTP/1.1", 100000), "}");
    expect(text, 200);
    assert_non_null(strstr(text, "100000 bytes"));
    /* Refused meanwhile: the rest is read, then the answer comes. */
    expect(ask("public", with_body("/take HTTP/1.1", 900000), "}"), 422);
    assert_in_range(n_streamed, 100001, 200000);
    /* Refused before it: nobody sends it. */
    expect(ask("public",
               "POST /take HTTP/1.1\r\n" HOST "X-Refuse: 1\r\nExpect: 100-continue\r\n"
               "Content-Length: 9\r\n\r\n",
               "}"),
           413);
    expect(ask("public", with_body("/take HTTP/1.1\r\nX-Refuse: 1", 500000), "}"), 413);
    assert_int_equal(n_streamed, 0);
}

static void heads_are_bounded(void **state)
{
    static char text[TEXT_MAX];
    snprintf(text, sizeof text, "GET /say HTTP/1.1\r\n" HOST "X: %030000d\r\n\r\n", 0);
    expect(ask("public", text, "\r\n\r\n"), 431);
    snprintf(text, sizeof text, "GET /say?%05000d HTTP/1.1\r\n" HOST "\r\n", 0);
    expect(ask("public", text, "\r\n\r\n"), 414);
    expect(ask("public", "GET /say HTTP/1.1\r\n\r\n", "\r\n\r\n"), 400); /* no Host */
}

static void an_event_stream_is_sent_as_it_is_written(void **state)
{
    int fd = connect_to("public");
    static const char request[] = "GET /events HTTP/1.1\r\n" HOST "\r\n";
    send_all(fd, request, sizeof request - 1);
    wait_for("the stream", is_streaming);
    struct blob *blob = blob_create(6);
    memcpy(blob->bytes, "one\n\n!", 6);
    web_stream_write(stream, blob);
    receive(fd, "one\n\n!");
    web_stream_write(stream, blob);
    receive(fd, "one\n\n!");
    assert_int_equal(site.counts.streams, 1);
    blob_release(blob);
    /* Who does not read is cut off before it costs much. */
    blob = blob_create(1 << 20);
    memset(blob->bytes, ' ', blob->len);
    for (int i = 0; i < 20 && stream; i++) {
        web_stream_write(stream, blob);
        turn();
    }
    wait_for("the end of the stream", no_stream);
    assert_int_equal(atomic_load(&blob->holders), 1);
    assert_int_equal(site.counts.streams, 0);
    blob_release(blob);
    close(fd);
}

static void connections_are_bounded(void **state)
{
    int fds[LIMIT];
    for (int i = 0; i < LIMIT; i++)
        fds[i] = connect_to("public");
    expect(ask("public", "GET /say HTTP/1.1\r\n" HOST "\r\n", NULL), 503);
    expect(ask("admin", "GET /secret HTTP/1.1\r\n" HOST "\r\n", "words"), 200);
    assert_int_equal(site.counts.connections_refused_total, 1);
    for (int i = 0; i < LIMIT; i++)
        close(fds[i]);
}

static int open_impatient_front(void **state)
{
    static const struct front_times impatient = {
        .sweep_s = .05, .head_s = .2, .pace_s = .2, .idle_s = 30};
    times = &impatient;
    int result = open_front(state);
    times = NULL;
    return result;
}

/* Each sends a byte now and then, and is cut off although it is never silent for long. */
static void slow_clients_are_cut_off(void **state)
{
    static const char *const begins[] = {"", "GET /say HTTP/1.1\r\nX: ",
                                         "POST /take HTTP/1.1\r\n" HOST
                                         "Content-Length: 100000\r\n\r\n"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        int fd = connect_to("public"), tries = 0;
        char byte;
        send_all(fd, begins[i], strlen(begins[i]));
        for (; tries < 20000 && recv(fd, &byte, 1, MSG_DONTWAIT) != 0; tries++) {
            if (*begins[i] && tries % 16 == 0)
                send_all(fd, "x", 1);
            poll(NULL, 0, 1);
            turn();
        }
        assert_in_range(tries, 1, 19999);
        close(fd);
    }
    assert_int_equal(site.counts.connections_cut_total, 3);
}

static void an_end_answers_what_is_under_way(void **state)
{
    int idle = connect_to("public"), waiting = connect_to("public"), left = connect_to("public");
    static const char request[] = "GET /hold HTTP/1.1\r\n" HOST "\r\n";
    send_all(left, request, sizeof request - 1);
    wait_for("the request", is_held);
    struct web_request *other = held;
    held = NULL;
    send_all(waiting, request, sizeof request - 1);
    wait_for("the request", is_held);
    site.stopping = true;
    front_drain(front);
    receive(idle, NULL);
    assert_false(front_is_idle(front));
    web_reply_error(held, 503, "shutting down");
    const char *text = receive(waiting, NULL);
    expect(text, 503);
    assert_non_null(strstr(text, "Connection: close"));
    assert_false(other->answered); /* front_destroy ends it */
    close(idle);
    close(waiting);
    close(left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, open_front, close_front)
        T(requests_are_answered_in_their_order_on_one_connection),
        T(what_is_not_there_is_said),
        T(an_answer_may_come_later),
        T(who_leaves_while_waiting_is_noticed),
        T(bodies_are_bounded_and_judged),
        T(a_body_whose_end_is_doubtful_ends_the_connection),
        T(bodies_are_streamed),
        T(heads_are_bounded),
        T(an_event_stream_is_sent_as_it_is_written),
        T(connections_are_bounded),
        T(an_end_answers_what_is_under_way),
        cmocka_unit_test_setup_teardown(slow_clients_are_cut_off, open_impatient_front,
                                        close_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
