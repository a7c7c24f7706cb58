// SPDX-License-Identifier: GPL-3.0-or-later
// An Alertmanager's other side at work on a store of its own, for tests of it.
#ifndef PHUTAI_TESTS_MANAGER_BENCH_H
#define PHUTAI_TESTS_MANAGER_BENCH_H

#include <jansson.h>

#include "daemon/alertmanager.h"
#include "daemon/store_alerts.h"
#include "daemon/store_outbox.h"

struct manager_bench {
    void *folder;
    sd_event *event;
    struct http_client *client;
    struct store *store;
    struct config *config; // site "Bắc Giang", zone yen-lu "Yên Lư", the page http://phutai.example
    struct config_alertmanager target; // named "duty", a turn each second
    int64_t alive_until;               // what it is told; 0 at first
    struct alertmanager *manager;
};

int manager_bench_enter(void **state);
int manager_bench_leave(void **state);

// A second one begins where the first was, as after a restart.
void manager_bench_start(struct manager_bench *bench, const char *url);

int64_t manager_bench_now(void);

// An alert of the rule "peak" for yen-lu that began to fire a minute ago, and that others were told
// of.
struct store_alert manager_bench_alert(enum alert_level told);
void manager_bench_put(struct manager_bench *bench, const struct store_alert *alert);

// The trouble that stands in the store of it, "" for none.
const char *manager_bench_trouble(struct manager_bench *bench);

// The text, number or size at a path of keys and indices, "0.labels.zone"; NULL where there is
// nothing.
json_t *manager_bench_find(json_t *json, const char *path);
void manager_bench_expect(json_t *json, const char *path, const char *wanted);

#endif
