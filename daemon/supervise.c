// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/supervise.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "daemon/log.h"

enum { SECOND_US = 1000000 };

struct supervise {
    struct service *service;
    const char *config_path;
    sd_event_source *term, *interrupt, *hangup, *second;
    char status[SERVICE_STATUS_LEN];
};

void supervise_block_signals(void)
{
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGINT);
    sigaddset(&handled, SIGHUP);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a file that may not grow is a full disk, not an end
}

struct config *supervise_read_config(const char *path)
{
    struct config_errors errors;
    struct config *config = config_read(path, &errors);
    for (size_t i = 0; i < errors.n; i++)
        log_error("%s", errors.text[i]);
    if (!config && !errors.n)
        log_error("%s: out of memory", path);
    config_errors_done(&errors);
    return config;
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
    (void)source;
    struct supervise *supervise = context;
    log_notice("%s: ending", strsignal((int)info->ssi_signo));
    sd_notify(0, "STOPPING=1\nSTATUS=ending");
    service_stop(supervise->service);
    return 0;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
    (void)source, (void)info;
    struct supervise *supervise = context;
    sd_notify(0, "RELOADING=1");
    struct config *config = supervise_read_config(supervise->config_path);
    if (config)
        service_reload(supervise->service, config);
    else
        log_error("reload: %s has faults: the old configuration stays in use",
                  supervise->config_path);
    sd_notify(0, "READY=1");
    return 0;
}

static int on_second(sd_event_source *source, uint64_t usec, void *context)
{
    (void)usec;
    struct supervise *supervise = context;
    char status[SERVICE_STATUS_LEN];
    service_status(supervise->service, status);
    if (strcmp(status, supervise->status)) {
        sd_notifyf(0, "STATUS=%s", status);
        memcpy(supervise->status, status, sizeof status);
    }
    // The loop has turned, and no work is stuck.
    if (service_makes_progress(supervise->service))
        sd_notify(0, "WATCHDOG=1");
    sd_event_source_set_time_relative(source, SECOND_US);
    return 0;
}

static bool add_sources(sd_event *event, struct supervise *supervise)
{
    return sd_event_add_signal(event, &supervise->term, SIGTERM, on_end, supervise) >= 0 &&
           sd_event_add_signal(event, &supervise->interrupt, SIGINT, on_end, supervise) >= 0 &&
           sd_event_add_signal(event, &supervise->hangup, SIGHUP, on_reload, supervise) >= 0 &&
           sd_event_add_time_relative(event, &supervise->second, CLOCK_MONOTONIC, 0, 0, on_second,
                                      supervise) >= 0 &&
           sd_event_source_set_enabled(supervise->second, SD_EVENT_ON) >= 0;
}

struct supervise *supervise_new(sd_event *event, struct service *service, const char *config_path)
{
    struct supervise *supervise = calloc(1, sizeof *supervise);
    if (!supervise)
        return NULL;
    supervise->service = service;
    supervise->config_path = config_path;
    if (add_sources(event, supervise))
        return supervise;
    supervise_free(supervise);
    return NULL;
}

void supervise_free(struct supervise *supervise)
{
    if (!supervise)
        return;
    sd_event_source_disable_unref(supervise->term);
    sd_event_source_disable_unref(supervise->interrupt);
    sd_event_source_disable_unref(supervise->hangup);
    sd_event_source_disable_unref(supervise->second);
    free(supervise);
}

void supervise_ready(void)
{
    sd_notify(0, "READY=1");
}
