/* SPDX-License-Identifier: ISC */
/* Tasks and batches with real children, a real store, and the queue in memory. */
#include <cjson/cJSON.h>
#include <ev.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "render/batch/dead.h"
#include "render/batch/mailbox.h"
#include "render/batch/requeue.h"
#include "render/batch/sampling.h"
#include "render/queue/queue_open.h"
#include "render/store/file_store.h"
#include "render/store/store.h"
#include "server.h"

#define POISON "ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char dir[100];
static struct store *store;
static struct queue *queue;

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
    return remove(path);
}

static int setup(void **state)
{
    char error[256] = "", path[120];
    const char *top = getenv("TMPDIR");
    if (access("/dev/shm", W_OK) == 0) /* thousands of files: the disk is not what is tested */
        top = "/dev/shm";
    snprintf(dir, sizeof dir, "%.80s/work-XXXXXX", top && *top ? top : "/tmp");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/store", dir);
    store = file_store_open(path, error);
    assert_non_null(store);
    queue = queue_open("memory:", &(struct queue_options){0}, error);
    assert_non_null(queue);
    return 0;
}

static int teardown(void **state)
{
    if (servers_open == 0) {
        queue_close(queue);
        store_close(store);
    }
    int result = nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (servers_open > 0) { /* the test has failed: the queue would wait for its threads */
        print_error("a test has failed\n");
        exit(1);
    }
    return result;
}

static void append(enum queue_topic topic, const char *text)
{
    assert_int_equal(queue_append(queue, topic, "key", 3, text, strlen(text), NULL), 0);
}

static void id_of(char id[65], unsigned n)
{
    snprintf(id, 65, "%064x", n);
}

static void upload(const char *id)
{
    char text[100];
    snprintf(text, sizeof text, "{\"id\":\"%s\"}", id);
    append(QUEUE_UPLOADS, text);
}

static bool has_variants(struct server *server, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char id[65], name[128];
        id_of(id, i);
        snprintf(name, sizeof name, "/images/%s/thumbnail", id);
        if (!server_has(server, name))
            return false;
        snprintf(name, sizeof name, "/images/%s/blur", id);
        if (!server_has(server, name))
            return false;
    }
    return true;
}

static bool queue_is_empty(struct server *server)
{
    return work_depth_of_op(server->work, PICTURE_OP_thumbnail) == 0 &&
           work_depth_of_op(server->work, PICTURE_OP_blur) == 0 &&
           work_depth_of_tiles(server->work) == 0;
}

struct answer {
    bool there;
    struct requeue_result result;
};

static void on_requeued(void *context, const struct requeue_result *result)
{
    struct answer *answer = context;
    answer->there = true;
    answer->result = *result;
}

static void requeue_all(struct server *server, struct answer *answer)
{
    size_t n = DEAD_LETTERS;
    uint64_t offsets[DEAD_LETTERS];
    struct dead_letter *letters = dead_list(work_dead(server->work), &n);
    for (size_t i = 0; i < n; i++)
        offsets[i] = letters[i].offset;
    free(letters);
    *answer = (struct answer){0};
    requeue_start(work_dead(server->work), queue, work_mailbox(server->work), offsets, n,
                  on_requeued, answer);
    UNTIL(server, answer->there);
}

