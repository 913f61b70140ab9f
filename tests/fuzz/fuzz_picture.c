/* SPDX-License-Identifier: ISC */
/*
 * fuzz_picture: paths of requests. No byte beside the path is read; what is taken is written again
 * as the same bytes, so that a picture has one name only, and lies in a job.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "render/name/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct picture picture, first, again;
    char name[PICTURE_NAME_BYTES];
    char *path = malloc(len + 1); /* on the heap, where a sanitizer sees its end */
    if (!path)
        abort();
    if (len > 0)
        memcpy(path + 1, data, len);
    bool taken = picture_parse(&picture, path + 1, len);
    free(path);
    if (!taken)
        return 0;
    picture_format(&picture, name);
    if (strlen(name) != len || memcmp(name, data, len) != 0)
        abort();
    unsigned place = picture_job(&picture, &first);
    if (place >= picture_job_size(&first) || picture_job_size(&first) > PICTURE_JOB_MAX ||
        picture_job(&first, &again) != 0 || memcmp(&first, &again, sizeof first) != 0)
        abort();
    picture_of_job(&first, place, &again);
    if (memcmp(&picture, &again, sizeof again) != 0)
        abort();
    picture_of_job(&first, picture_job_size(&first) - 1, &again);
    picture_format(&again, name);
    if (!picture_parse(&again, name, strlen(name)))
        abort();
    return 0;
}
