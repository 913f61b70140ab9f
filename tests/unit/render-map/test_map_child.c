/* SPDX-License-Identifier: ISC */
/* The child program draws what its style says, where it should be; one that cannot says why. */
#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <png.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/map/style.h"
#include "render/wire/wire.h"

extern char **environ;

static char folder[] = "/tmp/placed-map-XXXXXX";
static char said[4096]; /* on standard error */

struct job {
    struct {
        uint8_t *bytes;
        size_t len;
    } pictures[PICTURE_JOB_MAX];
    unsigned first, count; /* which came first, how many came */
    bool done;
    char why[WIRE_REASON_MAX + 1];
};

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* ---- a child ---- */

struct running {
    pid_t pid;
    int fd;
};

static struct running start(const char *style)
{
    struct running child;
    int ends[2];
    posix_spawn_file_actions_t actions;
    char path[256];
    snprintf(path, sizeof path, "%s", path_of(style));
    char *argv[] = {(char *)(uintptr_t)MAP_PROGRAM,
                    (char *)(uintptr_t) "--style",
                    path,
                    (char *)(uintptr_t) "--memory",
                    (char *)(uintptr_t) "536870912",
                    (char *)(uintptr_t) "--name",
                    (char *)(uintptr_t) "test",
                    NULL};
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, path_of("stderr"), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    if (ends[1] == WIRE_FD) /* a duplicate of itself would be closed */
        assert_int_equal(fcntl(WIRE_FD, F_SETFD, 0), 0);
    else
        posix_spawn_file_actions_adddup2(&actions, ends[1], WIRE_FD);
    assert_int_equal(posix_spawn(&child.pid, MAP_PROGRAM, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    child.fd = ends[0];
    return child;
}

/* Close its socket. Its exit status, or 1000 and the signal that ended it. */
static int end(struct running child)
{
    int status;
    close(child.fd);
    assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
    FILE *file = fopen(path_of("stderr"), "r");
    assert_non_null(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static struct wire_message receive(struct running child)
{
    static uint8_t packet[WIRE_PACKET_BYTES];
    struct wire_message message;
    ssize_t len = recv(child.fd, packet, sizeof packet, 0);
    assert_true(len > 0);
    assert_true(wire_read(&message, packet, (size_t)len));
    return message;
}

static struct running start_ready(const char *style)
{
    struct running child = start(style);
    assert_int_equal(receive(child).type, WIRE_READY);
    return child;
}

static void free_job(struct job *job)
{
    for (unsigned i = 0; i < PICTURE_JOB_MAX; i++)
        free(job->pictures[i].bytes);
    memset(job, 0, sizeof *job);
}

/* The hash of style.xml and its data as they are now. */
static const char *hash(void)
{
    static struct map_style found;
    char error[MAP_STYLE_ERROR_BYTES];
    if (map_style_read(&found, path_of("style.xml"), error))
        fail_msg("%s", error);
    return found.hash;
}

/* tile: "Z/X/Y.png". */
static void render(struct running child, struct job *job, const char *of, const char *tile,
                   unsigned place)
{
    uint8_t packet[WIRE_HEAD_BYTES + PICTURE_NAME_BYTES];
    char name[PICTURE_NAME_BYTES];
    struct wire_message task = {.type = WIRE_TASK, .place = place};
    size_t head = wire_head(&task, packet);
    size_t len = (size_t)snprintf(name, sizeof name, "/map/%s/%s", of, tile);
    memcpy(packet + head, name, len);
    free_job(job);
    assert_int_equal(send(child.fd, packet, head + len, 0), head + len);
    for (;;) {
        struct wire_message message = receive(child);
        if (message.type == WIRE_PIECE) {
            assert_true(message.place < PICTURE_JOB_MAX);
            uint8_t **bytes = &job->pictures[message.place].bytes;
            size_t *have = &job->pictures[message.place].len;
            *bytes = realloc(*bytes, *have + message.len);
            assert_non_null(*bytes);
            memcpy(*bytes + *have, message.bytes, message.len);
            *have += message.len;
            if (message.last && job->count++ == 0)
                job->first = message.place;
            continue;
        }
        job->done = message.type == WIRE_DONE;
        if (message.type == WIRE_FAILED)
            memcpy(job->why, message.bytes, message.len);
        return;
    }
}

/* ---- pictures ---- */

static uint8_t *decode(const struct job *job, unsigned place, unsigned side)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, job->pictures[place].bytes,
                                                 job->pictures[place].len));
    assert_int_equal(image.width, side);
    assert_int_equal(image.height, side);
    image.format = PNG_FORMAT_RGBA;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    assert_non_null(pixels);
    assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    return pixels;
}

/* 0xrrggbb of the pixel of a zoom where a position in degrees is. job: the square around it. */
static unsigned colour_at(const struct job *job, unsigned zoom, unsigned scale, double longitude,
                          double latitude)
{
    const double pi = 3.14159265358979323846, tiles = ldexp(1, (int)zoom);
    const unsigned tile = 256 * scale, side = zoom < 3 ? 1u << zoom : PICTURE_METATILE;
    double y = asinh(tan(latitude * pi / 180)) / (2 * pi);
    uint64_t px = (uint64_t)((longitude / 360 + 0.5) * tiles * tile);
    uint64_t py = (uint64_t)((0.5 - y) * tiles * tile);
    unsigned place = (unsigned)(py / tile % side * side + px / tile % side);
    uint8_t *pixels = decode(job, place, tile);
    const uint8_t *at = pixels + 4 * (py % tile * tile + px % tile);
    unsigned colour = (unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2];
    free(pixels);
    return colour;
}

/* Land from 10 to 50 degrees each way, an equator, a name; blue around. And a broad line in the
 * south, just east of the meridian of Greenwich, that reaches over it. */
static const char land[] = "wkt,name\n\"POLYGON((10 10,50 10,50 50,10 50,10 10))\",Land\n";
static const char equator[] = "wkt\n\"LINESTRING(-170 0,170 0)\"\n";
static const char style[] =
    "<Map srs='epsg:3857' background-color='#0000ff'>"
    "<Style name='land'><Rule><PolygonSymbolizer fill='#00ff00'/></Rule></Style>"
    "<Style name='line'><Rule><LineSymbolizer stroke='#ff0000' stroke-width='5'/></Rule></Style>"
    "<Style name='broad'><Rule><LineSymbolizer stroke='#ffff00' stroke-width='20'/></Rule></Style>"
    "<Style name='name'><Rule><TextSymbolizer face-name='DejaVu Sans Book' size='20' "
    "fill='#000000'>[name]</TextSymbolizer></Rule></Style>"
    "<Layer name='land' srs='epsg:4326'><StyleName>land</StyleName><StyleName>name</StyleName>"
    "<Datasource><Parameter name='type'>csv</Parameter><Parameter name='file'>land.csv</Parameter>"
    "</Datasource></Layer>"
    "<Layer name='line' srs='epsg:4326'><StyleName>line</StyleName><Datasource>"
    "<Parameter name='type'>csv</Parameter><Parameter name='file'>equator.csv</Parameter>"
    "</Datasource></Layer>"
    "<Layer name='broad' srs='epsg:4326'><StyleName>broad</StyleName><Datasource>"
    "<Parameter name='type'>csv</Parameter><Parameter name='inline'>wkt\n"
    "\"LINESTRING(0.5 -60,0.5 -40)\"\n</Parameter></Datasource></Layer></Map>";

static void draws_what_is_there(void **state)
{
    static const struct {
        const char *name;
        unsigned place, zoom, scale, count;
    } cases[] = {
        {"0/0/0.png", 0, 0, 1, 1},   {"0/0/0@2x.png", 0, 0, 2, 1},   {"2/0/0.png", 9, 2, 1, 16},
        {"3/0/0.png", 37, 3, 1, 64}, {"3/0/0@2x.png", 63, 3, 2, 64},
    };
    struct job job = {0};
    struct running child = start_ready("style.xml");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const unsigned zoom = cases[i].zoom, scale = cases[i].scale;
        render(child, &job, hash(), cases[i].name, cases[i].place);
        assert_true(job.done);
        assert_int_equal(job.count, cases[i].count);
        assert_int_equal(job.first, cases[i].place); /* the tile asked for */
        assert_int_equal(colour_at(&job, zoom, scale, 30, 15), 0x00ff00);
        assert_int_equal(colour_at(&job, zoom, scale, 13, 45), 0x00ff00);
        assert_int_equal(colour_at(&job, zoom, scale, -30, 30), 0x0000ff);
        assert_int_equal(colour_at(&job, zoom, scale, 53, 30), 0x0000ff);
        assert_int_equal(colour_at(&job, zoom, scale, 30, 0), 0xff0000);
        assert_int_equal(colour_at(&job, zoom, scale, -100, 0), 0xff0000);
        assert_int_equal(colour_at(&job, zoom, scale, 30, -15), 0x0000ff);
    }
    free_job(&job);
    assert_int_equal(end(child), 0);
    assert_string_equal(said, "");
}