static void uploads_are_rendered_by_each_group_and_what_fails_is_a_dead_letter(void **state)
{
    enum { N = 40 };
    struct server server;
    struct answer answer;
    char id[65];
    server_open(&server, "00000000000000aa", dir, store, queue, 2, NULL);
    append(QUEUE_UPLOADS, "{\"id\":\"../../etc/passwd\"}");
    append(QUEUE_TILES, "no\x1b[2J JSON");
    append(QUEUE_TILES, "{\"name\":\"/map/ffffffffffffffff/5/8/16.png\"}"); /* another style */
    for (unsigned i = 0; i < N; i++) {
        id_of(id, i);
        upload(id);
    }
    UNTIL(&server, has_variants(&server, N) && dead_count(work_dead(server.work)) == 4 &&
                       queue_is_empty(&server));
    unsigned runs = server.jobs_run;
    upload(id); /* what the store has is not rendered again */
    UNTIL(&server, queue_is_empty(&server));
    assert_int_equal(server.jobs_run, runs);
    server.originals = false;
    upload(POISON);
    UNTIL(&server, dead_count(work_dead(server.work)) == 6 && queue_is_empty(&server));
    size_t n = 6;
    struct dead_letter *letters = dead_list(work_dead(server.work), &n);
    assert_int_equal(n, 6);
    for (int i = 0; i < 2; i++) { /* the newest first */
        assert_true(letters[i].uploads);
        assert_in_range(letters[i].attempts, 1, FARM_ATTEMPTS);
        assert_non_null(strstr(letters[i].name, "/images/" POISON "/"));
        assert_true(*letters[i].why);
    }
    for (int i = 2; i < 6; i++) {
        assert_int_equal(letters[i].attempts, 0);
        assert_null(strchr(letters[i].name, '\x1b'));
    }
    free(letters);
    server_close(&server);

    /* Another day: the original is back. */
    server_open(&server, "00000000000000aa", dir, store, queue, 2, server.loop);
    UNTIL(&server, dead_count(work_dead(server.work)) == 6);
    requeue_all(&server, &answer);
    assert_int_equal(answer.result.requeued, 3);
    assert_int_equal(answer.result.no_task, 3);
    UNTIL(&server, server_has(&server, "/images/" POISON "/thumbnail") &&
                       server_has(&server, "/images/" POISON "/blur"));
    /* The records that are no tasks are still there, and the tile of a style that is not here has
     * come back. */
    UNTIL(&server, dead_count(work_dead(server.work)) == 4 && queue_is_empty(&server));
    assert_false(dead_find(work_dead(server.work), 999, &(struct dead_letter){0}));
    server_close(&server);
    ev_loop_destroy(server.loop);
}

static void a_server_without_workers_leaves_the_tasks_to_others(void **state)
{
    struct server server;
    server_open(&server, "00000000000000aa", dir, store, queue, 0, NULL);
    char id[65];
    id_of(id, 0);
    upload(id);
    for (int i = 0; i < 10; i++)
        server_wait(&server, ev_now(server.loop) + 60, "", __FILE__, __LINE__);
    assert_false(server_has(&server, "/images/" POISON "/thumbnail"));
    pool_scale(server.ops[PICTURE_OP_thumbnail], 1);
    char name[128];
    snprintf(name, sizeof name, "/images/%s/thumbnail", id);
    UNTIL(&server, server_has(&server, name));
    snprintf(name, sizeof name, "/images/%s/blur", id);
    assert_false(server_has(&server, name)); /* that group has no worker yet */
    pool_scale(server.ops[PICTURE_OP_blur], 1);
    UNTIL(&server, server_has(&server, name));
    server_close(&server);
    ev_loop_destroy(server.loop);
}

static const struct batch_wish world = {.style = "world", .first = 0, .last = 6, .scale = 1};

static bool store_has_all(struct server *server, unsigned last)
{
    for (unsigned z = 0; z <= last; z++) {
        for (unsigned x = 0; x < 1u << z; x++) {
            for (unsigned y = 0; y < 1u << z; y++) {
                char name[128];
                snprintf(name, sizeof name, "/map/%s/%u/%u/%u.png", server->hash, z, x, y);
                if (!server_has(server, name))
                    return false;
            }
        }
    }
    return true;
}

