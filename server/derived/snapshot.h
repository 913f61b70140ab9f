/* SPDX-License-Identifier: ISC */
/* snapshot: the names by which the edge asks for the picture of the one canvas, until it asks for
 * that of each canvas through pictures.h. */
#ifndef PLACED_DERIVED_SNAPSHOT_H
#define PLACED_DERIVED_SNAPSHOT_H

#include "derived/pictures.h"

struct snapshots; /* a struct pictures */

struct snapshot { /* a struct picture */
    struct picture_name name;
    uint64_t version;
    char genesis[2 * GENESIS_BYTES + 1];
    char etag[112];
    size_t len;
    const uint8_t *png;
};

_Static_assert(sizeof(struct snapshot) == sizeof(struct picture), "the same layout");

static inline struct snapshot *snapshots_get(struct snapshots *snapshots)
{
    struct picture *picture = NULL;
    pictures_get((struct pictures *)snapshots, (struct picture_name){0}, &picture);
    return (struct snapshot *)picture;
}

static inline struct snapshot *snapshots_newest(struct snapshots *snapshots)
{
    return (struct snapshot *)pictures_newest((struct pictures *)snapshots,
                                              (struct picture_name){0});
}

static inline void snapshot_release(struct snapshot *snapshot)
{
    picture_release((struct picture *)snapshot);
}

#endif