/* The tiles x 7 and 8 of zoom 4 are of two squares, and the equator crosses their border. */
static void lines_go_on_in_the_next_square(void **state)
{
    struct job west = {0}, east = {0};
    struct running child = start_ready("style.xml");
    for (unsigned scale = 1; scale <= 2; scale++) {
        const unsigned tile = 256 * scale;
        render(child, &west, hash(), scale == 1 ? "4/0/0.png" : "4/0/0@2x.png", 0);
        render(child, &east, hash(), scale == 1 ? "4/8/0.png" : "4/8/0@2x.png", 0);
        uint8_t *left = decode(&west, 7 * 8 + 7, tile), *right = decode(&east, 7 * 8, tile);
        unsigned red = 0;
        for (unsigned y = 0; y < tile; y++) {
            const uint8_t *a = left + 4 * (size_t)(y * tile + tile - 1);
            const uint8_t *b = right + 4 * (size_t)(y * tile);
            for (int i = 0; i < 4; i++)
                assert_in_range(a[i] - b[i] + 4, 0, 8);
            red += a[0] > 200;
        }
        assert_in_range(red, 2 * scale, 3 * scale); /* the northern half of the line */
        free(left);
        free(right);
    }
    free_job(&west);
    free_job(&east);
    assert_int_equal(end(child), 0);
}

