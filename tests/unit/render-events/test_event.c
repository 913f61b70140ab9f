/* SPDX-License-Identifier: ISC */
/* test_event: what is kept of a record that anybody may have written, and what all of them make. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "cmocka_all.h"
#include "render/events/view.h"

#define ID_A   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SERVER "0123456789abcdef"

/* ---- one event ---- */

/* What is kept of this text; "" when nothing is. Until the next call. */
static const char *kept(const char *text)
{
    static char line[4096];
    struct event event;
    line[0] = '\0';
    if (!event_read(&event, text, strlen(text)))
        return line;
    assert_in_range(event.text->len, 1, sizeof line - 1);
    memcpy(line, event.text->bytes, event.text->len);
    line[event.text->len] = '\0';
    event_finish(&event);
    return line;
}

static void what_is_as_it_should_be_is_kept(void **state)
{
    static const char *const good[] = {
        "{\"t\":\"server\",\"server\":\"" SERVER
        "\",\"host\":\"pi-3\",\"at\":5,\"workers\":[[1,77,0,2,9]],\"pools\":[{\"name\":\"fractal\","
        "\"wanted\":1,\"waiting\":2,\"done\":3,\"failed\":4,\"late\":5,\"crashed\":6,\"cpu_ms\":7,"
        "\"bytes\":8,\"resting\":true}]}",
        "{\"t\":\"gone\",\"server\":\"" SERVER "\"}",
        "{\"t\":\"image\",\"id\":\"" ID_A
        "\",\"type\":\"image/png\",\"width\":1,\"height\":2,\"bytes\":3,\"at\":4}",
        "{\"t\":\"variant\",\"id\":\"" ID_A
        "\",\"op\":\"blur\",\"state\":\"done\",\"ms\":1,\"bytes\":2}",
        "{\"t\":\"batch\",\"id\":\"b1\",\"style\":\"world\",\"zoom\":[0,3],\"box\":[-10.5,-1,10,1],"
        "\"scale\":2,\"jobs\":5,\"queued\":4,\"done\":3,\"failed\":0,\"state\":\"running\",\"at\":"
        "1,"
        "\"by\":\"" SERVER "\"}",
        "{\"t\":\"did\",\"batch\":\"b1\",\"by\":\"" SERVER "\",\"done\":[1,2],\"failed\":[]}",
        "{\"t\":\"dead\",\"topic\":\"tiles\",\"group\":\"tiles\",\"name\":\"/x\",\"why\":\"late\","
        "\"attempts\":3}",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_string_equal(kept(good[i]), good[i]);
}

static void what_is_not_as_it_should_be_is_left_out(void **state)
{
    assert_string_equal(kept("{\"more\":{},\"server\":\"" SERVER "\",\"t\":\"gone\"}"),
                        "{\"t\":\"gone\",\"server\":\"" SERVER "\"}");
    assert_string_equal(
        kept("{\"t\":\"server\",\"server\":\"" SERVER
             "\",\"host\":5,\"at\":-1,\"workers\":[[1,2,3,4]],\"pools\":[{\"wanted\":1}]}"),
        "{\"t\":\"server\",\"server\":\"" SERVER "\"}");
    assert_string_equal(kept("{\"t\":\"variant\",\"id\":\"" ID_A
                             "\",\"op\":\"blur\",\"state\":\"done\",\"ms\":1e300,\"bytes\":\"2\"}"),
                        "{\"t\":\"variant\",\"id\":\"" ID_A
                        "\",\"op\":\"blur\",\"state\":\"done\"}");
    assert_string_equal(kept("{\"t\":\"batch\",\"id\":\"b\",\"state\":\"done\",\"zoom\":[1,2,3],"
                             "\"box\":[1,2,3,\"x\"],\"jobs\":null}"),
                        "{\"t\":\"batch\",\"id\":\"b\",\"state\":\"done\"}");
}

/* One line, whatever was in it: a line break would be another event to a browser. */
static void a_text_is_one_line_of_utf8(void **state)
{
    assert_string_equal(kept("{\"t\":\"dead\",\r\n\"name\":\"a\\r\\nevent: x\\u0000b\"}\n"),
                        "{\"t\":\"dead\",\"name\":\"a\\r\\nevent: x\"}"); /* a NUL ends a text */
    assert_string_equal(kept("{\"t\":\"dead\",\"name\":\"\xff\xfe\"}"), "");
    assert_string_equal(kept("{\"t\":\"dead\",\"name\":\"\xed\xa0\x80\"}"), "");
    assert_string_equal(kept("{\"t\":\"dead\",\"name\":\"ok\",\"why\":\"\xc3\x28\"}"),
                        "{\"t\":\"dead\",\"name\":\"ok\"}");
}

static void what_is_no_event_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "x",
        "5",
        "[]",
        "null",
        "{}",
        "{\"t\":5}",
        "{\"t\":\"other\"}",
        "{\"t\":\"gone\"}",
        "{\"t\":\"gone\",\"server\":\"0123456789abcde\"}",
        "{\"t\":\"gone\",\"server\":\"0123456789abcdef0\"}",
        "{\"t\":\"gone\",\"server\":\"0123456789ABCDEF\"}",
        "{\"t\":\"gone\",\"server\":\"" SERVER "\"",
        "{\"t\":\"image\",\"id\":\"aa\"}",
        "{\"t\":\"variant\",\"id\":\"" ID_A "\",\"op\":\"blur\"}",
        "{\"t\":\"variant\",\"id\":\"" ID_A
        "\",\"op\":\"0123456789012345678901234567890123456789\",\"state\":\"done\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_string_equal(kept(bad[i]), "");
    char *deep = malloc(100000);
    memset(deep, '[', 100000);
    struct event event;
    assert_false(event_read(&event, deep, 100000));
    free(deep);
}

