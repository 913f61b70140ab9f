/* SPDX-License-Identifier: ISC */
/*
 * edit-flood: the load tool. Readers and writers in one program, which load a server and check all
 * that it sends. This file: the processes, the report, the exit status.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "canvases.h"
#include "flood.h"
#include "options.h"
#include "people.h"
#include "report.h"
#include "report_json.h"
#include "report_progress.h"
#include "setup.h"
#include "sys/clock.h"
#include "sys/descriptors.h"

enum {
    EXIT_FAULTS = 1,
    EXIT_USAGE = 2,
    EXIT_CONNECT = 3,
    SPARE_FILES = 32,
};

static struct options options;
static struct shared *shared;

static void on_signal(int signal)
{
    atomic_store(&shared->stop, true);
}

static void progress(uint64_t now_us)
{
    report_progress(&options, shared, now_us);
}

/* As many open files as the process will need. */
static int raise_limit(void)
{
    struct rlimit limit;
    unsigned long need = 0;
    for (unsigned i = 0; i < options.processes; i++) {
        unsigned long n = setup_connections(&options, i) + SPARE_FILES;
        need = n > need ? n : need;
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (need <= limit.rlim_cur)
        return 0;
    fprintf(stderr,
            "edit-flood: a process may open %lu files, and %lu are needed: raise the limit, or use "
            "more --processes\n",
            (unsigned long)limit.rlim_cur, need);
    return -1;
}

static void handle_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND | SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A child ignores Ctrl-C: the parent asks it to stop. It ends with the parent. */
static void become_child(pid_t parent)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

static int run_processes(struct ledger *ledger, struct pattern *pattern)
{
    if (options.processes == 1)
        return flood_run(&options, shared, ledger, pattern, 0, progress);
    pid_t parent = getpid();
    unsigned running = 0;
    for (unsigned i = 0; i < options.processes; i++) {
        pid_t child = fork();
        if (child == 0) {
            become_child(parent);
            int result = flood_run(&options, shared, ledger, pattern, i, NULL);
            pattern_destroy(pattern);
            ledger_destroy(ledger);
            exit(result == 0 ? 0 : 1);
        }
        if (child < 0) {
            fprintf(stderr, "edit-flood: cannot start a process: %s\n", strerror(errno));
            atomic_store(&shared->stop, true);
            break;
        }
        running++;
    }
    int result = running == options.processes ? 0 : -1;
    while (running > 0) {
        int status;
        pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended > 0) {
            running--;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                result = -1;
                atomic_store(&shared->stop, true);
            }
        } else if (ended < 0 && errno != EINTR) {
            break;
        }
        usleep(50 * 1000);
        progress(clock_now_us());
    }
    return result;
}

static int write_json(const struct stats *stats)
{
    bool to_stdout = strcmp(options.json, "-") == 0;
    FILE *out = to_stdout ? stdout : fopen(options.json, "w");
    int result = out ? report_json(out, &options, shared, stats) : -1;
    if (out && !to_stdout && fclose(out) != 0)
        result = -1;
    if (result != 0)
        fprintf(stderr, "edit-flood: %s: %s\n", options.json, strerror(errno));
    return result;
}

/* Report, and what the exit status is to be. */
static int report(int result, const struct pattern *pattern)
{
    static struct stats all;
    bool crashed = false;
    for (unsigned i = 0; i < options.processes; i++) {
        stats_merge(&all, &shared->stats[i]);
        crashed |= !shared->stats[i].finished;
    }
    report_progress_end();
    bool json_to_stdout = options.json && strcmp(options.json, "-") == 0;
    report_text(json_to_stdout ? stderr : stdout, &options, &all, pattern_note(pattern));
    if (options.json && write_json(&all) != 0)
        result = -1;
    if (stats_faults(&all) > 0)
        return EXIT_FAULTS;
    if (stat_get(&all, gave_up) > 0) {
        fprintf(stderr, "edit-flood: could not connect: %s\n", all.connect_error);
        return EXIT_CONNECT;
    }
    if (crashed)
        fprintf(stderr, "edit-flood: a process of the flood has crashed\n");
    return result == 0 && !crashed ? 0 : EXIT_FAULTS;
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    switch (options_parse(&options, argc, argv)) {
    case OPTIONS_RUN:
        break;
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_BAD:
        return EXIT_USAGE;
    }
    if (canvases_ask(&options) != 0 || people_ask(&options) != 0)
        return EXIT_CONNECT;
    if (raise_limit() != 0)
        return EXIT_USAGE;
    struct pattern *pattern = pattern_create(&options.pattern);
    if (!pattern)
        return EXIT_USAGE;
    struct ledger *ledger = ledger_create(options.processes > 1);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = EXIT_FAULTS;
    if (ledger && shared != MAP_FAILED) {
        shared->begun_us = clock_now_us();
        handle_signals();
        status = report(run_processes(ledger, pattern), pattern);
    } else {
        fprintf(stderr, "edit-flood: out of memory\n");
    }
    ledger_destroy(ledger);
    pattern_destroy(pattern);
    people_destroy(options.people);
    return status;
}
