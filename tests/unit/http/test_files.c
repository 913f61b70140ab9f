/* SPDX-License-Identifier: ISC */
/* The table of static files: what gets into it, what never does, and what is said of each. */
#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "http/files.h"

static char root[64];

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void make_directory(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
}

static int make_root(void **state)
{
    snprintf(root, sizeof root, "/tmp/placed-files-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

static struct files *load(void)
{
    char error[FILES_ERROR_BYTES] = "";
    struct files *files = files_load(root, error);
    if (!files)
        print_error("%s\n", error);
    assert_non_null(files);
    return files;
}

static char *long_text(size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, 'a', len);
    text[len] = '\0';
    return text;
}

static void the_page_is_found_under_both_names(void **state)
{
    put("index.html", "<p>page");
    struct files *files = load();
    const struct file *page = files_find(files, "/");
    assert_non_null(page);
    assert_ptr_equal(page, files_find(files, "/index.html"));
    assert_string_equal(page->type, "text/html; charset=utf-8");
    assert_int_equal(page->len, 7);
    assert_memory_equal(page->bytes, "<p>page", 7);
    assert_false(page->immutable);
    assert_null(page->gzip); /* too short to gain anything */
    files_free(files);
}

static void names_with_a_hash_may_be_kept_for_ever(void **state)
{
    make_directory("assets");
    put("assets/index-Ab12_-xY.js", "1");
    put("assets/plain.js", "1");
    put("other-12345678.css", "1");
    struct files *files = load();
    assert_true(files_find(files, "/assets/index-Ab12_-xY.js")->immutable);
    assert_false(files_find(files, "/assets/plain.js")->immutable);
    assert_false(files_find(files, "/other-12345678.css")->immutable);
    files_free(files);
}

static void gzip_is_made_where_it_gains(void **state)
{
    char *text = long_text(5000);
    put("long.txt", text);
    put("long.png", text);
    char *noise = malloc(4001);
    assert_non_null(noise);
    unsigned seed = 1;
    for (int i = 0; i < 4000; i++)
        noise[i] = (char)(1 + (seed = seed * 1103515245u + 12345u) / 65536 % 255);
    noise[4000] = '\0';
    put("noise.txt", noise);
    struct files *files = load();
    const struct file *file = files_find(files, "/long.txt");
    assert_non_null(file->gzip);
    assert_true(file->gzip_len < 200);
    uint8_t plain[6000];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)file->gzip,
                  .avail_in = (uInt)file->gzip_len,
                  .next_out = plain,
                  .avail_out = sizeof plain};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, 5000);
    assert_memory_equal(plain, text, 5000);
    inflateEnd(&z);
    assert_null(files_find(files, "/long.png")->gzip); /* compressed already */
    assert_null(files_find(files, "/noise.txt")->gzip);
    files_free(files);
    free(noise);
    free(text);
}

static void the_tag_goes_by_the_content(void **state)
{
    put("a.txt", "same");
    put("b.txt", "same");
    put("c.txt", "other");
    struct files *files = load();
    const char *a = files_find(files, "/a.txt")->etag;
    assert_true(a[0] == '"' && a[strlen(a) - 1] == '"');
    assert_string_equal(a, files_find(files, "/b.txt")->etag);
    assert_string_not_equal(a, files_find(files, "/c.txt")->etag);
    files_free(files);
}

static bool holds(const struct file *file, const char *text)
{
    return memmem(file->bytes, file->len, text, strlen(text)) != NULL;
}

