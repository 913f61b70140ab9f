/* SPDX-License-Identifier: ISC */
/* test_config: what each source may say, which one wins, and every message for what is wrong. */
#include "cmocka_all.h"
#include "config/config_read.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 40, OUTPUT_BYTES = 8192 };

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_ARGS   ((const char *const[]){NULL})

static char file_path[] = "/tmp/placed-config-XXXXXX";

static int make_file(void **state)
{
    int fd = mkstemp(file_path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    return unlink(file_path);
}

static void write_bytes(const char *bytes, size_t len)
{
    FILE *file = fopen(file_path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_file(const char *text)
{
    write_bytes(text, strlen(text));
}

static enum config_result init(struct config *config, const char *const *args)
{
    char *argv[ARGUMENTS_MAX] = {(char *)(uintptr_t) "placed"};
    int argc = 1;
    for (; *args; args++) {
        assert_true(argc < ARGUMENTS_MAX - 1);
        argv[argc++] = (char *)(uintptr_t)*args;
    }
    return config_read(config, argc, argv);
}

/* config_read in a child of its own, because of the environment and the limit of messages a second:
 * its result, and what it printed on both outputs. environment: NAME=VALUE or NULL. */
static enum config_result outcome(const char *const *args, const char *environment,
                                  char output[OUTPUT_BYTES])
{
    int fd = memfd_create("output", 0), status;
    assert_true(fd >= 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct config config;
        dup2(fd, STDERR_FILENO);
        dup2(fd, STDOUT_FILENO);
        if (environment)
            putenv((char *)(uintptr_t)environment);
        enum config_result result = init(&config, args);
        config_finish(&config);
        fflush(NULL);
        _exit((int)result);
    }
    waitpid(child, &status, 0);
    ssize_t n = pread(fd, output, OUTPUT_BYTES - 1, 0);
    close(fd);
    output[n > 0 ? n : 0] = '\0';
    assert_true(WIFEXITED(status));
    return (enum config_result)WEXITSTATUS(status);
}

/* Exactly this line, and nothing else. FILE in it stands for the file's path. */
static void expect_error(const char *const *args, const char *environment, const char *message)
{
    char output[OUTPUT_BYTES], line[OUTPUT_BYTES] = "placed: error: ";
    enum config_result result = outcome(args, environment, output);
    size_t n = strlen(line);
    if (strncmp(message, "FILE", 4) == 0) {
        n += (size_t)snprintf(line + n, sizeof line - n, "%s", file_path);
        message += 4;
    }
    snprintf(line + n, sizeof line - n, "%s\n", message);
    assert_string_equal(output, line);
    assert_int_equal(result, CONFIG_BAD);
}

static void file_error(const char *text, const char *message)
{
    write_file(text);
    expect_error(ARGS("--config", file_path), NULL, message);
}

static void value_error(const char *option, const char *value, const char *expected)
{
    char name[64], message[1024];
    snprintf(name, sizeof name, "--%s", option);
    snprintf(message, sizeof message, "--%s: \"%s\" is \"%s\", expected %s", option, option, value,
             expected);
    expect_error(ARGS(name, value), NULL, message);
}

static void must_run(struct config *config, const char *const *args)
{
    assert_int_equal(init(config, args), CONFIG_RUN);
}

static void from_file(struct config *config, const char *text)
{
    write_file(text);
    must_run(config, ARGS("--config", file_path));
}

/* ---- good ones ---- */

static void defaults_are_those_of_the_design(void **state)
{
    struct config config;
    must_run(&config, NO_ARGS);
    assert_int_equal(config.n_listen, 1);
    assert_string_equal(config.listen[0].host, "127.0.0.1");
    assert_int_equal(config.listen[0].port, 8080);
    assert_string_equal(config.listen[0].path, "");
    assert_string_equal(config.admin.host, "127.0.0.1");
    assert_int_equal(config.admin.port, 8081);
    assert_int_equal(config.log, LOG_LOCAL);
    assert_null(config.kafka_brokers);
    assert_null(config.kafka_topic);
    assert_int_equal(config.kafka_replication, 1);
    assert_int_equal(config.n_kafka, 0);
    assert_string_equal(config.data, "./placed-data");
    assert_null(config.web);
    assert_null(config.tls_cert);
    assert_null(config.tls_key);
    assert_int_equal(config.n_origins, 0);
    assert_int_equal(config.plane.width, 1);
    assert_int_equal(config.plane.height, 1);
    assert_int_equal(config.threads, 1);
    assert_int_equal(config.batch_ms, 200);
    assert_int_equal(config.tick_ms, 200);
    assert_int_equal(config.checkpoint_seconds, 60);
    assert_int_equal(config.max_connections, 0);
    assert_string_equal(config.energy.name, "free");
    assert_string_equal(config.bot_energy.name, "");
    assert_int_equal(config.network_factor, 16);
    assert_true(config.message_rate_auto);
    assert_false(config.rebuild);
    assert_true(config.history);
    config_finish(&config);
}

static void file_sets_everything(void **state)
{
    struct config config;
    from_file(&config,
              "# comment\n"
              "; comment\n"
              "listen = 0.0.0.0:80, [::]:80 ; both\n"
              "listen = unix:/run/placed.sock\n"
              "admin: unix:/run/admin.sock\n"
              "log=kafka://one:9092,[::1]:9093/some.topic_1-x\n"
              "kafka-replication = 3\n"
              "data = /var/lib/a dir with = and : and #\n"
              "web = /srv/web\n"
              "tls-cert = c.pem\n"
              "tls-key = k.pem\n"
              "plane = 3x2\n"
              "  threads = 64\n" /* indented: not a continuation of the key above */
              "\tbatch-ms = 1\r\n"
              "tick-ms = 10000\n"
              "checkpoint-seconds = 86400\n"
              "max-connections = 1000000\n"
              "origin = https://A.example\n"
              "origin = http://localhost:5173, https://[::1]\n"
              "energy = charges\n"
              "rebuild = yes\n"
              "[kafka]\n"
              "security.protocol = sasl_ssl\n"
              "sasl.password = a=b:c#d;e\n"
              "empty =");
    assert_int_equal(config.n_listen, 3);
    assert_string_equal(config.listen[0].host, "0.0.0.0");
    assert_string_equal(config.listen[1].host, "::");
    assert_int_equal(config.listen[1].port, 80);
    assert_string_equal(config.listen[2].host, "");
    assert_string_equal(config.listen[2].path, "/run/placed.sock");
    assert_string_equal(config.admin.path, "/run/admin.sock");
    assert_int_equal(config.log, LOG_KAFKA);
    assert_string_equal(config.kafka_brokers, "one:9092,[::1]:9093");
    assert_string_equal(config.kafka_topic, "some.topic_1-x");
    assert_int_equal(config.kafka_replication, 3);
    assert_string_equal(config.data, "/var/lib/a dir with = and : and #");
    assert_string_equal(config.web, "/srv/web");
    assert_string_equal(config.tls_cert, "c.pem");
    assert_string_equal(config.tls_key, "k.pem");
    assert_int_equal(config.plane.width, 3);
    assert_int_equal(config.plane.height, 2);
    assert_int_equal(config.threads, 64);
    assert_int_equal(config.batch_ms, 1);
    assert_int_equal(config.tick_ms, 10000);
    assert_int_equal(config.checkpoint_seconds, 86400);
    assert_int_equal(config.max_connections, 1000000);
    assert_int_equal(config.n_origins, 3);
    assert_string_equal(config.origins[0], "https://a.example");
    assert_string_equal(config.origins[2], "https://[::1]");
    assert_string_equal(config.energy.name, "charges");
    assert_true(config.rebuild);
    assert_int_equal(config.n_kafka, 3);
    assert_string_equal(config.kafka[0].name, "security.protocol");
    assert_string_equal(config.kafka[1].value, "a=b:c#d;e");
    assert_string_equal(config.kafka[2].value, "");
    config_finish(&config);
}

static void odd_files_are_fine(void **state)
{
    struct config config;
    from_file(&config, "");
    config_finish(&config);
    from_file(&config,
              "\xef\xbb\xbf"
              "threads = 2"); /* byte order mark, no newline at the end */
    assert_int_equal(config.threads, 2);
    config_finish(&config);
    from_file(&config, "\xef\xbb\xbf[kafka]\r\n\r\n \r\nx=y\r\n");
    assert_string_equal(config.kafka[0].value, "y");
    config_finish(&config);
    char text[6000] = "#";
    memset(text + 1, 'x', 5000); /* a comment may be as long as it likes */
    strcat(text, "\nthreads = 3\n");
    from_file(&config, text);
    assert_int_equal(config.threads, 3);
    config_finish(&config);
}

static void a_unix_socket_has_a_mode_and_a_group(void **state)
{
    struct config config;
    must_run(&config, ARGS("--listen", "unix:/a,mode=0600,group=www-data,127.0.0.1:1", "--listen",
                           "unix:/b", "--admin", "unix:/c,group=7"));
    assert_int_equal(config.n_listen, 3);
    assert_string_equal(config.listen[0].path, "/a");
    assert_int_equal(config.listen[0].mode, 0600);
    assert_string_equal(config.listen[0].group, "www-data");
    assert_string_equal(config.listen[1].host, "127.0.0.1");
    assert_int_equal(config.listen[2].mode, 0660);
    assert_string_equal(config.listen[2].group, "");
    assert_string_equal(config.admin.path, "/c");
    assert_string_equal(config.admin.group, "7");
    config_finish(&config);
    static const char *const bad[] = {
        "mode=0600",           "unix:/a,mode=0680",
        "unix:/a,mode=01000",  "unix:/a,mode=",
        "127.0.0.1:1,mode=0",  "unix:/a,group=",
        "unix:/a,owner=root",  "unix:/a,0600",
        "127.0.0.1:1,group=a", "unix:/a,group=a-name-of-more-than-thirty-two-letters"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        value_error("listen", bad[i], "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]");
        value_error("admin", bad[i], "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]");
    }
    value_error("admin", "127.0.0.1:1,127.0.0.1:2",
                "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]");
}

static void proxies_are_addresses_and_networks(void **state)
{
    struct config config;
    must_run(&config, ARGS("--trust-proxy", "10.0.0.0/8,::1", "--trust-proxy", "192.0.2.7"));
    assert_int_equal(config.n_proxies, 3);
    assert_int_equal(config.proxies[0].bits, 96 + 8);
    assert_int_equal(config.proxies[1].bits, 128);
    assert_int_equal(config.proxies[2].address[15], 7);
    config_finish(&config);
    static const char *const bad[] = {"",          "localhost", "10.0.0.0/33", "10.0.0.0/",
                                      "10.0.0/8",  "::1/129",   "10.0.0.0/+8", "10.0.0.1:80",
                                      "[::1]/128", "unix:/a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        value_error("trust-proxy", bad[i],
                    "an address, or a network such as 192.0.2.0/24 or 2001:db8::/32");
}

static void frame_ancestors_are_one_directive(void **state)
{
    static const char expected[] =
        "sources of a content security policy: 'self', 'none', https://a.example, ...";
    struct config config;
    must_run(&config,
             ARGS("--frame-ancestors", "'self' https://a.example:8443 https://*.b.example"));
    assert_string_equal(config.frame_ancestors,
                        "'self' https://a.example:8443 https://*.b.example");
    config_finish(&config);
    must_run(&config, ARGS("--origin", "null"));
    assert_string_equal(config.frame_ancestors, "'self'");
    assert_string_equal(config.origins[0], "null");
    config_finish(&config);
    value_error("frame-ancestors", "", expected);
    value_error("frame-ancestors", "a; script-src *", expected);
    value_error("frame-ancestors", "a;b", expected);
}

static void template_sources_are_one_directive(void **state)
{
    static const char expected[] =
        "sources of a content security policy: https://a.example, https:, ...";
    struct config config;
    must_run(&config, ARGS("--template-sources", "http://127.0.0.1:8082 https:"));
    assert_string_equal(config.template_sources, "http://127.0.0.1:8082 https:");
    config_finish(&config);
    must_run(&config, ARGS("--origin", "null"));
    assert_null(config.template_sources);
    config_finish(&config);
    value_error("template-sources", "", expected);
    value_error("template-sources", "'none'", expected);
    value_error("template-sources", "a; script-src *", expected);
}

static void flags_take_words(void **state)
{
    static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {"no", "false",
                                                                                "off", "0"};
    struct config config;
    char text[64];
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "rebuild = %s\n", yes[i]);
        from_file(&config, text);
        assert_true(config.rebuild);
        config_finish(&config);
        snprintf(text, sizeof text, "rebuild = %s\n", no[i]);
        from_file(&config, text);
        assert_false(config.rebuild);
        config_finish(&config);
    }
}

static void later_sources_win(void **state)
{
    struct config config;
    write_file(
        "threads = 2\nbatch-ms = 20\ntick-ms = 30\n"
        "listen = 127.0.0.1:1\nlisten = 127.0.0.1:2\norigin = http://file\n"
        "log = kafka://a:1/t\n");
    setenv("PLACED_THREADS", "3", 1);
    setenv("PLACED_BATCH_MS", "40", 1);
    setenv("PLACED_ORIGIN", "http://one,http://two", 1);
    setenv("PLACED_DATA", "", 1); /* empty: not set */
    must_run(&config, ARGS("--config", file_path, "--threads", "4", "--listen=127.0.0.1:3",
                           "--listen", "127.0.0.1:4", "--threads", "5"));
    assert_int_equal(config.threads, 5);   /* command line, and the last of it */
    assert_int_equal(config.batch_ms, 40); /* environment */
    assert_int_equal(config.tick_ms, 30);  /* file */
    assert_string_equal(config.data, "./placed-data");
    assert_int_equal(config.n_listen, 2); /* a later source's list replaces, not adds */
    assert_int_equal(config.listen[0].port, 3);
    assert_int_equal(config.listen[1].port, 4);
    assert_int_equal(config.n_origins, 2);
    assert_string_equal(config.origins[0], "http://one");
    assert_int_equal(config.log, LOG_KAFKA);
    config_finish(&config);

    setenv("PLACED_CONFIG", file_path, 1);
    must_run(&config, ARGS("--log", "local")); /* the file by the environment */
    assert_int_equal(config.tick_ms, 30);
    assert_int_equal(config.log, LOG_LOCAL);
    config_finish(&config);
    setenv("PLACED_CONFIG", "/nonexistent", 1);
    must_run(&config, ARGS("--config", file_path));
    assert_int_equal(config.tick_ms, 30);
    config_finish(&config);
    unsetenv("PLACED_CONFIG");
    unsetenv("PLACED_THREADS");
    unsetenv("PLACED_BATCH_MS");
    unsetenv("PLACED_ORIGIN");
    unsetenv("PLACED_DATA");
}

static void answers_and_is_done(void **state)
{
    char output[OUTPUT_BYTES];
    assert_int_equal(outcome(ARGS("--version"), NULL, output), CONFIG_DONE);
    assert_string_equal(output, "placed " PLACED_VERSION "\n");
    assert_int_equal(outcome(ARGS("--check-config"), NULL, output), CONFIG_DONE);
    assert_string_equal(output, "placed: configuration is fine\n");
    /* --help answers however bad the rest is. */
    assert_int_equal(
        outcome(ARGS("--config", "/nonexistent", "--help"), "PLACED_THREADS=x", output),
        CONFIG_DONE);
    assert_non_null(strstr(output, "--checkpoint-seconds N"));
    assert_non_null(strstr(output, "(127.0.0.1:8080)"));
    static const char *const planes[] = {"",     "3",   "x",     "3x",   "x2",    "0x1",   "1x0",
                                         "-1x1", "3X2", "3x2x1", "3 x2", "33x32", "1025x1"};
    for (size_t i = 0; i < sizeof planes / sizeof *planes; i++) {
        char error[128];
        snprintf(error, sizeof error,
                 "--plane: \"plane\" is \"%s\", expected WxH, for instance 3x2, of 1024 canvases "
                 "at most",
                 planes[i]);
        expect_error(ARGS("--check-config", "--plane", planes[i]), NULL, error);
    }
    expect_error(ARGS("--check-config", "--threads", "0"), NULL,
                 "--threads: \"threads\" is \"0\", expected a number from 1 to 64");
}

static void may_be_called_again(void **state)
{
    struct config config;
    for (int i = 0; i < 3; i++) { /* SIGHUP */
        must_run(&config, ARGS("--threads", "7", "--batch-ms", "9"));
        assert_int_equal(config.threads, 7);
        assert_int_equal(config.batch_ms, 9);
        config_finish(&config);
        config_finish(&config);
    }
}

/* ---- bad ones ---- */

static void unknown_names_are_refused(void **state)
{
    file_error("batchms = 3\n", "FILE:1: key \"batchms\" is unknown (did you mean \"batch-ms\"?)");
    file_error("\n\n  lisen = x\n", "FILE:3: key \"lisen\" is unknown (did you mean \"listen\"?)");
    file_error("colour = red\n", "FILE:1: key \"colour\" is unknown");
    file_error("config = x\n", "FILE:1: key \"config\" is unknown");
    file_error("Threads = 2\n", "FILE:1: key \"Threads\" is unknown (did you mean \"threads\"?)");
    file_error("[kafak]\n\nx = y\n", "FILE:3: section \"kafak\" is unknown, expected \"kafka\"");
    file_error("[kafka]\nthreads = 2\n",
               "FILE:2: key \"threads\" is not for section [kafka]: move it above");
    expect_error(ARGS("--batchms", "3"), NULL,
                 "--batchms: option is unknown (did you mean --batch-ms?)");
    expect_error(ARGS("--confg=x"), NULL, "--confg: option is unknown (did you mean --config?)");
    expect_error(ARGS("--colour"), NULL, "--colour: option is unknown; see placed --help");
    expect_error(ARGS("-x"), NULL, "-x: option is unknown; see placed --help");
    expect_error(ARGS("run"), NULL, "\"run\": an argument that is not expected; see placed --help");
    expect_error(ARGS("--", "run"), NULL,
                 "\"run\": an argument that is not expected; see placed --help");
    expect_error(NO_ARGS, "PLACED_BATCHMS=3",
                 "PLACED_BATCHMS: key \"batchms\" is unknown (did you mean \"batch-ms\"?)");
    expect_error(NO_ARGS, "PLACED_batch_ms=3",
                 "PLACED_batch_ms: key \"batch-ms\" is unknown (did you mean \"batch-ms\"?)");
}

static void foreign_environment_is_only_warned_about(void **state)
{
    char output[OUTPUT_BYTES];
    /* Nor is what is meant for placed-render a slip. */
    assert_int_equal(outcome(ARGS("--check-config"), "PLACED_RENDER_LISTEN=127.0.0.1:0", output),
                     CONFIG_DONE);
    assert_string_equal(output, "placed: configuration is fine\n");
    assert_int_equal(outcome(ARGS("--check-config"), "PLACED_SERVICE_HOST=10.0.0.1", output),
                     CONFIG_DONE);
    assert_string_equal(output,
                        "placed: warning: PLACED_SERVICE_HOST: no such option; ignored\n"
                        "placed: configuration is fine\n");
    assert_int_equal(outcome(ARGS("--check-config"), "PLACED=1", output), CONFIG_DONE);
    assert_string_equal(output, "placed: configuration is fine\n");
}

static void values_missing_or_too_many(void **state)
{
    expect_error(ARGS("--threads"), NULL, "--threads: a value is missing");
    expect_error(ARGS("--rebuild=yes"), NULL, "--rebuild: takes no value");
    expect_error(ARGS("--help=x"), NULL, "--help: takes no value");
    file_error("threads\n", "FILE:1: expected KEY = VALUE or [SECTION]");
    file_error("threads = 1\n[kafka\n", "FILE:2: expected KEY = VALUE or [SECTION]");
    /* Only the first fault is told, whichever kind it is. */
    file_error("rebuild\nbatchms = 1\n", "FILE:1: expected KEY = VALUE or [SECTION]");
    file_error("batchms = 1\nrebuild\n",
               "FILE:1: key \"batchms\" is unknown (did you mean \"batch-ms\"?)");
    file_error("data =\n", "FILE:1: \"data\" is \"\", expected a directory, without quotes");
    file_error("threads = 1\nbatch-ms = 5\nthreads = 2\n",
               "FILE:3: key \"threads\" is set a second time (first on line 1)");
    file_error("[kafka]\na = 1\na = 2\n", "FILE:3: key \"a\" is set a second time");
    file_error("listen = 127.0.0.1:1\n  127.0.0.1:2\n", /* no continuation lines */
               "FILE:2: key \"127.0.0.1\" is unknown");
    file_error(
        "listen = 1.1.1.1:1,1.1.1.1:2,1.1.1.1:3,1.1.1.1:4,1.1.1.1:5,1.1.1.1:6,1.1.1.1:7\n"
        "listen = 1.1.1.1:8\nlisten = 1.1.1.1:9\n",
        "FILE:3: \"listen\" has too many values");
    char text[4000] = "";
    for (int i = 0; i < CONFIG_ORIGIN_MAX + 1; i++)
        strcat(text, "origin = http://a\n");
    file_error(text, "FILE:17: \"origin\" has too many values");
    strcpy(text, "[kafka]\n");
    for (int i = 0; i < CONFIG_KAFKA_MAX + 1; i++)
        sprintf(text + strlen(text), "k%d = v\n", i);
    file_error(text, "FILE:66: section [kafka] has more than 64 keys");
}

static void files_that_are_no_text(void **state)
{
    static const char nul[] = "threads = 1\nbatch-ms = 2\0\n";
    write_bytes(nul, sizeof nul - 1);
    expect_error(ARGS("--config", file_path), NULL, "FILE:2: the line has a NUL byte");
    expect_error(ARGS("--config", "/nonexistent/x"), NULL,
                 "/nonexistent/x: No such file or directory");
    expect_error(ARGS("--config", "/tmp"), NULL, "/tmp: Is a directory");
    expect_error(NO_ARGS, "PLACED_CONFIG=/nonexistent", "/nonexistent: No such file or directory");
    expect_error(ARGS("--config", "/dev/zero"), NULL,
                 "/dev/zero: the file is larger than 1048576 bytes");
}

/* inih reads the end of a line that is too long for it as another line. */
static void overlong_line_is_refused(void **state)
{
    char text[6000] = "threads = 1\ndata = ", output[OUTPUT_BYTES], start[200];
    memset(text + strlen(text), 'x', 5000);
    strcat(text, "\nbatch-ms = 3\n");
    write_file(text);
    assert_int_equal(outcome(ARGS("--config", file_path), NULL, output), CONFIG_BAD);
    snprintf(start, sizeof start, "placed: error: %s:2: the line is longer than ", file_path);
    assert_memory_equal(output, start, strlen(start));
    int limit = atoi(output + strlen(start));
    assert_true(limit >= 190);

    struct config config; /* and the longest that fits is taken whole */
    strcpy(text, "data = ");
    memset(text + 7, 'x', (size_t)limit - 7);
    strcpy(text + limit, "\nthreads = 9\n");
    from_file(&config, text);
    assert_int_equal(strlen(config.data), limit - 7);
    assert_int_equal(config.threads, 9);
    config_finish(&config);
}

static void bad_numbers(void **state)
{
    static const char *const bad[] = {"x",   "",    "-1",        "+1",         "0",    "10001",
                                      "1.5", "0x1", "200ms",     "4294967297", " 1",   "1 ",
                                      "١",   "1e3", "999999999", "1000000000", "true", "1,2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        value_error("batch-ms", bad[i], "a number from 1 to 10000");
        value_error("tick-ms", bad[i], "a number from 1 to 10000");
    }
    value_error("threads", "65", "a number from 1 to 64");
    value_error("checkpoint-seconds", "86401", "a number from 1 to 86400");
    value_error("max-connections", "1000001", "a number from 0 to 1000000");
    value_error("kafka-replication", "0", "a number from 1 to 1000");
    expect_error(NO_ARGS, "PLACED_BATCH_MS=x",
                 "PLACED_BATCH_MS: \"batch-ms\" is \"x\", expected a number from 1 to 10000");
    file_error("batch-ms = x\n",
               "FILE:1: \"batch-ms\" is \"x\", expected a number from 1 to 10000");
    file_error("batch-ms = 200 # as it was\n", /* only ; begins a comment inside a line */
               "FILE:1: \"batch-ms\" is \"200 # as it was\", expected a number from 1 to 10000");
}

static void sizes_take_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"4096", 4096},
                {"512K", UINT64_C(512) << 10},
                {"16m", UINT64_C(16) << 20},
                {"3G", UINT64_C(3) << 30},
                {"64T", UINT64_C(64) << 40}};
    static const char *const bad[] = {"",     "G",   "1.5G",       "-1", "16GB",
                                      "16 G", "65T", "1000000000", "1P"};
    struct config config;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(init(&config, ARGS("--log-space", good[i].text)), CONFIG_RUN);
        assert_int_equal(config.log_space, good[i].bytes);
        config_finish(&config);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        value_error("log-space", bad[i], "a size such as 16G, or 0");
}

