/* SPDX-License-Identifier: ISC */
/* proven: see proven.h. The note is the file .synced: the start of the machine (boot id) and ms
 * since 1970, as text. A folder without one is believed: somebody has filled it. */
#include "render/store/proven.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decimal.h"
#include "render/store/store_name.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    EVERY_MS = 5 * 60 * 1000,
    BOOT_CHARS = 36,
    NOTE_BYTES = 80,
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

static const char note_name[] = ".synced", temp_name[] = ".synced.temp";

static void boot_id(char id[BOOT_CHARS + 1])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, id, BOOT_CHARS) : -1;
    if (fd >= 0)
        close(fd);
    if (got != BOOT_CHARS) /* unknown: never the same as another, so that nothing is believed */
        memset(id, '?', BOOT_CHARS);
    id[BOOT_CHARS] = '\0';
}

/* ---- the note ---- */

static int write_note(int folder, int64_t ms)
{
    char boot[BOOT_CHARS + 1], note[NOTE_BYTES];
    boot_id(boot);
    int len = snprintf(note, sizeof note, "%s %" PRId64 "\n", boot, ms);
    int fd = openat(folder, temp_name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    bool good = write(fd, note, (size_t)len) == len && fdatasync(fd) == 0;
    close(fd);
    if (good && renameat(folder, temp_name, folder, note_name) == 0)
        return fsync(folder);
    unlinkat(folder, temp_name, 0);
    return -1;
}

/* False: there is none that makes sense. */
static bool read_note(int folder, char boot[BOOT_CHARS + 1], uint64_t *ms)
{
    char note[NOTE_BYTES];
    int fd = openat(folder, note_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, note, sizeof note) : -1;
    if (fd >= 0)
        close(fd);
    if (got < BOOT_CHARS + 3 || got == sizeof note || note[BOOT_CHARS] != ' ' ||
        note[got - 1] != '\n')
        return false;
    memcpy(boot, note, BOOT_CHARS);
    boot[BOOT_CHARS] = '\0';
    return decimal_parse(note + BOOT_CHARS + 1, (size_t)got - BOOT_CHARS - 2, INT64_MAX, ms);
}

/* ---- removing what is younger ---- */

/* Not when its contents were written: a copy from another store keeps that time. */
static int64_t changed_ms(const struct stat *stat)
{
    return (int64_t)stat->st_ctim.tv_sec * 1000 + stat->st_ctim.tv_nsec / 1000000;
}

static bool is_folder(int folder, const struct dirent *entry)
{
    struct stat stat;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(folder, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(stat.st_mode);
}

/* In this folder and those below it, which are at most `depth` deep. A folder changes whenever a
 * file is renamed into it, so the files of one that has not changed need no look each. */
static void remove_younger(int folder, int64_t than_ms, int depth, uint64_t *removed)
{
    struct stat stat;
    const struct dirent *entry;
    bool changed = fstat(folder, &stat) != 0 || changed_ms(&stat) >= than_ms;
    DIR *dir = fdopendir(folder);
    if (!dir) {
        close(folder);
        return;
    }
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        if (is_folder(folder, entry)) {
            int below = depth > 0 ? openat(folder, entry->d_name, FOLDER_FLAGS) : -1;
            if (below >= 0)
                remove_younger(below, than_ms, depth - 1, removed);
        } else if (changed && fstatat(folder, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
                   changed_ms(&stat) >= than_ms && (stat.st_mode & S_IWUSR)) {
            *removed += unlinkat(folder, entry->d_name, 0) == 0;
        }
    }
    closedir(dir); /* and folder */
}

void proven_init(struct proven *proven, int folder)
{
    *proven = (struct proven){.folder = folder, .next_ms = clock_now_ms() + EVERY_MS};
}

int proven_begin(struct proven *proven)
{
    char then[BOOT_CHARS + 1], now[BOOT_CHARS + 1];
    uint64_t ms, removed = 0;
    int folder = proven->folder;
    boot_id(now);
    if (read_note(folder, then, &ms)) {
        if (strcmp(then, now) == 0) /* the machine has not ended since: the note still holds */
            return 0;
        int top = openat(folder, ".", FOLDER_FLAGS);
        if (top < 0)
            return -1;
        remove_younger(top, (int64_t)ms, STORE_NAME_PARTS, &removed);
    }
    if (removed > 0)
        diag_warn("store: %" PRIu64
                  " pictures had perhaps not reached the disk when the machine "
                  "ended: they will be rendered again",
                  removed);
    return write_note(folder, clock_wall_ms()); /* what there is now was read from the disk */
}

static void sync_and_note(struct proven *proven)
{
    int64_t started = clock_wall_ms();
    if (syncfs(proven->folder) != 0 || write_note(proven->folder, started) != 0)
        diag_warn("store: it cannot be synced: %s", strerror(errno));
}

void proven_tick(struct proven *proven)
{
    int64_t now = clock_now_ms(), next = atomic_load(&proven->next_ms);
    if (now >= next && atomic_compare_exchange_strong(&proven->next_ms, &next, now + EVERY_MS))
        sync_and_note(proven);
}