static void long_lists_are_left_out(void **state)
{
    char *text = malloc(100000), *at = text;
    at += sprintf(at, "{\"t\":\"server\",\"server\":\"" SERVER "\",\"host\":\"x\",\"workers\":[");
    for (int i = 0; i < EVENT_WORKERS_MAX + 1; i++)
        at += sprintf(at, "%s[1,2,3,1,5]", i ? "," : "");
    sprintf(at, "]}");
    assert_string_equal(kept(text), "{\"t\":\"server\",\"server\":\"" SERVER "\",\"host\":\"x\"}");
    free(text);
}

/* ---- the view ---- */

static int64_t now_ms = 1000;

static void fold_at(struct view *view, int64_t at_ms, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert_in_range(len, 1, sizeof text - 1);
    struct event event;
    assert_true(event_read(&event, text, (size_t)len));
    view_fold(view, &event, at_ms, now_ms);
    event_finish(&event);
}

/* The view as its readers see it; for cJSON_Delete. */
static cJSON *look(struct view *view)
{
    struct blob *blob = view_snapshot(view);
    assert_non_null(blob);
    assert_null(memchr(blob->bytes, '\n', blob->len));
    cJSON *json = cJSON_ParseWithLength((const char *)blob->bytes, blob->len);
    blob_release(blob);
    assert_non_null(json);
    return json;
}

static int count(struct view *view, const char *list)
{
    cJSON *json = look(view);
    int n = cJSON_GetArraySize(cJSON_GetObjectItem(json, list));
    cJSON_Delete(json);
    return n;
}

static void fold_server(struct view *view, int number, int64_t at_ms)
{
    fold_at(view, at_ms,
            "{\"t\":\"server\",\"server\":\"%016x\",\"host\":\"h%d\",\"workers\":[[1,5,0,1,0],"
            "[2,6,1,2,4],[3,7,9,2,4]],\"pools\":[{\"name\":\"fractal\",\"done\":%d,\"waiting\":2},"
            "{\"name\":\"image:blur\",\"done\":10,\"cpu_ms\":7}]}",
            (unsigned)number, number, number);
}

static void the_pools_of_all_servers_add_up(void **state)
{
    struct view *view = view_create();
    struct view_pool pools[VIEW_POOLS];
    fold_server(view, 1, 5000);
    fold_server(view, 2, 5000);
    fold_server(view, 2, 5001); /* the newest state counts */
    assert_int_equal(view_servers(view), 2);
    assert_int_equal(view_pools(view, pools), 2);
    assert_string_equal(pools[0].name, "fractal");
    assert_true(pools[0].done == 3 && pools[0].waiting == 4);
    assert_true(pools[0].workers == 2 && pools[0].busy == 0);
    assert_true(pools[1].workers == 2 && pools[1].busy == 2 && pools[1].cpu_ms == 14);
    fold_at(view, 5002, "{\"t\":\"gone\",\"server\":\"%016x\"}", 1u);
    assert_int_equal(view_servers(view), 1);
    view_destroy(view);
}

