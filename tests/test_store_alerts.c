// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts in the store: every field kept, the history in order, mutes that begin and end.
#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "daemon/store_alerts.h"
#include "tests/store_folder.h"

enum { NOW = 1714500000 };

// Each number another one, so that no two can change places unseen.
static struct store_alert made_alert(const char *rule, const char *subject)
{
    return (struct store_alert){
        .rule = rule,
        .subject = subject,
        .alert = {.level = ALERT_EMERGENCY,
                  .seen = ALERT_WATCH,
                  .rising = {0, 11, 12, 13},
                  .falling = {0, 14, 15, 16},
                  .since = NOW - 1,
                  .changed = NOW - 2,
                  .looked = NOW - 3,
                  .flips = 0x1FFFFF,
                  .flapping = true,
                  .told = ALERT_EXTREME,
                  .told_at = NOW - 4,
                  .acked = ALERT_EMERGENCY,
                  .acked_until = INT64_MAX},
        .value = 0.625,
        .limit = 47.5,
        .group = "Quang Châu 110 kV",
        .day = CONFIG_NO_DAY,
        .title_vi = "khẩn cấp",
        .text_vi = "văn bản",
        .title_en = "emergency",
        .text_en = "text",
        .ack_by = "Lan",
        .ack_note = "đang xử lý",
        .quiet = true,
        .ended = ALERT_WATCH,
        .ended_at = NOW - 5,
    };
}

struct seen {
    size_t n;
    char order[256]; // "rule/subject ..."
    bool stop;       // after the first
    const struct store_alert *expected;
};

static void assert_same_state(const struct alert *a, const struct alert *b)
{
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->seen, b->seen);
    assert_memory_equal(a->rising, b->rising, sizeof a->rising);
    assert_memory_equal(a->falling, b->falling, sizeof a->falling);
    assert_true(a->since == b->since && a->changed == b->changed && a->looked == b->looked);
    assert_int_equal(a->flips, b->flips);
    assert_int_equal(a->flapping, b->flapping);
    assert_int_equal(a->told, b->told);
    assert_true(a->told_at == b->told_at);
    assert_int_equal(a->acked, b->acked);
    assert_true(a->acked_until == b->acked_until);
}

static void assert_same(const struct store_alert *a, const struct store_alert *b)
{
    assert_string_equal(a->rule, b->rule);
    assert_string_equal(a->subject, b->subject);
    assert_same_state(&a->alert, &b->alert);
    assert_true(isnan(b->value) ? isnan(a->value) : a->value == b->value);
    assert_true(isnan(b->limit) ? isnan(a->limit) : a->limit == b->limit);
    assert_string_equal(a->group, b->group);
    assert_true(a->day == b->day);
    assert_string_equal(a->title_vi, b->title_vi);
    assert_string_equal(a->text_vi, b->text_vi);
    assert_string_equal(a->title_en, b->title_en);
    assert_string_equal(a->text_en, b->text_en);
    assert_string_equal(a->ack_by, b->ack_by);
    assert_string_equal(a->ack_note, b->ack_note);
    assert_int_equal(a->quiet, b->quiet);
    assert_int_equal(a->ended, b->ended);
    assert_true(a->ended_at == b->ended_at);
}

static bool see(void *context, const struct store_alert *alert)
{
    struct seen *seen = context;
    char *end = seen->order + strlen(seen->order);
    snprintf(end, sizeof seen->order - strlen(seen->order), "%s%s/%s", seen->n ? " " : "",
             alert->rule, alert->subject);
    seen->n++;
    if (seen->expected)
        assert_same(alert, seen->expected);
    return !seen->stop;
}

static void assert_order(struct store *store, const char *rule, const char *subject,
                         const char *expected)
{
    struct seen seen = {0};
    assert_true(store_each_alert(store, rule, subject, see, &seen));
    assert_string_equal(seen.order, expected);
}

static void put(struct store *store, const struct store_alert *alert)
{
    assert_true(store_begin(store));
    assert_true(store_put_alert(store, alert));
    assert_true(store_commit(store));
}

static void every_field_of_an_alert_is_kept(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct store_alert alert = made_alert("week", "quang-chau");
    put(store, &alert);
    store_close(store);
    store = store_folder_open(STORE_READ);
    struct seen seen = {.expected = &alert};
    assert_true(store_each_alert(store, NULL, NULL, see, &seen));
    assert_int_equal(seen.n, 1);
    store_close(store);
    // Put again it is replaced, and every other value is kept as well.
    store = store_folder_open(STORE_WRITE);
    alert = (struct store_alert){.rule = "week",
                                 .subject = "quang-chau",
                                 .value = (double)NAN,
                                 .limit = (double)NAN,
                                 .group = "",
                                 .day = 19844,
                                 .title_vi = "",
                                 .text_vi = "",
                                 .title_en = "",
                                 .text_en = "",
                                 .ack_by = "",
                                 .ack_note = ""};
    put(store, &alert);
    seen = (struct seen){.expected = &alert};
    assert_true(store_each_alert(store, NULL, NULL, see, &seen));
    assert_int_equal(seen.n, 1);
    store_close(store);
}