/* What lies wholly in the next square reaches into this one. */
static void broad_lines_reach_over_the_border(void **state)
{
    struct job west = {0};
    struct running child = start_ready("style.xml");
    for (unsigned scale = 1; scale <= 2; scale++) {
        render(child, &west, hash(), scale == 1 ? "4/0/8.png" : "4/0/8@2x.png", 0);
        assert_int_equal(colour_at(&west, 4, scale, -0.05, -50), 0xffff00);
        assert_int_equal(colour_at(&west, 4, scale, -1, -50), 0x0000ff);
    }
    free_job(&west);
    assert_int_equal(end(child), 0);
}

static void names_are_written(void **state)
{
    struct job job = {0};
    unsigned dark = 0;
    struct running child = start_ready("style.xml");
    render(child, &job, hash(), "1/0/0.png", 1);
    uint8_t *pixels = decode(&job, 1, 256);
    for (size_t i = 0; i < 256 * 256; i++)
        dark += pixels[4 * i] < 100 && pixels[4 * i + 1] < 100 && pixels[4 * i + 2] < 100;
    assert_in_range(dark, 20, 2000);
    free(pixels);
    free_job(&job);
    assert_int_equal(end(child), 0);
}

static void a_style_that_does_not_load_is_an_exit_with_a_reason(void **state)
{
    static const struct {
        const char *style, *why;
    } cases[] = {
        {"<Map", "no XML"},
        {"<Map><Style name='a'><Rule><LineSymbolizer stroke='nonsense'/></Rule></Style></Map>",
         "nonsense"},
        {"<Map><Style name='a'><Rule><TextSymbolizer face-name='No Such Font' size='9'>[a]"
         "</TextSymbolizer></Rule></Style></Map>",
         "No Such Font"},
        {"<Map><Layer name='a'><Datasource><Parameter name='type'>csv</Parameter>"
         "<Parameter name='file'>lost.csv</Parameter></Datasource></Layer></Map>",
         "lost.csv"},
        {"<Map><Layer name='a'><Datasource><Parameter name='type'>nothing</Parameter>"
         "</Datasource></Layer></Map>",
         "no data sources of type 'nothing'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char byte;
        write_text("broken.xml", cases[i].style);
        struct running child = start("broken.xml");
        assert_true(recv(child.fd, &byte, 1, 0) <= 0); /* not ready */
        assert_int_equal(end(child), 2);
        if (!strstr(said, cases[i].why) || strncmp(said, "map test: ", 10) != 0)
            fail_msg("expected '%s', got '%s'", cases[i].why, said);
    }
}

/* A picture is a function of its name: what a child has read stays what it draws, and the next one
 * does not draw something else under that name. */
static void other_data_is_another_map(void **state)
{
    struct job before = {0}, after = {0};
    char old[PICTURE_HASH_CHARS + 1];
    char byte;
    struct running child = start_ready("style.xml");
    strcpy(old, hash());
    render(child, &before, old, "3/0/0.png", 0);
    assert_int_equal(unlink(path_of("land.csv")), 0);
    render(child, &after, old, "3/0/0.png", 0);
    assert_true(after.done);
    assert_int_equal(after.count, 64);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(before.pictures[i].len, after.pictures[i].len);
        assert_memory_equal(before.pictures[i].bytes, after.pictures[i].bytes,
                            after.pictures[i].len);
    }
    assert_int_equal(end(child), 0);

    child = start("style.xml"); /* without its data */
    assert_true(recv(child.fd, &byte, 1, 0) <= 0);
    assert_int_equal(end(child), 2);
    assert_non_null(strstr(said, "land.csv"));

    write_text("land.csv", "wkt,name\n\"POLYGON((10 10,50 10,50 50,10 10))\",Less\n");
    child = start_ready("style.xml");
    render(child, &after, old, "3/0/0.png", 0);
    assert_false(after.done);
    assert_int_equal(after.count, 0);
    assert_non_null(strstr(after.why, hash()));
    render(child, &after, hash(), "3/0/0.png", 0); /* it goes on */
    assert_true(after.done);
    assert_int_equal(end(child), 0);
    write_text("land.csv", land);
    free_job(&before);
    free_job(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_what_is_there),
        cmocka_unit_test(lines_go_on_in_the_next_square),
        cmocka_unit_test(broad_lines_reach_over_the_border),
        cmocka_unit_test(names_are_written),
        cmocka_unit_test(a_style_that_does_not_load_is_an_exit_with_a_reason),
        cmocka_unit_test(other_data_is_another_map),
    };
    if (!mkdtemp(folder))
        return 99;
    write_text("land.csv", land);
    write_text("equator.csv", equator);
    write_text("style.xml", style);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const names[] = {"land.csv", "equator.csv", "style.xml", "broken.xml",
                                        "stderr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    rmdir(folder);
    return failed;
}