static void a_batch_goes_on_after_a_restart_a_cancel_and_a_resume(void **state)
{
    enum { JOBS = 1 + 1 + 1 + 1 + 4 + 16 + 64 };
    struct server server;
    struct batch_refusal refusal;
    const struct batch_state *begun;
    uint64_t jobs;
    server_open(&server, "00000000000000aa", dir, store, queue, 2, NULL);
    server.fails = "/map/0123456789abcdef/6/8/16.png";
    assert_int_equal(batches_start(work_batches(server.work), &world, &begun, &jobs, &refusal), 0);
    assert_int_equal(jobs, JOBS);
    char id[TASK_BATCH_CHARS + 1];
    snprintf(id, sizeof id, "%s", begun->id);
    UNTIL(&server, server_batch_number(&server, "done") >= 5);
    server_restart_work(&server);
    assert_true(server_batch_is(&server, "running"));
    UNTIL(&server, server_batch_number(&server, "done") >= 10);
    assert_int_equal(batches_cancel(work_batches(server.work), id, &refusal), 0);
    assert_int_equal(batches_cancel(work_batches(server.work), id, &refusal), -1);
    assert_int_equal(refusal.status, 409);
    UNTIL(&server, queue_is_empty(&server)); /* what was queued is skipped, or done */
    server_restart_work(&server);
    assert_true(server_batch_is(&server, "cancelled"));
    assert_true(server_batch_number(&server, "done") < JOBS - 1);
    assert_int_equal(batches_resume(work_batches(server.work), id, &refusal), 0);
    UNTIL(&server, server_batch_is(&server, "done"));
    assert_int_equal(server_batch_number(&server, "failed"), 1);
    assert_int_equal(server_batch_number(&server, "done"), JOBS - 1);
    assert_int_equal(batches_resume(work_batches(server.work), id, &refusal), -1);
    assert_true(store_has_all(&server, 5));
    assert_false(server_has(&server, "/map/0123456789abcdef/6/8/16.png"));
    assert_true(server_has(&server, "/map/0123456789abcdef/6/16/16.png"));
    UNTIL(&server, dead_count(work_dead(server.work)) >= 1);
    /* It is remembered as done. */
    server_restart_work(&server);
    assert_true(server_batch_is(&server, "done"));
    server_close(&server);
    ev_loop_destroy(server.loop);
}

static void a_batch_whose_style_changes_is_cancelled(void **state)
{
    struct server server;
    struct batch_refusal refusal;
    const struct batch_state *begun;
    uint64_t jobs;
    server_open(&server, "00000000000000aa", dir, store, queue, 1, NULL);
    pool_scale(server.map, 0); /* so that it is not done before */
    assert_int_equal(batches_start(work_batches(server.work), &world, &begun, &jobs, &refusal), 0);
    server.hash = "fedcba9876543210";
    UNTIL(&server, server_batch_is(&server, "cancelled"));
    assert_non_null(strstr(begun->why, "style has changed"));
    assert_int_equal(batches_resume(work_batches(server.work), begun->id, &refusal), -1);
    assert_int_equal(refusal.status, 409);
    server_close(&server);
    ev_loop_destroy(server.loop);
}

static void batches_that_cannot_be_are_refused_with_a_reason(void **state)
{
    static const struct {
        struct batch_wish wish;
        unsigned status;
        const char *words;
    } cases[] = {
        {{.style = "moon", .last = 3, .scale = 1}, 404, "no style moon"},
        {{.style = "world", .last = 9, .scale = 1}, 404, "zooms 0 to 8"},
        {{.style = "world", .has_box = true, .box = {1, 1, 1, 1}, .scale = 1}, 400, "box"},
    };
    struct server server;
    struct batch_refusal refusal;
    const struct batch_state *begun;
    uint64_t jobs;
    server_open(&server, "00000000000000aa", dir, store, queue, 1, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            batches_start(work_batches(server.work), &cases[i].wish, &begun, &jobs, &refusal), -1);
        assert_int_equal(refusal.status, cases[i].status);
        assert_non_null(strstr(refusal.words, cases[i].words));
    }
    assert_int_equal(batches_cancel(work_batches(server.work), "0000000000000000", &refusal), -1);
    assert_int_equal(refusal.status, 404);
    for (int i = 0; i < BATCHES_RUNNING; i++)
        assert_int_equal(batches_start(work_batches(server.work), &world, &begun, &jobs, &refusal),
                         0);
    assert_int_equal(batches_start(work_batches(server.work), &world, &begun, &jobs, &refusal), -1);
    assert_int_equal(refusal.status, 409);
    server_close(&server);
    ev_loop_destroy(server.loop);
}

