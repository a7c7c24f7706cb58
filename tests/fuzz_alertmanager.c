// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever an Alertmanager answers when it is asked for its silences and alerts: what is sent
// because of it is whole, every wish is met once, and an end is of an alert that should end.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/alertmanager_silences.h"
#include "tests/fuzz.h"

static const int64_t now = 1717480800;

static struct store_alert alert_of(const char *subject)
{
    return (struct store_alert){.rule = "peak",
                                .subject = subject,
                                .alert = {.level = ALERT_WATCH,
                                          .since = now - 60,
                                          .told = ALERT_WATCH,
                                          .acked = ALERT_WATCH,
                                          .acked_until = now + 3600},
                                .group = "",
                                .day = INT64_MIN,
                                .ended = ALERT_EXTREME,
                                .ended_at = now - 1,
                                .ack_by = "An"};
}

static void check_silences(const struct alertmanager_turn *turn, const char *answer)
{
    const struct store_alert a = alert_of("a"), b = alert_of("b");
    const struct alertmanager_silences silences = {json_array(), json_array()};
    struct alertmanager_silences filled = silences;
    json_t *wanted = json_array();
    assert(alertmanager_silences_want(turn, &a, wanted));
    assert(alertmanager_silences_want(turn, &b, wanted));
    if (alertmanager_silences_compare(turn, wanted, answer, &filled)) {
        for (size_t i = 0; i < json_array_size(silences.ended); i++)
            assert(json_is_string(json_array_get(silences.ended, i)));
        assert(json_array_size(silences.posted) <= 2);
        for (size_t i = 0; i < json_array_size(silences.posted); i++) {
            const json_t *body = json_array_get(silences.posted, i);
            assert(json_array_size(json_object_get(body, "matchers")) == 4);
            assert(json_is_string(json_object_get(body, "endsAt")));
        }
    }
    json_decref(wanted);
    json_decref(silences.ended);
    json_decref(silences.posted);
}

static void check_ends(const struct alertmanager_turn *turn, const char *answer)
{
    const struct store_alert alert = alert_of("a");
    json_t *ends = json_array(), *alerts = json_array();
    assert(alertmanager_post_end(turn, &alert, ends));
    if (alertmanager_post_ends(ends, answer, alerts))
        assert(json_array_size(alerts) <= 1);
    else
        assert(json_array_size(alerts) == 0);
    json_decref(ends);
    json_decref(alerts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config config;
    static char site[] = "s";
    const struct alertmanager_turn turn = {&config, now, 60};
    char *answer = malloc(size + 1);
    assert(answer);
    memcpy(answer, data, size);
    answer[size] = '\0'; // as the client gives it
    config.site.name = site;
    check_silences(&turn, answer);
    check_ends(&turn, answer);
    free(answer);
    return 0;
}