static void a_silent_server_is_gone_by_the_brokers_clock(void **state)
{
    struct view *view = view_create();
    char server[EVENT_SERVER_CHARS + 1];
    /* A start of the past: records of another clock, read all at once. */
    fold_server(view, 1, 1000000);
    fold_server(view, 2, 1000000 + 14000);
    assert_false(view_expire(view, now_ms, server));
    fold_server(view, 3, 1000000 + 16000);
    assert_true(view_expire(view, now_ms, server));
    assert_string_equal(server, "0000000000000001");
    assert_false(view_expire(view, now_ms, server));
    /* From then on it is time that passes here. */
    now_ms += 13500;
    assert_true(view_expire(view, now_ms, server));
    assert_string_equal(server, "0000000000000002");
    assert_false(view_expire(view, now_ms, server));
    now_ms += 2000;
    assert_true(view_expire(view, now_ms, server));
    assert_int_equal(view_servers(view), 0);
    view_destroy(view);
}

static void fold_image(struct view *view, unsigned number)
{
    fold_at(view, 5000, "{\"t\":\"image\",\"id\":\"%064x\",\"type\":\"image/png\"}", number);
}

static void fold_variant(struct view *view, unsigned image, const char *op, const char *how)
{
    fold_at(view, 5000, "{\"t\":\"variant\",\"id\":\"%064x\",\"op\":\"%s\",\"state\":\"%s\"}",
            image, op, how);
}

static const char *variant_state(const cJSON *json, int image, const char *op)
{
    const cJSON *images = cJSON_GetObjectItem(json, "images");
    const cJSON *variants = cJSON_GetObjectItem(cJSON_GetArrayItem(images, image), "variants");
    return cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(variants, op), "state"));
}

static void images_have_their_variants(void **state)
{
    struct view *view = view_create();
    fold_variant(view, 1, "blur", "done"); /* of an image that is not known */
    fold_image(view, 1);
    fold_image(view, 2);
    fold_variant(view, 1, "blur", "queued");
    fold_variant(view, 1, "blur", "running");
    fold_variant(view, 1, "blur", "done");
    fold_variant(view, 1, "blur", "running"); /* a second server tries it, too */
    fold_variant(view, 2, "stencil", "failed");
    fold_image(view, 1); /* uploaded again: the newest, and nothing is lost */
    cJSON *json = look(view);
    assert_true(view_has_image(
        view, event_text(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "images"), 1), "id")));
    assert_false(view_has_image(view, ID_A));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "images")), 2);
    assert_string_equal(variant_state(json, 1, "blur"), "done");
    assert_string_equal(variant_state(json, 0, "stencil"), "failed");
    assert_null(variant_state(json, 0, "blur"));
    cJSON_Delete(json);
    for (unsigned i = 0; i < 2 * VIEW_VARIANTS; i++) {
        char op[16];
        snprintf(op, sizeof op, "stencil-%u", i + 1);
        fold_variant(view, 2, op, "queued");
    }
    view_destroy(view);
}

static void it_is_bounded(void **state)
{
    struct view *view = view_create();
    for (int i = 1; i <= VIEW_SERVERS + 10; i++)
        fold_server(view, i, 5000 + i);
    for (unsigned i = 1; i <= VIEW_IMAGES + 10; i++) {
        fold_image(view, i);
        fold_variant(view, i, "blur", "queued");
    }
    for (unsigned i = 1; i <= VIEW_BATCHES + 10; i++)
        fold_at(view, 5000, "{\"t\":\"batch\",\"id\":\"b%u\",\"state\":\"%s\"}", i,
                i == 1 ? "running" : "done");
    assert_int_equal(count(view, "servers"), VIEW_SERVERS);
    assert_int_equal(count(view, "images"), VIEW_IMAGES);
    assert_int_equal(count(view, "batches"), VIEW_BATCHES);
    cJSON *json = look(view);
    const cJSON *batches = cJSON_GetObjectItem(json, "batches"); /* what runs stays */
    assert_string_equal(event_text(cJSON_GetArrayItem(batches, 0), "id"), "b1");
    assert_string_equal(event_text(cJSON_GetArrayItem(batches, 1), "id"), "b12");
    cJSON_Delete(json);
    view_destroy(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_as_it_should_be_is_kept),
        cmocka_unit_test(what_is_not_as_it_should_be_is_left_out),
        cmocka_unit_test(a_text_is_one_line_of_utf8),
        cmocka_unit_test(what_is_no_event_is_refused),
        cmocka_unit_test(long_lists_are_left_out),
        cmocka_unit_test(the_pools_of_all_servers_add_up),
        cmocka_unit_test(a_silent_server_is_gone_by_the_brokers_clock),
        cmocka_unit_test(images_have_their_variants),
        cmocka_unit_test(it_is_bounded),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
