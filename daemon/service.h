// SPDX-License-Identifier: GPL-3.0-or-later
// The daemon without its signals: store, engine, worker, HTTP server and sinks on one event loop.
#ifndef PHUTAI_DAEMON_SERVICE_H
#define PHUTAI_DAEMON_SERVICE_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "config/config.h"

struct service;

// Opens the store, fills the engine, binds the port. Takes `config`, whatever comes out. NULL, with
// the reason, where anything of that fails. From then on everything happens on the loop.
struct service *service_new(sd_event *event, struct config *config, char ret_error[static 256]);

unsigned service_port(const struct service *service);

// Takes another configuration, whatever comes out; it counts as soon as no forecast is being made.
// What cannot be taken over without a restart, or at all, is logged, and the old stays.
void service_reload(struct service *service, struct config *config);

// Closes the port, waits a while for the forecast that is being made, then ends the loop with 0.
void service_stop(struct service *service);

// False: a forecast was still being made and had to be left to its thread; the process should end
// without tidying up (_exit). All that was acknowledged is in the store in either case.
bool service_free(struct service *service);

enum { SERVICE_STATUS_LEN = 256 };
// What it holds and how old the last forecast is, in one line.
void service_status(const struct service *service, char ret[static SERVICE_STATUS_LEN]);

// Why something is wrong, or NULL: the store takes nothing, or forecasts do not come about.
const char *service_trouble(const struct service *service);

// False when a forecast has been under way for so long that only a restart can help. Whoever feeds
// a watchdog asks this.
bool service_makes_progress(const struct service *service);

#endif