static void bad_addresses(void **state)
{
    static const char *const bad[] = {
        "",           "8080",          ":8080",           "localhost:8080", "127.0.0.1",
        "127.0.0.1:", "127.0.0.1:x",   "127.0.0.1:65536", "127.0.0.1:-1",   "::1:8080",
        "[::1]",      "[::1]8080",     "[127.0.0.1]:1",   "[]:1",           "256.0.0.1:1",
        "*:8080",     "unix:",         "1.2.3:80",        "127.0.0.1:80,",  ",127.0.0.1:80",
        "http://a:1", "[fe80::1%lo]:1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        value_error("listen", bad[i], "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]");
    value_error("admin", "nowhere", "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]");
    value_error("admin", "127.0.0.1:1,127.0.0.1:2",
                "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]");
    char path[200] = "unix:/";
    memset(path + 6, 'p', 107); /* with the slash one more than fits */
    value_error("listen", path, "ADDR:PORT or unix:PATH[,mode=MODE][,group=GROUP]");
    path[5 + 107] = '\0';
    struct config config;
    must_run(&config, ARGS("--listen", path, "--listen", "[2001:db8::1]:65535", "--listen",
                           "127.0.0.1:0", "--listen", "127.0.0.1:0"));
    assert_int_equal(strlen(config.listen[0].path), 107);
    assert_string_equal(config.listen[1].host, "2001:db8::1");
    assert_int_equal(config.listen[1].port, 65535);
    config_finish(&config);
}

