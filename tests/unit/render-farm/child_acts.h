/* SPDX-License-Identifier: ISC */
/* child_acts: what the tests' child does with a task: the x of a Mandelbrot picture of zoom 20. */
#ifndef PLACED_RENDER_FARM_CHILD_ACTS_H
#define PLACED_RENDER_FARM_CHILD_ACTS_H

enum act {
    ACT_RENDER,
    ACT_GATE, /* waits until its input is closed; renders, or does what a letter there says */
    ACT_HANG,
    ACT_ABORT,
    ACT_SEGFAULT,
    ACT_EXIT,
    ACT_FAIL,
    ACT_EAT,
    ACT_OTHER_PLACE,
    ACT_DONE_EARLY,
    ACT_TOO_LARGE,
    ACT_NO_MESSAGE,
    ACT_READY_AGAIN,
    ACT_PICTURE_TWICE,
    ACT_ENDLESS,
    ACT_CLOSE,
    ACT_LARGE,
    ACT_UNASKED,
};

enum { ACT_LARGE_BYTES = 3 * 1024 * 1024 + 7 };

#endif
