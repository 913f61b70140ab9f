/* SPDX-License-Identifier: ISC */
/* import: what happened elsewhere, painted here. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/stop.h"
#include "import_id.h"
#include "options.h"
#include "prepare.h"
#include "report.h"
#include "sys/descriptors.h"
#include "to_log.h"
#include "work.h"

static int complain(const char *what)
{
    fprintf(stderr, "import: %s\n", what);
    return 1;
}

static int run(const struct options *options)
{
    char error[WORK_ERROR_BYTES], folder[4096];
    struct import_id id;
    static struct report report;
    if (import_id_make(options, &id, error) != 0)
        return complain(error);
    prepare_work_folder(options, folder, sizeof folder);
    struct work *work = work_open(folder, error);
    if (!work)
        return complain(error);
    report.import = id.text;
    int rc = to_log(options, &id, work, &report);
    work_close(work);
    if (rc == 0 || stop_asked() || report.appended > 0)
        report_print(&report, options->json && strcmp(options->json, "-") == 0);
    if (options->json && report_write_json(&report, options->json) != 0)
        rc = -1;
    return rc == 0 ? 0 : 1;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    struct options options;
    switch (options_parse(&options, argc, argv)) {
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_BAD:
        return 2;
    case OPTIONS_RUN:
        break;
    }
    if (sodium_init() < 0)
        return complain("libsodium cannot be used");
    stop_on_signals();
    int status = run(&options);
    fflush(stdout);
    stop_repeat_signal();
    return status;
}
