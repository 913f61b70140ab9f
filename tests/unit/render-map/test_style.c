/* SPDX-License-Identifier: ISC */
/* A style is known by all its bytes and those of its data; a hostile one is refused, with a reason.
 */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/map/style.h"
#include "render/map/style_xml.h"

static char folder[] = "/tmp/placed-style-XXXXXX";
static char error[MAP_STYLE_ERROR_BYTES];

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_bytes(const char *name, const char *bytes, size_t len)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

static int read_style(struct map_style *style, const char *xml)
{
    write_text("style.xml", xml);
    error[0] = '\0';
    return map_style_read(style, path_of("style.xml"), error);
}

static void refuse(const char *xml, const char *why)
{
    struct map_style style;
    assert_int_equal(read_style(&style, xml), -1);
    if (!strstr(error, why))
        fail_msg("expected '%s', got '%s'", why, error);
}

#define MAP(inside)        "<?xml version='1.0'?>\n<Map background-color='#c9dce7'>" inside "</Map>"
#define PARAMETERS(inside) MAP("<Parameters>" inside "</Parameters>")
#define LAYER(parameters)  "<Layer name='a'><Datasource>" parameters "</Datasource></Layer>"
#define SHAPES                                                                                     \
    MAP(LAYER("<Parameter name='type'>shape</Parameter><Parameter name='file'>land</Parameter>"))

static void says_what_the_style_says(void **state)
{
    struct map_style style;
    assert_int_equal(read_style(&style, PARAMETERS("<Parameter name='minzoom'> 2 </Parameter>"
                                                   "<Parameter name='maxzoom'>9</Parameter>"
                                                   "<Parameter name='bounds'>-10.5,-20, 30,40.25"
                                                   "</Parameter><Parameter name='attribution'>"
                                                   "<![CDATA[A & B]]>, \xc3\xa9&lt;</Parameter>")),
                     0);
    assert_int_equal(style.minzoom, 2);
    assert_int_equal(style.maxzoom, 9);
    assert_string_equal(style.attribution, "A & B, \xc3\xa9<");
    assert_string_equal(style.background, "#c9dce7");
    assert_true(style.bounds[0] == -10.5 && style.bounds[1] == -20);
    assert_true(style.bounds[2] == 30 && style.bounds[3] == 40.25);
    assert_int_equal(strlen(style.hash), PICTURE_HASH_CHARS);
    assert_int_equal(strspn(style.hash, "0123456789abcdef"), PICTURE_HASH_CHARS);

    assert_int_equal(read_style(&style, "<Map background-color='red;}'/>"), 0);
    assert_int_equal(style.minzoom, 0);
    assert_int_equal(style.maxzoom, MAP_STYLE_ZOOM_DEFAULT);
    assert_string_equal(style.attribution, "");
    assert_string_equal(style.background, ""); /* nothing that ends a rule of a style sheet */
    assert_true(style.bounds[0] == -180 && style.bounds[2] == 180);

    /* Parameters elsewhere are not the map's. */
    assert_int_equal(read_style(&style, MAP("<Layer><Parameters><Parameter name='maxzoom'>3"
                                            "</Parameter></Parameters></Layer>")),
                     0);
    assert_int_equal(style.maxzoom, MAP_STYLE_ZOOM_DEFAULT);
}

static void hashes_every_byte_of_style_and_data(void **state)
{
    static const char *const parts[] = {"land.shp", "land.dbf", "land.shx"};
    struct map_style style, again;
    char seen[4][PICTURE_HASH_CHARS + 1];
    for (size_t i = 0; i < 3; i++)
        write_text(parts[i], "same");
    assert_int_equal(read_style(&style, SHAPES), 0);
    assert_int_equal(read_style(&again, SHAPES), 0);
    assert_memory_equal(&style, &again, sizeof style);
    assert_int_equal(read_style(&again, SHAPES " "), 0);
    assert_string_not_equal(style.hash, again.hash);

    memcpy(seen[0], style.hash, sizeof seen[0]);
    for (size_t i = 0; i < 3; i++) { /* each part, one after the other */
        write_text(parts[i], "sane");
        assert_int_equal(read_style(&again, SHAPES), 0);
        for (size_t j = 0; j <= i; j++)
            assert_string_not_equal(again.hash, seen[j]);
        memcpy(seen[i + 1], again.hash, sizeof again.hash);
    }
    write_text("land.index", "the same is drawn, only faster");
    assert_int_equal(read_style(&again, SHAPES), 0);
    assert_string_equal(again.hash, seen[3]);
    /* A byte that moves from one file to the next. */
    write_text("land.shp", "san");
    write_text("land.dbf", "esane");
    assert_int_equal(read_style(&again, SHAPES), 0);
    assert_string_not_equal(again.hash, seen[3]);
}