static void bad_logs(void **state)
{
    static const char *const bad[] = {
        "",
        "Local",
        "memory",
        "kafka://",
        "kafka://a:1",
        "kafka://a:1/",
        "kafka:///t",
        "kafka://a/t",
        "kafka://a:0/t",
        "kafka://a:65536/t",
        "kafka://a:1,/t",
        "kafka://,a:1/t",
        "kafka://a:1,b/t",
        "kafka://a b:1/t",
        "kafka://a:1/t/u",
        "kafka://a:1/t u",
        "kafka://a:1/.",
        "kafka://a:1/..",
        "kafka://a:1/t\xc3\xa9",
        "kafka://::1:9092/t",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        value_error("log", bad[i], "local or kafka://HOST:PORT[,HOST:PORT]/TOPIC");
    char longest[300] = "kafka://a:1/";
    memset(longest + 12, 't', 250);
    value_error("log", longest, "local or kafka://HOST:PORT[,HOST:PORT]/TOPIC");
    longest[12 + 249] = '\0';
    struct config config;
    must_run(&config, ARGS("--log", longest));
    assert_int_equal(strlen(config.kafka_topic), 249);
    config_finish(&config);
}

static void other_bad_values(void **state)
{
    static const char *const origins[] = {"",
                                          "example.org",
                                          "https://",
                                          "http:///",
                                          "https://a/",
                                          "https://a/b",
                                          "https://a b",
                                          "ftp://a",
                                          "https://a,nobody",
                                          "nul",
                                          "*"};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        value_error("origin", origins[i], "http://HOST[:PORT] or https://HOST[:PORT]");
    static const char *const energies[] = {"none", "1/2", "1/2/3", "0/0/0"};
    for (size_t i = 0; i < sizeof energies / sizeof energies[0]; i++)
        value_error(
            "energy", energies[i],
            "free, sephsplace, reddit, charges, pixelplanet, pxls or CAPACITY/BLANK/PAINTED in ms");
    value_error("bot-energy", "human",
                "free, sephsplace, reddit, charges, pixelplanet, pxls or CAPACITY/BLANK/PAINTED in "
                "ms, or same");
    value_error("message-rate", "many", "auto, or a whole number from 0 to 100000");
    value_error("data", "", "a directory, without quotes");
    file_error("data = \"/var/lib\"\n",
               "FILE:1: \"data\" is \"\"/var/lib\"\", expected a directory, without quotes");
    value_error("web", "'x'", "a directory, without quotes");
    value_error("tls-cert", "", "a file, without quotes");
    file_error("rebuild = maybe\n", "FILE:1: \"rebuild\" is \"maybe\", expected yes or no");
    expect_error(NO_ARGS, "PLACED_REBUILD=y",
                 "PLACED_REBUILD: \"rebuild\" is \"y\", expected yes or no");
    /* The terminal is safe from what the file says. */
    file_error("identity = \x1b[31m\n",
               "FILE:1: \"identity\" is \"\\x1b[31m\", expected any, cookie, work or sso");
}

static void keys_that_do_not_fit_together(void **state)
{
    expect_error(ARGS("--tls-cert", "c"), NULL, "--tls-cert: \"tls-cert\" needs \"tls-key\" too");
    file_error("\ntls-key = k\n", "FILE:2: \"tls-key\" needs \"tls-cert\" too");
    expect_error(NO_ARGS, "PLACED_TLS_KEY=k", "PLACED_TLS_KEY: \"tls-key\" needs \"tls-cert\" too");
    expect_error(ARGS("--listen", "127.0.0.1:8081"), NULL,
                 "--listen: \"listen\" and \"admin\" are the same address");
    expect_error(ARGS("--listen", "127.0.0.1:1", "--listen", "127.0.0.1:1"), NULL,
                 "--listen: \"listen\" has an address twice");
    expect_error(ARGS("--listen", "unix:a", "--admin", "unix:a"), NULL,
                 "--listen: \"listen\" and \"admin\" are the same address");
    struct config config; /* the two halves may come from two sources */
    write_file("tls-cert = c\n");
    must_run(&config, ARGS("--config", file_path, "--tls-key", "k"));
    config_finish(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_design),
        cmocka_unit_test(file_sets_everything),
        cmocka_unit_test(odd_files_are_fine),
        cmocka_unit_test(flags_take_words),
        cmocka_unit_test(a_unix_socket_has_a_mode_and_a_group),
        cmocka_unit_test(proxies_are_addresses_and_networks),
        cmocka_unit_test(frame_ancestors_are_one_directive),
        cmocka_unit_test(template_sources_are_one_directive),
        cmocka_unit_test(later_sources_win),
        cmocka_unit_test(answers_and_is_done),
        cmocka_unit_test(may_be_called_again),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(foreign_environment_is_only_warned_about),
        cmocka_unit_test(values_missing_or_too_many),
        cmocka_unit_test(files_that_are_no_text),
        cmocka_unit_test(overlong_line_is_refused),
        cmocka_unit_test(sizes_take_units),
        cmocka_unit_test(bad_numbers),
        cmocka_unit_test(bad_addresses),
        cmocka_unit_test(bad_logs),
        cmocka_unit_test(other_bad_values),
        cmocka_unit_test(keys_that_do_not_fit_together),
    };
    return cmocka_run_group_tests_name("config", tests, make_file, remove_file);
}
