/* SPDX-License-Identifier: ISC */
/* commands: see commands.h. */
#include "commands.h"

#include "do_ban.h"
#include "do_canvas.h"
#include "do_paint.h"
#include "do_person.h"
#include "do_region.h"
#include "do_rollback.h"
#include "do_status.h"
#include "do_token.h"
#include "do_top.h"
#include "do_watch.h"
#include "help.h"
#include "options.h"
#include "token.h"

#define O(id) OPTION_BIT(id)

enum { PARTS_MAX = 32 };

static const struct command rows[] = {
    {"status", "", "How things stand: the log, the rules, the newest job, and who you are.", 0, 0,
     0, do_status},
    {"top", "", "What is going on just now, shown anew; q leaves.", 0, 0, O(INTERVAL), do_top},
    {"who", "X,Y", "Who changed this pixel, the newest first.", 1, 1, O(ALL), do_who},
    {"identity", "AUTHOR", "What is known of an author. Looking is recorded.", 1, 1, 0,
     do_identity},
    {"energy", "AUTHOR", "What an author has.", 1, 1, O(FULL), do_energy},
    {"lookup", "PRED...", "Which edits these are, how many and whose.", 1, PARTS_MAX, O(EXCEPT),
     do_lookup},
    {"rollback", "PRED...",
     "Plan to take back these edits: what would change is told, and nothing is changed. With "
     "--apply "
     "PLAN it is done.",
     0, PARTS_MAX, O(EXCEPT) | O(PREVIEW) | O(PLAN) | O(APPLY) | O(RATE), do_rollback},
    {"undo", "ACTION", "Take back what an action has changed, a roll-back for instance.", 1, 1,
     O(RATE), do_undo},
    {"cancel", "", "End the job that is running; what it has done stays done.", 0, 0, 0, do_cancel},
    {"ban", "WHO", "Let somebody draw no more.", 1, 1, O(FOR) | O(ROLLBACK), do_ban},
    {"slow", "WHO", "Let everything cost somebody more (4 times).", 1, 1,
     O(FACTOR) | O(FOR) | O(ROLLBACK), do_slow},
    {"unban", "WHO", "Take back a ban, or the slowing down.", 1, 1, 0, do_unban},
    {"bans", "", "Who is banned or slowed down.", 0, 0, 0, do_bans},
    {"region add", "NAME X,Y,W,H", "Set the rule of a rectangle.", 2, 2,
     O(CLOSED) | O(FACTOR) | O(COLOURS) | O(FROM) | O(UNTIL) | O(WORDS), do_region_add},
    {"region rm", "NAME", "Remove a region's rule.", 1, 1, 0, do_region_rm},
    {"regions", "", "The regions and their rules.", 0, 0, 0, do_regions},
    {"canvas open", "GX,GY", "Let a canvas take edits.", 1, 1, O(AT) | O(UNTIL), do_canvas_open},
    {"canvas close", "GX,GY", "Let a canvas take no edits.", 1, 1, O(AT) | O(UNTIL),
     do_canvas_close},
    {"canvases", "", "Which canvases are open, or were set to be.", 0, 0, 0, do_canvases},
    {"palette", "all|white|black-white|greys|COLOUR,...", "Which colours may be used anywhere.", 1,
     1, 0, do_palette},
    {"freeze", "[REGION]", "Let nobody draw, anywhere or in a region.", 0, 1, 0, do_freeze},
    {"thaw", "[REGION]", "Take that back.", 0, 1, 0, do_thaw},
    {"fill", "X,Y,W,H COLOUR", "Paint a rectangle.", 2, 2, O(RATE) | O(DRY_RUN), do_fill},
    {"paste", "X,Y FILE", "Paint a PNG, with its top left corner there.", 2, 2,
     O(RATE) | O(DRY_RUN), do_paste},
    {"copy", "X,Y,W,H TO_X,TO_Y", "Paint what a rectangle shows somewhere else.", 2, 2,
     O(RATE) | O(DRY_RUN), do_copy},
    {"reports", "", "What people have reported, and is not closed.", 0, 0, 0, do_reports},
    {"report close", "REPORT", "A report has been dealt with.", 1, 1, 0, do_report_close},
    {"suspects", "", "What the rules that are on have found.", 0, 0, 0, do_suspects},
    {"detect", "RULE", "What a rule would have found, in any stretch of the log.", 1, 1,
     O(FROM) | O(TO) | O(THRESHOLD), do_detect},
    {"rule on", "RULE", "Let a rule's suspects be listed; after it has simulated.", 1, 1,
     O(THRESHOLD), do_rule_on},
    {"rule simulate", "RULE", "Let a rule only count what it would say.", 1, 1, O(THRESHOLD),
     do_rule_simulate},
    {"rule off", "RULE", "Let a rule not look.", 1, 1, 0, do_rule_off},
    {"rules", "", "The rules of detection.", 0, 0, 0, do_rules},
    {"forget", "AUTHOR", "Delete what is known of an author.", 1, 1, 0, do_forget},
    {"token add", "NAME", "Make a token and print it, this once.", 1, 1, O(ROLE), do_token_add},
    {"token rm", "NAME", "Remove a token.", 1, 1, 0, do_token_rm},
    {"tokens", "", "The tokens that there are.", 0, 0, 0, do_tokens},
    {"audit", "", "Who has done what and why, the newest first.", 0, 0, O(BEFORE) | O(COUNT),
     do_audit},
};

static const struct option_row options[OPTIONS_N] = {
#define X(id, name, argument, help) {name, argument, help},
    PLACECTL_OPTIONS(X)
#undef X
};

const struct ctl_program placectl_program = {
    .name = "placectl",
    .purpose = "Moderate and run a placed server over its admin listener.",
    .server_variable = "PLACECTL_SERVER",
    .server = "http://127.0.0.1:8081",
    .prefix = "/control/",
    .no_path = "not found",
    .find_token = token_find,
    .commands = rows,
    .commands_n = sizeof rows / sizeof *rows,
    .options = options,
    .options_n = OPTIONS_N,
    .options_global = OPTIONS_GLOBAL,
    .words_max = ARGUMENTS_MAX,
    .option_width = 22,
    .print_more = help_print_more,
};
