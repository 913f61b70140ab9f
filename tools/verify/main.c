/* SPDX-License-Identifier: ISC */
/*
 * verify: is a history what it says it is, and are two the same? A log, a server or its folder,
 * against each other. It reads only.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "common/stop.h"
#include "options.h"
#include "report.h"
#include "sys/descriptors.h"

/* --exact: neither may go further. */
static void check_ends(const struct side *a, const struct side *b, struct verdict *verdict)
{
    struct difference difference = {.what = "version at the end"};
    if (verdict->result != VERDICT_SAME || a->version == b->version)
        return;
    difference_u64(&difference, a->version, b->version);
    verdict_found(verdict, "A and B", &difference);
}

/* Open both, compare. What could be opened is in *a and *b. */
static void verify(const struct options *o, struct side *a, struct side *b, struct verdict *verdict)
{
    struct progress progress;
    char error[SOURCE_ERROR_BYTES] = "";
    if (side_open(a, "A", o->a, &o->source, error) != 0) {
        verdict_failed(verdict, o->a, error);
        return;
    }
    if (o->b && side_open(b, "B", o->b, &o->source, error) != 0) {
        verdict_failed(verdict, o->b, error);
        return;
    }
    progress_begin(&progress, "compared", "edits", o->quiet, 0);
    check_sides(a, o->b ? b : NULL, verdict, &progress);
    progress_end(&progress);
    if (o->b && o->exact)
        check_ends(a, b, verdict);
}

static const struct side *opened(const struct side *side)
{
    return side->log || side->blocks ? side : NULL;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static struct options options;
    struct side a = {0}, b = {0};
    struct verdict verdict = {0};
    switch (options_read(&options, argc, argv)) {
    case OPTIONS_WRONG:
        return 2;
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_GO:
        break;
    }
    stop_on_signals();
    verify(&options, &a, &b, &verdict);
    bool written = options.json ? report_json(opened(&a), opened(&b), &verdict)
                                : report_text(opened(&a), opened(&b), &verdict);
    if (!written)
        fprintf(stderr, "verify: standard output cannot be written\n");
    int status = written && verdict.result == VERDICT_SAME ? 0 : 1;
    verdict_finish(&verdict);
    side_close(&a);
    side_close(&b);
    stop_repeat_signal();
    return status;
}
