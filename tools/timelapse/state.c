/* SPDX-License-Identifier: ISC */
/* state: see state.h. What is read counts only if writing it again gives the very same text: so
 * there is one form of it, and no number that means something else than it says. */
#include "state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/crc32c.h"
#include "core/hex.h"

enum { TEXT_BYTES = 2048, PATH_BYTES = 4096, REGION_BYTES = 64 };

/* The text and its length; state->command has no line break. */
static size_t write_text(char text[TEXT_BYTES], const struct state *state)
{
    const struct plan *plan = &state->plan;
    const struct tempo_config *tempo = &plan->tempo;
    char genesis[HEX_BYTES(GENESIS_BYTES)];
    hex_encode(genesis, plan->genesis, GENESIS_BYTES);
    int len = snprintf(text, TEXT_BYTES,
                       "timelapse-state 1\ncommand %s\ngenesis %s\nfrom %" PRIu64 "\nto %" PRIu64
                       "\nregion %" PRId32 ",%" PRId32 ",%" PRIu32 ",%" PRIu32 "\nfps %" PRIu32
                       "\nedits-per-frame %" PRIu64 "\nspeed-milli %" PRIu64 "\nidle-ms %" PRId64
                       "\nframes %" PRIu64 "\nframe %" PRIu64 "\npicture %08" PRIx32
                       "\nbytes %" PRIu64 "\nbytes-crc %08" PRIx32 "\n",
                       state->command, genesis, plan->from, plan->to, plan->region.x,
                       plan->region.y, plan->region.width, plan->region.height, tempo->fps,
                       tempo->edits_per_frame, tempo->speed_milli, tempo->idle_ms, plan->frames,
                       state->frame, state->picture_crc, state->bytes, state->bytes_crc);
    size_t end = (size_t)len;
    return end + (size_t)snprintf(text + end, TEXT_BYTES - end, "crc %08" PRIx32 "\n",
                                  crc32c(0, text, end));
}

static bool read_genesis(const char *hex, uint8_t genesis[GENESIS_BYTES])
{
    for (int i = 0; i < GENESIS_BYTES; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        genesis[i] = (uint8_t)byte;
    }
    return true;
}

static bool read_text(const char *text, struct state *state)
{
    struct plan *plan = &state->plan;
    struct tempo_config *tempo = &plan->tempo;
    char genesis[HEX_BYTES(GENESIS_BYTES)], region[REGION_BYTES];
    *state = (struct state){0};
    int n =
        sscanf(text,
               "timelapse-state 1\ncommand %511[^\n]\ngenesis %32[0-9a-f]\nfrom %" SCNu64
               "\nto %" SCNu64 "\nregion %63[-,0-9]\nfps %" SCNu32 "\nedits-per-frame %" SCNu64
               "\nspeed-milli %" SCNu64 "\nidle-ms %" SCNd64 "\nframes %" SCNu64 "\nframe %" SCNu64
               "\npicture %" SCNx32 "\nbytes %" SCNu64 "\nbytes-crc %" SCNx32,
               state->command, genesis, &plan->from, &plan->to, region, &tempo->fps,
               &tempo->edits_per_frame, &tempo->speed_milli, &tempo->idle_ms, &plan->frames,
               &state->frame, &state->picture_crc, &state->bytes, &state->bytes_crc);
    if (n != 14 || strlen(genesis) != sizeof genesis - 1 || !read_genesis(genesis, plan->genesis) ||
        !region_parse(region, &plan->region) || tempo->fps == 0 ||
        (tempo->edits_per_frame == 0) == (tempo->speed_milli == 0))
        return false;
    char again[TEXT_BYTES];
    return write_text(again, state) == strlen(text) && strcmp(again, text) == 0;
}

enum state_result state_load(const char *path, struct state *state, char error[STATE_ERROR_BYTES])
{
    char text[TEXT_BYTES];
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT)
        return STATE_NONE;
    if (!file) {
        snprintf(error, STATE_ERROR_BYTES, "%s: %s", path, strerror(errno));
        return STATE_BAD;
    }
    size_t len = fread(text, 1, sizeof text - 1, file);
    bool whole = !ferror(file);
    fclose(file);
    text[len] = '\0';
    if (whole && strlen(text) == len && read_text(text, state))
        return STATE_READ;
    snprintf(error, STATE_ERROR_BYTES, "%s: not written by timelapse, or damaged", path);
    return STATE_BAD;
}

/* The name that it is written under. -1 with errno set: too long. */
static int name_temporary(const char *path, char temporary[PATH_BYTES])
{
    int len = snprintf(temporary, PATH_BYTES, "%s.new", path);
    if (len > 0 && len < PATH_BYTES)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

int state_save(const char *path, const struct state *state, char error[STATE_ERROR_BYTES])
{
    char text[TEXT_BYTES], temporary[PATH_BYTES];
    size_t len = write_text(text, state);
    FILE *file = NULL;
    if (name_temporary(path, temporary) == 0)
        file = fopen(temporary, "we");
    bool whole =
        file && fwrite(text, 1, len, file) == len && fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (file && fclose(file) != 0)
        whole = false;
    if (whole && rename(temporary, path) == 0)
        return 0;
    snprintf(error, STATE_ERROR_BYTES, "%s: %s", path, strerror(errno));
    return -1;
}

int state_remove(const char *path, char error[STATE_ERROR_BYTES])
{
    char temporary[PATH_BYTES];
    if (name_temporary(path, temporary) == 0 && (unlink(path) == 0 || errno == ENOENT) &&
        (unlink(temporary) == 0 || errno == ENOENT))
        return 0;
    snprintf(error, STATE_ERROR_BYTES, "%s: %s", path, strerror(errno));
    return -1;
}
