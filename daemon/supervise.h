// SPDX-License-Identifier: GPL-3.0-or-later
// Signals in, word to systemd out. SIGTERM and SIGINT stop the service, SIGHUP reads its
// configuration again. Readiness, state in words, and the watchdog go over the notify socket, where
// there is one.
#ifndef PHUTAI_DAEMON_SUPERVISE_H
#define PHUTAI_DAEMON_SUPERVISE_H

#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/service.h"

struct supervise;

// Before any thread is made, so that the signals come to the loop alone. SIGPIPE and SIGXFSZ are
// ignored.
void supervise_block_signals(void);

// Reads a configuration. NULL with every fault logged.
struct config *supervise_read_config(const char *path);

// NULL without memory. All three must outlive it. Signals must be blocked.
struct supervise *supervise_new(sd_event *event, struct service *service, const char *config_path);
void supervise_free(struct supervise *supervise);

// Says that the service can be used.
void supervise_ready(void);

#endif
