/* SPDX-License-Identifier: ISC */
/* jpeg_means: what libjpeg says of a file, for jpeg_scan. */
#include "render/image/jpeg_means.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "render/image/jpeg_scan.h"

enum { BLOCK = 8 };

_Static_assert(BLOCK == DCTSIZE, "a block is what libjpeg takes for one");
_Static_assert(sizeof((struct jpeg_scan_code){0}.values) == sizeof((JHUFF_TBL){0}.huffval),
               "as many");

/* ---- the header ---- */

struct reader {
    struct jpeg_decompress_struct libjpeg; /* first */
    struct jpeg_error_mgr errors;
    jmp_buf failed;
};

static void on_error(j_common_ptr libjpeg)
{
    longjmp(((struct reader *)libjpeg)->failed, 1);
}

static void on_message(j_common_ptr libjpeg, int level)
{
}

/* The header, and where the scan begins in bytes. False: libjpeg does not like it. */
static bool read_header(struct reader *reader, const uint8_t *bytes, size_t len, size_t *scan_at)
{
    reader->libjpeg.err = jpeg_std_error(&reader->errors);
    reader->errors.error_exit = on_error;
    reader->errors.emit_message = on_message;
    if (setjmp(reader->failed) != 0)
        return false;
    jpeg_create_decompress(&reader->libjpeg);
    jpeg_mem_src(&reader->libjpeg, bytes, len);
    if (jpeg_read_header(&reader->libjpeg, TRUE) != JPEG_HEADER_OK)
        return false;
    *scan_at = len - reader->libjpeg.src->bytes_in_buffer;
    return true;
}

/* One scan of all components, with Huffman codes, row by row. */
static bool is_simple(const struct jpeg_decompress_struct *libjpeg)
{
    return !libjpeg->progressive_mode && !libjpeg->arith_code && libjpeg->data_precision == 8 &&
           libjpeg->comps_in_scan == libjpeg->num_components &&
           ((libjpeg->num_components == 1 && libjpeg->jpeg_color_space == JCS_GRAYSCALE) ||
            (libjpeg->num_components == 3 && libjpeg->jpeg_color_space == JCS_YCbCr));
}

/* ---- planes ---- */

static uint32_t units_of(uint32_t side, unsigned unit)
{
    return (side + unit - 1) / unit;
}

/* libjpeg's table as ours, at most once. NULL: there is none. */
static const struct jpeg_scan_code *code_of(const JHUFF_TBL *table, struct jpeg_scan_code *code)
{
    if (!table)
        return NULL;
    memcpy(code->counts, table->bits, sizeof code->counts);
    memcpy(code->values, table->huffval, sizeof code->values);
    return code;
}

struct codes {
    struct jpeg_scan_code dc[NUM_HUFF_TBLS], ac[NUM_HUFF_TBLS];
};

/* What jpeg_scan has to know, but for where the means go. False: something is missing. */
static bool describe(const struct jpeg_decompress_struct *libjpeg, struct codes *codes,
                     struct jpeg_scan *scan)
{
    /* Of one component alone a unit is one block, whatever its sampling factors say. */
    const bool alone = libjpeg->num_components == 1;
    scan->components = (unsigned)libjpeg->num_components;
    scan->restart = libjpeg->restart_interval;
    unsigned across = 1, down = 1;
    for (int c = 0; c < libjpeg->num_components; c++) {
        const jpeg_component_info *info = &libjpeg->comp_info[c];
        struct jpeg_scan_component *one = &scan->component[c];
        if (libjpeg->cur_comp_info[c] != info || info->dc_tbl_no >= NUM_HUFF_TBLS ||
            info->ac_tbl_no >= NUM_HUFF_TBLS || info->quant_tbl_no >= NUM_QUANT_TBLS ||
            !libjpeg->quant_tbl_ptrs[info->quant_tbl_no])
            return false;
        one->across = alone ? 1 : (unsigned)info->h_samp_factor;
        one->down = alone ? 1 : (unsigned)info->v_samp_factor;
        one->quantum = libjpeg->quant_tbl_ptrs[info->quant_tbl_no]->quantval[0];
        one->dc = code_of(libjpeg->dc_huff_tbl_ptrs[info->dc_tbl_no], &codes->dc[info->dc_tbl_no]);
        one->ac = code_of(libjpeg->ac_huff_tbl_ptrs[info->ac_tbl_no], &codes->ac[info->ac_tbl_no]);
        if (!one->dc || !one->ac)
            return false;
        across = one->across > across ? one->across : across;
        down = one->down > down ? one->down : down;
    }
    scan->units_across = units_of(libjpeg->image_width, BLOCK * across);
    scan->units_down = units_of(libjpeg->image_height, BLOCK * down);
    return true;
}

/* Give each component a plane of its size in blocks. */
static bool make_planes(const struct jpeg_decompress_struct *libjpeg, struct jpeg_scan *scan,
                        struct jpeg_means *means)
{
    const size_t units = (size_t)scan->units_across * scan->units_down;
    unsigned blocks = 0, across = 1, down = 1;
    for (unsigned c = 0; c < scan->components; c++) {
        const struct jpeg_scan_component *one = &scan->component[c];
        blocks += one->across * one->down;
        across = one->across > across ? one->across : across;
        down = one->down > down ? one->down : down;
    }
    means->planes = scan->components;
    means->room = malloc(units * blocks);
    if (!means->room)
        return false;
    uint8_t *samples = means->room;
    for (unsigned c = 0; c < scan->components; c++) {
        struct jpeg_scan_component *one = &scan->component[c];
        struct jpeg_means_plane *plane = &means->plane[c];
        plane->samples = one->means = samples;
        plane->stride = (size_t)scan->units_across * one->across;
        plane->across = (double)libjpeg->image_width * one->across / across / BLOCK;
        plane->down = (double)libjpeg->image_height * one->down / down / BLOCK;
        samples += units * one->across * one->down;
    }
    return true;
}

/* ---- all of it ---- */

static bool read_means(struct reader *reader, uint8_t *bytes, size_t len, uint32_t width,
                       uint32_t height, struct jpeg_means *means)
{
    struct jpeg_scan scan = {0};
    struct codes codes;
    size_t at;
    return read_header(reader, bytes, len, &at) && is_simple(&reader->libjpeg) &&
           reader->libjpeg.image_width == width && reader->libjpeg.image_height == height &&
           describe(&reader->libjpeg, &codes, &scan) &&
           make_planes(&reader->libjpeg, &scan, means) &&
           jpeg_scan_read(&scan, bytes + at, len - at);
}

bool jpeg_means_read(uint8_t *bytes, size_t len, uint32_t width, uint32_t height,
                     struct jpeg_means *means)
{
    struct reader reader;
    *means = (struct jpeg_means){0};
    memset(&reader, 0, sizeof reader);
    const bool found = read_means(&reader, bytes, len, width, height, means);
    jpeg_destroy_decompress(&reader.libjpeg);
    if (!found)
        jpeg_means_end(means);
    return found;
}

void jpeg_means_end(struct jpeg_means *means)
{
    free(means->room);
    means->room = NULL;
}
