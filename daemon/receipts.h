// SPDX-License-Identifier: GPL-3.0-or-later
// Acknowledged is not stored: VictoriaMetrics answers 204 and loses the last seconds when it is
// killed. So what it has acknowledged is kept in the outbox for a while, together with the time at
// which that server had started (process_start_time_seconds of its /metrics). Each time that it is
// asked again, batches that another start acknowledged wait anew, and those that this one
// acknowledged long enough ago are gone for good. All of it stands in the store, so that it holds
// through a restart on either side.
//
// Asks while anything is acknowledged, and before anything is sent after the start and after a lost
// connection; never without need.
#ifndef PHUTAI_DAEMON_RECEIPTS_H
#define PHUTAI_DAEMON_RECEIPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/http_client.h"
#include "daemon/store.h"

struct receipts;

// Called from the loop: the server's start is known; it is, and older batches wait again; or it
// could not be asked, for the failure in `words`, and that is tried again later.
enum receipts_news { RECEIPTS_KNOWN, RECEIPTS_AGAIN, RECEIPTS_FAILED };
typedef void receipts_fn(void *context, enum receipts_news news, const char *words);

struct receipts_setup { // all must outlive the receipts
    sd_event *event;
    struct http_client *client;
    struct store *store;
    const struct config_sink *config;
    int64_t retry_first_ms;
    int64_t kept_s;    // how long an acknowledged batch is kept
    int64_t look_ms;   // how often the server is asked meanwhile
    receipts_fn *told; // never called from within the functions below
    void *context;
};

enum { RECEIPTS_KEPT_S = 60, RECEIPTS_LOOK_MS = 20000 };

// NULL without memory. Asks at once where the store holds acknowledged batches.
struct receipts *receipts_new(const struct receipts_setup *setup);
void receipts_free(struct receipts *receipts); // takes NULL

// The start of the server, or NULL where it is not known: then it is asked, and `told` called.
const char *receipts_server(struct receipts *receipts);

// Asks at once where it was put off.
void receipts_wake(struct receipts *receipts);

// A batch was acknowledged, and that stands in the store.
void receipts_acknowledged(struct receipts *receipts);

// The connection was lost, or something else than an answer came: the server may be another one
// when it is back.
void receipts_forget_server(struct receipts *receipts);

// The value of process_start_time_seconds on a page of metrics, as it stands there; "?" where it
// does not.
enum { RECEIPTS_SERVER_LEN = 32 };
void receipts_read_start(const char *page, char ret[static RECEIPTS_SERVER_LEN]);

#endif
