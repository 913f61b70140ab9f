/* SPDX-License-Identifier: ISC */
/* commands: see commands.h. */
#include "commands.h"

#include "do_batch.h"
#include "do_dead.h"
#include "do_status.h"
#include "help.h"
#include "options.h"

#define O(id) OPTION_BIT(id)

static const struct command rows[] = {
    {"status", "", "How things stand: workers, what waits, batches, dead letters.", 0, 0, 0,
     do_status},
    {"workers", "", "Each worker of each server: what it does, and how much it has done.", 0, 0, 0,
     do_workers},
    {"scale", "OP N", "Let an operation, or a pool, have so many workers.", 2, 2, 0, do_scale},
    {"prerender", "STYLE",
     "Render a map before anybody asks. What it takes is told first, and on a terminal asked.", 1,
     1, O(ZOOM) | O(BOX) | O(TWICE) | O(ESTIMATE) | O(SAMPLES) | O(WAIT), do_prerender},
    {"batches", "", "The maps that are, or were, rendered in advance.", 0, 0, 0, do_batches},
    {"cancel", "BATCH", "End one. What it has rendered stays.", 1, 1, 0, do_cancel},
    {"resume", "BATCH", "Let one that was cancelled go on.", 1, 1, O(WAIT), do_resume},
    {"dead", "", "Tasks that failed for good, the newest first.", 0, 0, O(COUNT), do_dead},
    {"requeue", "[OFFSET]...", "Try some of them again.", 0, ARGUMENTS_MAX, O(ALL), do_requeue},
    {"reload", "", "Read the styles anew.", 0, 0, 0, do_reload},
};

static const struct option_row options[OPTIONS_N] = {
#define X(id, name, argument, help) {name, argument, help},
    RENDERCTL_OPTIONS(X)
#undef X
};

const struct ctl_program renderctl_program = {
    .name = "renderctl",
    .purpose = "Run a placed-render server over its admin listener.",
    .server_variable = "RENDERCTL_SERVER",
    .server = "http://127.0.0.1:8083",
    .prefix = "",
    .no_path = "there is nothing",
    .timeout_s = 90, /* an estimate takes a minute at most */
    .objects = true,
    .commands = rows,
    .commands_n = sizeof rows / sizeof *rows,
    .options = options,
    .options_n = OPTIONS_N,
    .options_global = OPTIONS_GLOBAL,
    .words_max = ARGUMENTS_MAX + 1,
    .option_width = 16,
    .print_more = help_print_more,
};