static void finds_files_as_mapnik_does(void **state)
{
    static const char xml[] = MAP(
        "<FileSource name='there'>data</FileSource>"
        "<Datasource name='all'><Parameter name='type'>geojson</Parameter>"
        "<Parameter name='file'>/tmp/absolute.json</Parameter></Datasource>"
        "<Style><Rule><PointSymbolizer file='symbols/dot.png'/>"
        "<MarkersSymbolizer file='shape://ellipse'/><PointSymbolizer file='[kind].png'/></Rule>"
        "</Style>"
        "<Layer><Datasource base='all'/></Layer>"
        "<Layer><Datasource base='all'><Parameter name='file'>other.json</Parameter></Datasource>"
        "</Layer>"
        "<Layer><Datasource><Parameter name='type'>shape</Parameter><Parameter name='base'>there"
        "</Parameter><Parameter name='file'>land.shp</Parameter></Datasource></Layer>"
        "<Layer><Datasource><Parameter name='type'>csv</Parameter><Parameter name='base'>sub"
        "</Parameter><Parameter name='file'>a.csv</Parameter></Datasource></Layer>"
        "<Layer><Datasource><Parameter name='type'>postgis</Parameter></Datasource></Layer>");
    const struct {
        const char *path;
        bool absolute, shapefile;
    } expected[] = {{"symbols/dot.png", false, false},
                    {"/tmp/absolute.json", true, false},
                    {"other.json", false, false},
                    {"data/land", false, true},
                    {"sub/a.csv", false, false}};
    static const char *const types[] = {"geojson", "shape", "csv", "postgis"};
    write_text("style.xml", xml);
    struct style_xml *style = style_xml_read(path_of("style.xml"), error);
    if (!style)
        fail_msg("%s", error);
    assert_int_equal(style->n_files, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(style->files[i].path,
                            expected[i].absolute ? expected[i].path : path_of(expected[i].path));
        assert_int_equal(style->files[i].shapefile, expected[i].shapefile);
    }
    assert_int_equal(style->n_types, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(style->types[i], types[i]);
    style_xml_free(style);
}

static void says_what_is_wrong_and_where(void **state)
{
    struct map_style style = {.maxzoom = 77};
    refuse("", "style.xml:1: no XML: no element found");
    refuse("<Map>\n<Layer></Map>", "style.xml:2: no XML: mismatched tag");
    refuse("<html/>", "begins with <html>, expected <Map>");
    refuse(PARAMETERS("<Parameter name='maxzoom'>23</Parameter>"),
           "maxzoom is '23', expected 0 to");
    refuse(PARAMETERS("<Parameter name='minzoom'>-1</Parameter>"), "minzoom is '-1'");
    refuse(PARAMETERS("<Parameter name='minzoom'>9</Parameter>"
                      "<Parameter name='maxzoom'>8</Parameter>"),
           "minzoom 9 is above maxzoom 8");
    refuse(PARAMETERS("<Parameter name='bounds'>1,2,3</Parameter>"), "bounds is '1,2,3', expected");
    refuse(PARAMETERS("<Parameter name='bounds'>9,2,3,4</Parameter>"), "bounds is '9,2,3,4'");
    refuse(PARAMETERS("<Parameter name='bounds'>1e9,2,3,4</Parameter>"), "bounds is '1e9");
    refuse(PARAMETERS("<Parameter name='bounds'>1,2,nan,4</Parameter>"), "bounds");
    refuse(MAP(LAYER("<Parameter name='type'>../../evil</Parameter>")), "of type '../../evil'");
    refuse(MAP(LAYER("<Parameter name='type'>csv</Parameter>"
                     "<Parameter name='file'>lost.csv</Parameter>")),
           "lost.csv, which the style names: No such file");
    refuse(MAP(LAYER("<Parameter name='type'>csv</Parameter><Parameter name='file'>.</Parameter>")),
           "which the style names: Is a directory");
    assert_int_equal(map_style_read(&style, "/nowhere/style.xml", error), -1);
    assert_string_equal(error, "/nowhere/style.xml: No such file or directory");
    assert_int_equal(map_style_read(&style, "/dev/zero", error), -1);
    assert_non_null(strstr(error, "expected a style"));
    assert_int_equal(style.maxzoom, 77); /* untouched when it fails */
}

/* One text many times, for free(). */
static char *repeat(const char *before, const char *text, size_t n, const char *after)
{
    size_t len = strlen(text), first = strlen(before);
    char *all = malloc(first + n * len + strlen(after) + 1);
    assert_non_null(all);
    memcpy(all, before, first);
    for (size_t i = 0; i < n; i++)
        memcpy(all + first + i * len, text, len);
    strcpy(all + first + n * len, after);
    return all;
}

static void withstands_hostile_styles(void **state)
{
    char bomb[4096] = "<!DOCTYPE Map [<!ENTITY a0 'billion laughs'>";
    for (int i = 1; i < 12; i++) {
        char line[160];
        snprintf(line, sizeof line,
                 "<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;'>", i, i - 1,
                 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        strcat(bomb, line);
    }
    strcat(bomb, "]><Map>&a11;</Map>");
    refuse(bomb, "no XML: limit on input amplification");
    refuse("<!DOCTYPE Map [<!ENTITY a SYSTEM '/etc/passwd'>]><Map>&a;</Map>",
           "takes in another file as entity 'a'");
    refuse("<!DOCTYPE Map [<!ENTITY % a SYSTEM 'more.inc'> %a;]><Map/>",
           "takes in another file as entity 'a'");

    const struct {
        const char *before, *text, *after, *why;
        size_t n;
    } cases[] = {
        {"<Map>", "<a>", "", "nested deeper than 100", 1000000},
        {"<Map><Parameters><Parameter name='attribution'>", "long ",
         "</Parameter></Parameters></Map>", "a parameter of more than 1023 bytes", 100000},
        {"<Map>", "<FileSource name='a'>b</FileSource>", "</Map>", "more than 64 templates", 65},
        {"<Map>", "           ", "</Map>", "a file of at most 16 MiB", 2000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *xml = repeat(cases[i].before, cases[i].text, cases[i].n, cases[i].after);
        refuse(xml, cases[i].why);
        free(xml);
    }
    char many[1200 * 40] = "<Map>";
    size_t len = strlen(many);
    for (int i = 0; i <= STYLE_XML_FILES; i++)
        len += (size_t)sprintf(many + len, "<PointSymbolizer file='%d'/>", i);
    strcat(many, "</Map>");
    refuse(many, "names more than 1024 files");

    /* A file may be anything; whatever it is, reading it ends. */
    unsigned random = 1;
    for (int i = 0; i < 200; i++) {
        char noise[] = SHAPES;
        for (int j = 0; j < 4; j++) {
            random = random * 1103515245 + 12345;
            noise[(random >> 8) % (sizeof noise - 1)] = (char)(random >> 16);
        }
        struct map_style style;
        write_bytes("style.xml", noise, sizeof noise - 1);
        if (map_style_read(&style, path_of("style.xml"), error))
            assert_true(error[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_the_style_says),
        cmocka_unit_test(hashes_every_byte_of_style_and_data),
        cmocka_unit_test(finds_files_as_mapnik_does),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(withstands_hostile_styles),
    };
    if (!mkdtemp(folder))
        return 99;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const names[] = {"style.xml", "land.shp", "land.dbf", "land.shx",
                                        "land.index"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    rmdir(folder);
    return failed;
}
