/* SPDX-License-Identifier: ISC */
/* What placed-render's options take and refuse, beyond what test_config.c shows of the reading. */
#include "cmocka_all.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "render/config/render_config_read.h"

enum { WORDS = 4096 };

static char words[WORDS];

/* Read one option's value; what was said is in `words`. */
static enum config_result take(struct render_config *config, const char *option, const char *value)
{
    char *argv[] = {(char *)(uintptr_t) "placed-render", (char *)(uintptr_t)option,
                    (char *)(uintptr_t)value, NULL};
    int fd = memfd_create("words", 0), old = dup(STDERR_FILENO);
    dup2(fd, STDERR_FILENO);
    enum config_result result = render_config_read(config, value ? 3 : 2, argv);
    dup2(old, STDERR_FILENO);
    ssize_t n = pread(fd, words, WORDS - 1, 0);
    words[n > 0 ? n : 0] = '\0';
    close(old);
    close(fd);
    return result;
}

static void good(const char *option, const char *value, struct render_config *config)
{
    if (take(config, option, value) != CONFIG_RUN)
        fail_msg("%s %s: %s", option, value, words);
}

static void bad(const char *option, const char *value, const char *why)
{
    struct render_config config;
    if (take(&config, option, value) != CONFIG_BAD || !strstr(words, why))
        fail_msg("%s %s: expected \"%s\", got: %s", option, value, why, words);
    render_config_finish(&config);
}

static void values_are_read(void **state)
{
    struct render_config config;
    good("--map", "world=/a b.xml, sea_2=c=d.xml", &config);
    assert_int_equal(config.n_maps, 2);
    assert_string_equal(config.maps[0].name, "world");
    assert_string_equal(config.maps[0].file, "/a b.xml");
    assert_string_equal(config.maps[1].file, "c=d.xml");
    render_config_finish(&config);
    good("--image-workers", "blur=3,stencil=0", &config);
    assert_int_equal(config.image_workers[PICTURE_OP_blur], 3);
    assert_int_equal(config.image_workers[PICTURE_OP_thumbnail], 0);
    render_config_finish(&config);
    good("--image-workers", "none", &config);
    assert_int_equal(config.image_workers[PICTURE_OP_blur], 0);
    render_config_finish(&config);
    good("--store", "lmdb+file", &config);
    assert_int_equal(config.store, RENDER_STORE_LMDB_FILE);
    assert_int_equal(config.store_space, UINT64_C(1) << 30);
    assert_false(config.has_agent);
    render_config_finish(&config);
    good("--agent", "[::1]:9999", &config);
    assert_true(config.has_agent);
    assert_string_equal(config.agent.host, "::1");
    render_config_finish(&config);
    good("--queue", "kafka://a:1,b:2/tiles.one", &config);
    assert_true(config.queue_kafka);
    assert_string_equal(config.queue_brokers, "a:1,b:2");
    assert_string_equal(config.queue_prefix, "tiles.one");
    render_config_finish(&config);
    good("--fractal", "0", &config);
    assert_int_equal(config.fractal, 0);
    assert_in_range(config.fractal_threads, 1, 256);
    render_config_finish(&config);
}

static void mistakes_are_named(void **state)
{
    bad("--map", "world", "expected NAME=FILE");
    bad("--map", "World=a", "expected NAME=FILE");
    bad("--map", "world=", "expected NAME=FILE");
    bad("--map", "0123456789abcdef=a.xml", "expected NAME=FILE"); /* would be a hash in a URL */
    bad("--map", "a=b,a=c", "has the name \"a\" twice");
    bad("--image-workers", "sharpen=1", "expected none, or OP=N");
    bad("--image-workers", "blur=257", "expected none, or OP=N");
    bad("--store", "files", "expected file, lmdb");
    bad("--queue", "kafka://a:1/", "expected local or kafka");
    bad("--canvas", "ftp://a", "expected http://");
    bad("--canvas", "http://a\"b", "expected http://");
    bad("--fractal", "257", "expected cores, or a number");
    bad("--fractal-threads", "0", "from 1 on");
    bad("--listen", "127.0.0.1:8083", "\"listen\" and \"admin\" are the same address");
    bad("--agent", "127.0.0.1:8082", "\"agent\" and \"listen\"");
    bad("--upload-pixels", "0", "a number from 1 to");
    bad("--stale-aftr", "1", "did you mean --stale-after?");
    bad("--conections=5", NULL, "did you mean --connections?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