static void a_page_gets_the_address_that_it_is_found_at(void **state)
{
    put("index.html", "<a href=\"" FILES_OWN_ADDRESS "\"><img src=\"" FILES_OWN_ADDRESS "a.png\">");
    put("plain.html", "<p>page");
    put("script.js", FILES_OWN_ADDRESS);
    struct files *files = load();
    const struct file *page = files_find(files, "/");
    assert_true(page->own_address);
    assert_false(files_find(files, "/plain.html")->own_address);
    assert_false(files_find(files, "/script.js")->own_address);
    struct file made;
    assert_int_equal(files_readdress(page, "http://a/", &made), 0);
    assert_int_equal(made.len, strlen("<a href=\"http://a/\"><img src=\"http://a/a.png\">"));
    assert_memory_equal(made.bytes, "<a href=\"http://a/\"><img src=\"http://a/a.png\">", made.len);
    assert_string_not_equal(made.etag, page->etag);
    assert_false(made.own_address);
    free((void *)(uintptr_t)made.bytes);
    free((void *)(uintptr_t)made.gzip);
    /* Longer than what it takes the place of. */
    assert_int_equal(files_set_address(files, "https://a.very.long.name.example:8080/below/it/"), 0);
    page = files_find(files, "/");
    assert_false(page->own_address);
    assert_true(holds(page, "src=\"https://a.very.long.name.example:8080/below/it/a.png\""));
    assert_false(holds(page, FILES_OWN_ADDRESS));
    assert_true(holds(files_find(files, "/script.js"), FILES_OWN_ADDRESS));
    files_free(files);
}

static void links_pipes_and_hidden_files_are_left_out(void **state)
{
    char path[256], target[256];
    put("index.html", "page");
    put(".hidden", "no");
    snprintf(path, sizeof path, "%s/link", root);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    snprintf(path, sizeof path, "%s/up", root);
    assert_int_equal(symlink("/etc", path), 0);
    snprintf(target, sizeof target, "%s/index.html", root);
    snprintf(path, sizeof path, "%s/inner", root);
    assert_int_equal(symlink(target, path), 0);
    snprintf(path, sizeof path, "%s/pipe", root);
    assert_int_equal(mkfifo(path, 0600), 0);
    struct files *files = load();
    static const char *const absent[] = {
        "/link",          "/up", "/up/passwd", "/inner", "/pipe",         "/.hidden",  "/..",
        "/../etc/passwd", "",    "//",         "/.",     "/./index.html", "index.html"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(files_find(files, absent[i]));
    assert_non_null(files_find(files, "/"));
    files_free(files);
}

static void a_directory_that_is_none_is_an_error(void **state)
{
    char error[FILES_ERROR_BYTES] = "";
    assert_null(files_load("/nonexistent/web", error));
    assert_non_null(strstr(error, "/nonexistent/web"));
    put("file", "x");
    char path[128];
    snprintf(path, sizeof path, "%s/file", root);
    assert_null(files_load(path, error));
    files_free(NULL);
}

static void there_are_bounds(void **state)
{
    char error[FILES_ERROR_BYTES] = "";
    char name[128] = "d";
    for (int i = 0; i < 12; i++) {
        make_directory(name);
        strcat(name, "/d");
    }
    assert_null(files_load(root, error));
    assert_non_null(strstr(error, "too deep"));
}

static void a_file_that_is_too_large_is_an_error(void **state)
{
    char error[FILES_ERROR_BYTES] = "", path[128];
    put("large.bin", "");
    snprintf(path, sizeof path, "%s/large.bin", root);
    assert_int_equal(truncate(path, 17 * 1024 * 1024), 0);
    assert_null(files_load(root, error));
    assert_non_null(strstr(error, "large.bin"));
}

static void too_many_files_are_an_error(void **state)
{
    char error[FILES_ERROR_BYTES] = "", name[32];
    for (int i = 0; i < 513; i++) {
        snprintf(name, sizeof name, "f%d.txt", i);
        put(name, "x");
    }
    assert_null(files_load(root, error));
    assert_non_null(strstr(error, "too many"));
}

#define WITH_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ROOT(the_page_is_found_under_both_names),
        WITH_ROOT(names_with_a_hash_may_be_kept_for_ever),
        WITH_ROOT(gzip_is_made_where_it_gains),
        WITH_ROOT(the_tag_goes_by_the_content),
        WITH_ROOT(a_page_gets_the_address_that_it_is_found_at),
        WITH_ROOT(links_pipes_and_hidden_files_are_left_out),
        WITH_ROOT(a_directory_that_is_none_is_an_error),
        WITH_ROOT(there_are_bounds),
        WITH_ROOT(a_file_that_is_too_large_is_an_error),
        WITH_ROOT(too_many_files_are_an_error),
    };
    return cmocka_run_group_tests_name("edge files", tests, NULL, NULL);
}
