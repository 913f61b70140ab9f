/* SPDX-License-Identifier: ISC */
/* sample: see sample.h. */
#include "sample.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmocka_all.h"

VipsImage *sample_noise(int width, int height, int bands, int bits)
{
    const size_t len = (size_t)width * (size_t)height * (size_t)(bands * bits / 8);
    uint8_t *bytes = malloc(len);
    uint32_t random = 1;
    for (size_t i = 0; i < len; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(random >> 24);
    }
    VipsImage *image = vips_image_new_from_memory_copy(
        bytes, len, width, height, bands, bits == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    free(bytes);
    assert_non_null(image);
    image->Type = bits == 16  ? VIPS_INTERPRETATION_RGB16
                  : bands < 3 ? VIPS_INTERPRETATION_B_W
                              : VIPS_INTERPRETATION_sRGB;
    return image;
}

VipsImage *sample_flag(int width, int height)
{
    uint8_t *pixels = malloc((size_t)width * (size_t)height * 3);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const bool left = x < width / 2, white = left && y < height / 2;
            memcpy(pixels + 3 * (y * width + x),
                   white  ? (const uint8_t[]){255, 255, 255}
                   : left ? (const uint8_t[]){229, 0, 9}
                          : (const uint8_t[]){0, 0, 234},
                   3);
        }
    VipsImage *image = vips_image_new_from_memory_copy(pixels, (size_t)width * (size_t)height * 3,
                                                       width, height, 3, VIPS_FORMAT_UCHAR);
    free(pixels);
    assert_non_null(image);
    image->Type = VIPS_INTERPRETATION_sRGB;
    return image;
}

int sample_bytes(const void *bytes, size_t len)
{
    const int file = memfd_create("sample", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, len), len);
    return file;
}

int sample_file(VipsImage *image, const char *suffix)
{
    void *bytes;
    size_t len;
    if (vips_image_write_to_buffer(image, suffix, &bytes, &len, NULL) != 0)
        fail_msg("%s", vips_error_buffer());
    const int file = sample_bytes(bytes, len);
    g_free(bytes);
    g_object_unref(image);
    return file;
}

void *sample_read(int file, size_t *len)
{
    *len = (size_t)lseek(file, 0, SEEK_END);
    void *bytes = malloc(*len);
    assert_int_equal(pread(file, bytes, *len, 0), *len);
    return bytes;
}