static void two_servers_share_a_batch_and_its_owner_counts_it(void **state)
{
    struct server one, two;
    struct batch_refusal refusal;
    const struct batch_state *begun;
    uint64_t jobs;
    server_open(&one, "00000000000000aa", dir, store, queue, 1, NULL);
    server_open(&two, "00000000000000bb", dir, store, queue, 1, one.loop);
    one.other = &two;
    two.other = &one;
    assert_int_equal(batches_start(work_batches(one.work), &world, &begun, &jobs, &refusal), 0);
    UNTIL(&one, server_batch_is(&one, "done"));
    assert_int_equal(server_batch_number(&one, "done"), jobs);
    assert_true(one.jobs_run > 0);
    assert_true(two.jobs_run > 0);
    assert_true(store_has_all(&one, 6));
    assert_int_equal(server_batch_number(&two, "done"), -1); /* it is not its batch */
    server_close(&two);
    server_close(&one);
    ev_loop_destroy(one.loop);
}

struct estimated {
    bool there;
    struct estimate estimate;
    char wrong[200];
};

static void on_estimate(void *context, const struct estimate *estimate, const struct grid *grid,
                        const char *wrong)
{
    struct estimated *estimated = context;
    estimated->there = true;
    estimated->estimate = *estimate;
    snprintf(estimated->wrong, sizeof estimated->wrong, "%s", wrong ? wrong : "");
}

static unsigned children_of(const struct pool *pool)
{
    static struct pool_look look;
    pool_look(pool, &look);
    return look.children;
}

static void an_estimate_renders_a_sample(void **state)
{
    struct server server;
    struct estimated estimated = {0};
    server_open(&server, "00000000000000aa", dir, store, queue, 2, NULL);
    struct sampling_config config = {
        .loop = server.loop,
        .farm = server.farm,
        .pool = server.map,
        .state = {.wish = world, .hash = "0123456789abcdef"},
        .samples = 8,
        .done = on_estimate,
        .context = &estimated,
    };
    assert_non_null(sampling_start(&config));
    UNTIL(&server, estimated.there);
    assert_string_equal(estimated.wrong, "");
    assert_int_equal(estimated.estimate.sampled, 1 + 1 + 1 + 1 + 4 + 8 + 8);
    /* The bytes of a picture are its name, of 31 to 33 characters. */
    assert_in_range((unsigned)estimated.estimate.bytes, 31 * 5461, 33 * 5461);
    assert_true(estimated.estimate.bytes_error < 0.1 * estimated.estimate.bytes);
    assert_true(estimated.estimate.seconds > 0);
    struct sampling *sampling = sampling_start(&config); /* its client leaves */
    server_wait(&server, ev_now(server.loop) + 60, "", __FILE__, __LINE__);
    estimated.there = false;
    sampling_stop(sampling);
    pool_scale(server.map, 0); /* nobody renders it */
    UNTIL(&server, children_of(server.map) == 0);
    assert_non_null(sampling_start(&config));
    UNTIL(&server, estimated.there);
    assert_non_null(strstr(estimated.wrong, "no worker"));
    server_close(&server);
    ev_loop_destroy(server.loop);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(uploads_are_rendered_by_each_group_and_what_fails_is_a_dead_letter),
        TEST(a_server_without_workers_leaves_the_tasks_to_others),
        TEST(a_batch_goes_on_after_a_restart_a_cancel_and_a_resume),
        TEST(a_batch_whose_style_changes_is_cancelled),
        TEST(batches_that_cannot_be_are_refused_with_a_reason),
        TEST(two_servers_share_a_batch_and_its_owner_counts_it),
        TEST(an_estimate_renders_a_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