static void alerts_are_found_and_deleted_by_name(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"week", "yen-lu"}, {"load", "yen-lu"}, {"week", "total"}, {"load", "phuc-son"}};
    struct store *store = store_folder_open(STORE_WRITE);
    for (size_t i = 0; i < 4; i++) {
        const struct store_alert alert = made_alert(names[i][0], names[i][1]);
        put(store, &alert);
    }
    assert_order(store, NULL, NULL, "load/phuc-son load/yen-lu week/total week/yen-lu");
    assert_order(store, "week", NULL, "week/total week/yen-lu");
    assert_order(store, NULL, "yen-lu", "load/yen-lu week/yen-lu");
    assert_order(store, "load", "yen-lu", "load/yen-lu");
    assert_order(store, "load", "total", "");
    struct seen seen = {.stop = true};
    assert_true(store_each_alert(store, NULL, NULL, see, &seen));
    assert_int_equal(seen.n, 1);
    assert_true(store_begin(store));
    assert_true(store_delete_alert(store, "week", "yen-lu"));
    assert_true(store_delete_alert(store, "week", "nowhere"));
    assert_true(store_commit(store));
    assert_order(store, NULL, NULL, "load/phuc-son load/yen-lu week/total");
    // What is rolled back was never there.
    const struct store_alert alert = made_alert("a", "a");
    assert_true(store_begin(store));
    assert_true(store_put_alert(store, &alert));
    store_rollback(store);
    assert_order(store, "a", NULL, "");
    store_close(store);
}

struct history {
    char lines[2048];
    int64_t last_id;
};

static bool tell(void *context, const struct store_alert_event *event)
{
    struct history *history = context;
    char *end = history->lines + strlen(history->lines);
    assert_true(event->id > history->last_id);
    history->last_id = event->id;
    snprintf(end, sizeof history->lines - strlen(history->lines),
             "%d %s %s %s %s %g %g %s|%s|%s|%s\n", (int)(event->time - NOW), event->rule,
             event->subject, event->what, alert_level_name(event->level), event->value,
             event->limit, event->text_vi, event->text_en, event->by, event->note);
    return true;
}

static void the_history_is_in_order(void **state)
{
    (void)state;
    static const struct store_alert_event events[] = {
        {.time = NOW,
         .rule = "week",
         .subject = "yen-lu",
         .what = "fired",
         .level = ALERT_WATCH,
         .value = 0.5,
         .limit = 90,
         .text_vi = "v",
         .text_en = "e",
         .by = "",
         .note = ""},
        // A clock that was set back does not change what came after what.
        {.time = NOW - 5,
         .rule = "week",
         .subject = "yen-lu",
         .what = "acknowledged",
         .level = ALERT_WATCH,
         .value = (double)NAN,
         .limit = (double)NAN,
         .text_vi = "",
         .text_en = "",
         .by = "Lan",
         .note = "n"},
        {.time = NOW + 9,
         .rule = "load",
         .subject = "a",
         .what = "resolved",
         .level = ALERT_EXTREME,
         .value = -1,
         .limit = 2,
         .text_vi = "",
         .text_en = "",
         .by = "",
         .note = ""},
    };
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (size_t i = 0; i < 3; i++)
        assert_true(store_put_alert_event(store, &events[i]));
    assert_true(store_commit(store));
    store_close(store);
    store = store_folder_open(STORE_READ);
    struct history history = {0};
    assert_true(store_each_alert_event(store, INT64_MIN, INT64_MAX, tell, &history));
    assert_string_equal(history.lines, "0 week yen-lu fired watch 0.5 90 v|e||\n"
                                       "-5 week yen-lu acknowledged watch nan nan ||Lan|n\n"
                                       "9 load a resolved extreme -1 2 |||\n");
    history = (struct history){0};
    assert_true(store_each_alert_event(store, NOW, NOW + 9, tell, &history));
    assert_string_equal(history.lines, "0 week yen-lu fired watch 0.5 90 v|e||\n");
    store_close(store);
}

static bool count_mute(void *context, const struct store_mute *mute)
{
    char *all = context;
    snprintf(all + strlen(all), 512 - strlen(all), "%d:%s/%s %d to %s by %s %s\n", (int)mute->id,
             mute->rule, mute->subject, (int)(mute->from - NOW),
             mute->until == INT64_MAX    ? "ever"
             : mute->until == NOW + 3600 ? "+1h"
                                         : "?",
             mute->by, mute->note);
    return true;
}

