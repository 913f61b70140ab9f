/* SPDX-License-Identifier: ISC */
/*
 * makepicture FILE KIND WIDTH HEIGHT [exif]: a picture to upload. FILE's ending is its type, with
 * libvips's options behind it: "a.jpg[interlace]". KIND: flag (top left quarter white, below it
 * red, the right half blue) or noise. exif: turned (orientation 6), with a place and a name.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

static void fill(uint8_t *pixels, int width, int height, int noise)
{
    uint32_t random = 1;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, pixels += 3) {
            const uint8_t *flag = x >= width / 2   ? (const uint8_t[]){0, 0, 234}
                                  : y < height / 2 ? (const uint8_t[]){255, 255, 255}
                                                   : (const uint8_t[]){229, 0, 9};
            for (int c = 0; c < 3; c++) {
                random = random * 1664525 + 1013904223;
                pixels[c] = noise ? (uint8_t)(random >> 24) : flag[c];
            }
        }
}

int main(int argc, char **argv)
{
    if (argc < 5 || setenv("VIPSHOME", "/nonexistent", 1) != 0 || VIPS_INIT(argv[0]) != 0)
        return 2;
    const int width = atoi(argv[3]), height = atoi(argv[4]);
    const size_t len = (size_t)width * (size_t)height * 3;
    uint8_t *pixels = malloc(len);
    if (!pixels)
        return 1;
    fill(pixels, width, height, strcmp(argv[2], "noise") == 0);
    VipsImage *image = vips_image_new_from_memory(pixels, len, width, height, 3, VIPS_FORMAT_UCHAR);
    image->Type = VIPS_INTERPRETATION_sRGB;
    if (argc > 5) {
        vips_image_set_int(image, VIPS_META_ORIENTATION, 6);
        vips_image_set_string(image, "exif-ifd3-GPSLatitude", "52/1 31/1 0/1");
        vips_image_set_string(image, "exif-ifd0-Artist", "Nobody-Must-See");
    }
    if (vips_image_write_to_file(image, argv[1], NULL) != 0)
        vips_error_exit(NULL);
    g_object_unref(image);
    free(pixels);
    return 0;
}
