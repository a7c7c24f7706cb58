// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/manager_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/loop.h"
#include "tests/store_folder.h"

int64_t manager_bench_now(void)
{
    return time(NULL);
}

static int64_t alive_until(void *context)
{
    const struct manager_bench *bench = context;
    return bench->alive_until;
}

int manager_bench_enter(void **state)
{
    struct manager_bench *bench = calloc(1, sizeof *bench);
    if (store_folder_enter(&bench->folder))
        return -1;
    bench->event = loop_new();
    bench->client = http_client_new(bench->event);
    bench->store = store_folder_open(STORE_WRITE);
    bench->config = calloc(1, sizeof *bench->config);
    bench->config->site.name = strdup("Bắc Giang");
    bench->config->alerts.link = strdup("http://phutai.example/");
    bench->config->n_zones = 1;
    bench->config->zones = calloc(1, sizeof *bench->config->zones);
    bench->config->zones[0].id = strdup("yen-lu");
    bench->config->zones[0].name = strdup("Yên Lư");
    bench->target =
        (struct config_alertmanager){.name = strdup("duty"), .every_s = 1, .timeout_s = 1};
    *state = bench;
    return 0;
}

int manager_bench_leave(void **state)
{
    struct manager_bench *bench = *state;
    struct config *config = bench->config;
    alertmanager_free(bench->manager);
    http_client_free(bench->client);
    store_close(bench->store);
    sd_event_unref(bench->event);
    char *texts[] = {bench->target.name,       bench->target.url,      config->site.name,
                     config->alerts.link,      config->zones[0].id,    config->zones[0].name,
                     bench->target.token_file, bench->target.username, bench->target.password_file};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(config->zones);
    free(config);
    int status = store_folder_leave(&bench->folder);
    free(bench);
    return status;
}

void manager_bench_start(struct manager_bench *bench, const char *url)
{
    alertmanager_free(bench->manager);
    free(bench->target.url);
    bench->target.url = strdup(url);
    const struct alertmanager_setup setup = {.event = bench->event,
                                             .client = bench->client,
                                             .store = bench->store,
                                             .config = bench->config,
                                             .target = &bench->target,
                                             .alive_until = alive_until,
                                             .context = bench,
                                             .retry_first_ms = 10};
    bench->manager = alertmanager_new(&setup);
    assert_non_null(bench->manager);
}

struct store_alert manager_bench_alert(enum alert_level told)
{
    const int64_t now = manager_bench_now();
    return (struct store_alert){
        .rule = "peak",
        .subject = "yen-lu",
        .alert = {.level = told, .since = now - 60, .told = told, .told_at = now - 60},
        .value = 0.9,
        .limit = 23.85,
        .group = "Quang Châu",
        .day = 19879, // 2024-06-05
        .title_vi = "Khẩn cấp: Yên Lư",
        .text_vi = "Yên Lư vượt 23,85 MW",
        .title_en = "Emergency: Yên Lư",
        .text_en = "Yên Lư passes 23.85 MW",
        .ack_by = "",
        .ack_note = "",
    };
}

void manager_bench_put(struct manager_bench *bench, const struct store_alert *alert)
{
    assert_true(store_begin(bench->store));
    assert_true(store_put_alert(bench->store, alert));
    assert_true(store_commit(bench->store));
}

struct trouble {
    char words[STORE_TROUBLE_LEN];
};

static bool note_trouble(void *context, const struct store_source *source)
{
    struct trouble *trouble = context;
    if (!strcmp(source->name, "alertmanager duty"))
        snprintf(trouble->words, sizeof trouble->words, "%s", source->trouble);
    return true;
}

const char *manager_bench_trouble(struct manager_bench *bench)
{
    static struct trouble trouble;
    *trouble.words = '\0';
    assert_true(store_each_source(bench->store, note_trouble, &trouble));
    return trouble.words;
}

json_t *manager_bench_find(json_t *at, const char *path)
{
    char copy[128], *next = copy;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *step; (step = strsep(&next, "."));)
        at = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
                               : json_object_get(at, step);
    return at;
}

void manager_bench_expect(json_t *json, const char *path, const char *wanted)
{
    const char *text = json_string_value(manager_bench_find(json, path));
    if (!text || strcmp(text, wanted))
        fail_msg("%s: %s instead of %s", path, text ? text : "none", wanted);
}