static void assert_mutes(struct store *store, int64_t now, const char *expected)
{
    char all[512] = "";
    assert_true(store_each_mute(store, now, count_mute, all));
    assert_string_equal(all, expected);
}

static bool end_mute(struct store *store, int64_t id, int64_t now)
{
    bool found = false;
    assert_true(store_begin(store));
    assert_true(store_end_mute(store, id, now, &found));
    assert_true(store_commit(store));
    return found;
}

static void mutes_begin_and_end(void **state)
{
    (void)state;
    const struct store_mute mutes[] = {
        {.rule = "week",
         .subject = NULL,
         .from = NOW,
         .until = NOW + 3600,
         .by = "Lan",
         .note = "bảo trì"},
        {.rule = NULL,
         .subject = "yen-lu",
         .from = NOW + 60,
         .until = INT64_MAX,
         .by = "Minh",
         .note = ""},
    };
    int64_t ids[2];
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (size_t i = 0; i < 2; i++)
        assert_true(store_put_mute(store, &mutes[i], &ids[i]));
    assert_true(store_commit(store));
    assert_true(ids[0] == 1 && ids[1] == 2);
    assert_mutes(store, NOW, "1:week/ 0 to +1h by Lan bảo trì\n2:/yen-lu 60 to ever by Minh \n");
    assert_mutes(store, NOW + 3600, "2:/yen-lu 60 to ever by Minh \n");
    assert_false(end_mute(store, 3, NOW));
    assert_false(end_mute(store, 1, NOW + 3600)); // was over already
    assert_true(end_mute(store, 2, NOW + 100));
    assert_false(end_mute(store, 2, NOW + 200));
    assert_mutes(store, NOW + 99,
                 "1:week/ 0 to +1h by Lan bảo trì\n"
                 "2:/yen-lu 60 to ? by Minh \n");
    assert_mutes(store, NOW + 100, "1:week/ 0 to +1h by Lan bảo trì\n");
    store_close(store);
}

static void run(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void assert_empty(struct store *store)
{
    struct history history = {0};
    assert_order(store, NULL, NULL, "");
    assert_true(store_each_alert_event(store, INT64_MIN, INT64_MAX, tell, &history));
    assert_string_equal(history.lines, "");
    assert_mutes(store, INT64_MIN, "");
}

static void a_store_of_before_is_empty(void **state)
{
    (void)state;
    store_close(store_folder_open(STORE_WRITE));
    run("DROP TABLE alert; DROP TABLE alert_event; DROP TABLE alert_mute");
    struct store *store = store_folder_open(STORE_READ);
    assert_empty(store);
    store_close(store);
    // Who may write makes the tables.
    store = store_folder_open(STORE_WRITE);
    assert_empty(store);
    const struct store_alert alert = made_alert("week", "a");
    put(store, &alert);
    assert_order(store, NULL, NULL, "week/a");
    store_close(store);
}

static void who_only_reads_changes_nothing(void **state)
{
    (void)state;
    store_close(store_folder_open(STORE_WRITE));
    struct store *store = store_folder_open(STORE_READ);
    const struct store_alert alert = made_alert("week", "a");
    const struct store_mute mute = {.from = NOW, .until = NOW + 1, .by = "", .note = ""};
    int64_t id;
    if (store_begin(store)) {
        assert_false(store_put_alert(store, &alert));
        assert_false(store_put_mute(store, &mute, &id));
        store_rollback(store);
    }
    assert_empty(store);
    store_close(store);
}

static void a_level_that_is_none_is_damage(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    const struct store_alert alert = made_alert("week", "a");
    put(store, &alert);
    run("UPDATE alert SET told = 4");
    struct seen seen = {0};
    assert_false(store_each_alert(store, NULL, NULL, see, &seen));
    assert_int_equal(seen.n, 0);
    assert_non_null(strstr(store_error(store), "an alert in it is damaged"));
    run("UPDATE alert SET told = 3");
    assert_order(store, NULL, NULL, "week/a");
    store_close(store);
}

static struct CMUnitTest in_folder(const char *name, CMUnitTestFunction test)
{
    return (struct CMUnitTest){.name = name,
                               .test_func = test,
                               .setup_func = store_folder_enter,
                               .teardown_func = store_folder_leave};
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder("every field of an alert is kept", every_field_of_an_alert_is_kept),
        in_folder("alerts are found and deleted by name", alerts_are_found_and_deleted_by_name),
        in_folder("the history is in order", the_history_is_in_order),
        in_folder("mutes begin and end", mutes_begin_and_end),
        in_folder("a store of before is empty", a_store_of_before_is_empty),
        in_folder("who only reads changes nothing", who_only_reads_changes_nothing),
        in_folder("a level that is none is damage", a_level_that_is_none_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
