// SPDX-License-Identifier: GPL-3.0-or-later
// phutaid: options and wiring.
#include <getopt.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/log.h"
#include "daemon/output.h"
#include "daemon/service.h"
#include "daemon/supervise.h"

struct options {
    char *config, *port_file;
    bool check;
};

static const char help[] =
    "usage: phutaid --config FILE [OPTION]...\n"
    "\n"
    "Takes readings in, forecasts, and delivers the forecasts. Runs in the foreground.\n"
    "\n"
    "  --config FILE      what to do (phutai --print-config sample shows every key)\n"
    "  --check-config     tells every fault of the configuration, and ends\n"
    "  --port-file FILE   writes the port that it listens at there, once it does\n"
    "\n"
    "SIGHUP reads the configuration again, SIGTERM and SIGINT end it in order.\n";

// -1 to go on, or the status to end with.
static int read_options(int argc, char **argv, struct options *ret)
{
    enum { CHECK = 1, PORT_FILE };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"check-config", no_argument, NULL, CHECK},
                                          {"port-file", required_argument, NULL, PORT_FILE},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            ret->config = optarg;
            break;
        case CHECK:
            ret->check = true;
            break;
        case PORT_FILE:
            ret->port_file = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return COMMAND_DONE;
        default:
            return COMMAND_USAGE;
        }
    if (ret->config && optind == argc)
        return -1;
    fputs(help, stderr);
    return COMMAND_USAGE;
}

static bool write_port(const char *path, unsigned port)
{
    struct output output;
    if (!path)
        return true;
    if (!output_open(&output, path))
        return false;
    fprintf(output.file, "%u\n", port);
    return output_finish(&output);
}

static int run(const struct options *options, sd_event *event)
{
    char error[256];
    struct config *config = supervise_read_config(options->config);
    if (!config)
        return COMMAND_FAILED;
    struct service *service = service_new(event, config, error);
    if (!service) {
        log_error("%s", error);
        return COMMAND_FAILED;
    }
    int status = COMMAND_FAILED;
    struct supervise *supervise = supervise_new(event, service, options->config);
    log_notice("listening at port %u", service_port(service));
    if (supervise && write_port(options->port_file, service_port(service))) {
        supervise_ready();
        status = sd_event_loop(event) < 0 ? COMMAND_FAILED : COMMAND_DONE;
    }
    supervise_free(supervise);
    // A thread that could not be waited for must not see the process tidied up around it.
    if (!service_free(service))
        _exit(status);
    return status;
}

// OpenBLAS starts threads of its own before main(), and a signal that one of them gets ends the
// process. None can be kept from it any more; so the program begins anew, without them.
static void begin_without_blas_threads(char **argv)
{
    static const char name[] = "OPENBLAS_NUM_THREADS";
    const char *threads = getenv(name);
    if (threads && !strcmp(threads, "1"))
        return;
    if (!setenv(name, "1", 1))
        execv("/proc/self/exe", argv);
    log_warning("%s=1 cannot be set and phutaid run again: a signal may end it at once", name);
}

int main(int argc, char **argv)
{
    begin_without_blas_threads(argv);
    struct options options = {0};
    int status = read_options(argc, argv, &options);
    if (status >= 0)
        return status;
    if (options.check)
        return cmd_check_config(2, (char *[]){argv[0], options.config});
    gsl_set_error_handler_off();
    (void)cores_count();
    supervise_block_signals();
    signal(SIGPIPE, SIG_IGN);
    sd_event *event;
    if (sd_event_default(&event) < 0) {
        log_error("no event loop can be had");
        return COMMAND_FAILED;
    }
    status = run(&options, event);
    sd_event_unref(event);
    return status;
}
