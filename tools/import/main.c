/* SPDX-License-Identifier: ISC */
/* import: what happened elsewhere, painted here. */
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/stop.h"
#include "import_id.h"
#include "options.h"
#include "prepare.h"
#include "report.h"
#include "sys/descriptors.h"
#include "to_log.h"
#include "to_server.h"
#include "work.h"

static int complain(const char *what)
{
    fprintf(stderr, "import: %s\n", what);
    return 1;
}

/* A new server's data folder may not be there yet; log and work folder lie in it. False: this is a
 * data folder, and not the log in it. */
static bool make_data_folder(const char *url)
{
    char path[4096], inner[4096 + 16], own[4096 + 16];
    if (strstr(url, "://"))
        return true;
    snprintf(path, sizeof path, "%s", strncmp(url, "local:", 6) == 0 ? url + 6 : url);
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    snprintf(inner, sizeof inner, "%s/log/data.mdb", path);
    snprintf(own, sizeof own, "%s/data.mdb", path);
    if (access(inner, F_OK) == 0 && access(own, F_OK) != 0) {
        fprintf(stderr, "import: %s is the data folder of a server: its log is local:%s/log\n",
                path, path);
        return false;
    }
    char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        *slash = '\0';
        mkdir(path, 0750); /* opening the log says what is wrong, if anything is */
    }
    return true;
}

static int run(const struct options *options)
{
    char error[WORK_ERROR_BYTES], folder[4096];
    struct import_id id;
    static struct report report;
    if (import_id_make(options, &id, error) != 0)
        return complain(error);
    if (options->log && !make_data_folder(options->log))
        return 1;
    prepare_work_folder(options, folder, sizeof folder);
    struct work *work = work_open(folder, error);
    if (!work)
        return complain(error);
    report.import = id.text;
    int rc =
        options->log ? to_log(options, &id, work, &report) : to_server(options, &id, work, &report);
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
    switch (import_options(&options, argc, argv)) {
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
