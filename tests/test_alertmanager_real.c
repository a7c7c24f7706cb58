// SPDX-License-Identifier: GPL-3.0-or-later
// Against a real Alertmanager, which notifies a webhook of the test: what people would get.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/text.h"
#include "tests/fake_http.h"
#include "tests/loop.h"
#include "tests/manager_bench.h"

static const char program[] = "/usr/bin/prometheus-alertmanager";

struct desk {
    struct manager_bench *bench;
    struct fake_http *hook; // who is notified
    unsigned port;
    char url[64];
    pid_t server;
};

static const struct fake_reply thanks = {.status = 200};

static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void write_configuration(const struct desk *desk, const char *repeat)
{
    FILE *file = fopen("alertmanager.yml", "w");
    fprintf(file,
            "route:\n"
            "  receiver: duty\n"
            "  group_by: [site, substation, day]\n"
            "  group_wait: 1s\n"
            "  group_interval: 1s\n"
            "  repeat_interval: %s\n"
            "  routes:\n"
            "    - matchers: [alertname=PhutaiAlive]\n"
            "      receiver: dead-man\n"
            "receivers:\n"
            "  - name: duty\n"
            "    webhook_configs: [{url: '%s/duty'}]\n"
            "  - name: dead-man\n"
            "    webhook_configs: [{url: '%s/dead-man'}]\n",
            repeat, fake_http_url(desk->hook), fake_http_url(desk->hook));
    fclose(file);
}

static bool listens(void *context)
{
    const struct desk *desk = context;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((in_port_t)desk->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool there = !connect(fd, (struct sockaddr *)&address, sizeof address);
    close(fd);
    return there;
}

static void start_server(struct desk *desk)
{
    char address[64];
    snprintf(address, sizeof address, "--web.listen-address=127.0.0.1:%u", desk->port);
    const char *const arguments[] = {program,
                                     "--config.file=alertmanager.yml",
                                     "--storage.path=alertmanager",
                                     "--cluster.listen-address=",
                                     address,
                                     NULL};
    char *argv[6];
    memcpy(argv, arguments, sizeof argv);
    desk->server = fork();
    if (desk->server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int log = open("alertmanager.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        execv(program, argv);
        _exit(127);
    }
    assert_true(desk->server > 0);
    loop_run_until(desk->bench->event, listens, desk);
}

static void kill_server(struct desk *desk)
{
    if (desk->server <= 0)
        return;
    kill(desk->server, SIGKILL);
    waitpid(desk->server, NULL, 0);
    desk->server = 0;
}

static int enter(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (manager_bench_enter((void **)&desk->bench))
        return -1;
    desk->hook = fake_http_start(1, &thanks);
    desk->port = free_port();
    snprintf(desk->url, sizeof desk->url, "http://127.0.0.1:%u", desk->port);
    *state = desk;
    return 0;
}

static int leave(void **state)
{
    struct desk *desk = *state;
    void *bench = desk->bench;
    kill_server(desk);
    int status = manager_bench_leave(&bench);
    fake_http_stop(desk->hook);
    free(desk);
    return status;
}

static void begin(struct desk *desk, const char *repeat)
{
    if (access(program, X_OK)) {
        print_message("%s is not installed\n", program);
        skip();
    }
    write_configuration(desk, repeat);
    start_server(desk);
    manager_bench_start(desk->bench, desk->url);
}

struct fetched {
    int calls;
    json_t *json;
};

static void on_fetched(void *context, const struct http_answer *answer)
{
    struct fetched *fetched = context;
    fetched->calls++;
    fetched->json = json_loads(answer->body, 0, NULL);
}

// What the server answers; for the caller to free.
static json_t *fetch(struct desk *desk, const char *path)
{
    char url[256];
    struct fetched fetched = {0};
    snprintf(url, sizeof url, "%s%s", desk->url, path);
    const struct http_call call = {
        .url = url, .timeout_s = 5, .answer = on_fetched, .context = &fetched};
    assert_non_null(http_client_get(desk->bench->client, &call));
    loop_run_until_count(desk->bench->event, &fetched.calls, 1);
    assert_true(json_is_array(fetched.json));
    return fetched.json;
}

static bool says(json_t *json, const char *path, const char *wanted)
{
    const char *text = json_string_value(manager_bench_find(json, path));
    return text && !strcmp(text, wanted);
}

// How many silences of that state the server has.
static size_t silences(struct desk *desk, const char *in_state)
{
    json_t *all = fetch(desk, "/api/v2/silences");
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(all); i++)
        n += says(json_array_get(all, i), "status.state", in_state);
    json_decref(all);
    return n;
}

// How many alerts with that label are there in that state, "active" or "suppressed".
static size_t alerts(struct desk *desk, const char *label, const char *value, const char *in_state)
{
    char path[64];
    json_t *all = fetch(desk, "/api/v2/alerts");
    size_t n = 0;
    snprintf(path, sizeof path, "labels.%s", label);
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *alert = json_array_get(all, i);
        n += says(alert, path, value) && says(alert, "status.state", in_state);
    }
    json_decref(all);
    return n;
}

// How often the hook was told of an alert of that level and status, "firing" or "resolved".
static size_t notices(struct desk *desk, const char *severity, const char *status)
{
    size_t n = 0;
    for (size_t i = 0; i < fake_http_requests(desk->hook); i++) {
        json_t *notice = json_loads(fake_http_request(desk->hook, i)->body, 0, NULL);
        json_t *all = json_object_get(notice, "alerts");
        for (size_t k = 0; k < json_array_size(all); k++) {
            json_t *alert = json_array_get(all, k);
            n += says(alert, "labels.severity", severity) && says(alert, "status", status);
        }
        json_decref(notice);
    }
    return n;
}

struct waiting {
    struct desk *desk;
    const char *severity, *status;
    size_t n;
};

static bool has_noticed(void *context)
{
    const struct waiting *waiting = context;
    return notices(waiting->desk, waiting->severity, waiting->status) >= waiting->n;
}

static void wait_for_notice(struct desk *desk, const char *severity, const char *status, size_t n)
{
    struct waiting waiting = {desk, severity, status, n};
    loop_run_until(desk->bench->event, has_noticed, &waiting);
}

static void change(struct desk *desk, const struct store_alert *alert)
{
    manager_bench_put(desk->bench, alert);
    alertmanager_kick(desk->bench->manager);
    loop_run_for(desk->bench->event, 500);
}

static void run_for(struct desk *desk, unsigned ms)
{
    loop_run_for(desk->bench->event, ms);
}

// What the other side is told of next; what it was told before has ended now.
static void tell(struct store_alert *alert, enum alert_level level)
{
    alert->ended = alert->alert.told;
    alert->ended_at = manager_bench_now();
    alert->alert.told = alert->alert.level = level;
    alert->alert.acked = ALERT_NONE;
}

static void acknowledge(struct store_alert *alert)
{
    alert->alert.acked = alert->alert.told;
    alert->alert.acked_until = INT64_MAX;
    alert->ack_by = "An";
}

static void tells_each_change_once(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    manager_bench_put(desk->bench, &alert);
    begin(desk, "24h");
    wait_for_notice(desk, "watch", "firing", 1);
    json_t *notice = json_loads(fake_http_request(desk->hook, 0)->body, 0, NULL);
    manager_bench_expect(notice, "groupLabels.site", "Bắc Giang");
    manager_bench_expect(notice, "groupLabels.substation", "Quang Châu");
    manager_bench_expect(notice, "groupLabels.day", "2024-06-05");
    manager_bench_expect(notice, "alerts.0.annotations.text", "Yên Lư vượt 23,85 MW");
    manager_bench_expect(notice, "alerts.0.generatorURL", "http://phutai.example/");
    json_decref(notice);
    run_for(desk, 3000); // posted again each second
    assert_int_equal(fake_http_requests(desk->hook), 1);
    tell(&alert, ALERT_EMERGENCY);
    change(desk, &alert);
    wait_for_notice(desk, "emergency", "firing", 1);
    assert_int_equal(alerts(desk, "severity", "emergency", "active"), 1);
    assert_int_equal(alerts(desk, "severity", "watch", "active"), 0);
    manager_bench_start(desk->bench, desk->url); // phutaid is started anew
    run_for(desk, 2500);
    tell(&alert, ALERT_NONE);
    change(desk, &alert);
    wait_for_notice(desk, "emergency", "resolved", 1);
    manager_bench_start(desk->bench, desk->url);
    run_for(desk, 3000);
    assert_int_equal(notices(desk, "watch", "resolved"), 1);
    assert_int_equal(notices(desk, "emergency", "resolved"), 1);
    assert_int_equal(alerts(desk, "site", "Bắc Giang", "active"), 0);
    assert_string_equal(manager_bench_trouble(desk->bench), "");
}

static void reminds_until_it_is_acknowledged(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    manager_bench_put(desk->bench, &alert);
    begin(desk, "1s");
    wait_for_notice(desk, "watch", "firing", 3);
    acknowledge(&alert);
    change(desk, &alert);
    const size_t before = notices(desk, "watch", "firing");
    run_for(desk, 4000);
    assert_int_equal(notices(desk, "watch", "firing"), before);
    assert_int_equal(alerts(desk, "severity", "watch", "suppressed"), 1);
    assert_int_equal(silences(desk, "active"), 1);
    alert.alert.acked = ALERT_NONE; // it has run out
    change(desk, &alert);
    assert_int_equal(silences(desk, "active"), 0);
    wait_for_notice(desk, "watch", "firing", before + 1);
    acknowledge(&alert);
    change(desk, &alert);
    tell(&alert, ALERT_EXTREME); // a worse level breaks it
    change(desk, &alert);
    wait_for_notice(desk, "extreme", "firing", 2);
    assert_int_equal(silences(desk, "active"), 0);
    assert_int_equal(notices(desk, "watch", "resolved"), 1);
}

static void resolves_what_is_acknowledged_once(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    manager_bench_put(desk->bench, &alert);
    begin(desk, "24h");
    wait_for_notice(desk, "watch", "firing", 1);
    acknowledge(&alert);
    change(desk, &alert);
    run_for(desk, 1500);
    assert_int_equal(silences(desk, "active"), 1);
    tell(&alert, ALERT_NONE);
    change(desk, &alert);
    wait_for_notice(desk, "watch", "resolved", 1);
    run_for(desk, 3000);
    assert_int_equal(notices(desk, "watch", "firing"), 1);
    assert_int_equal(notices(desk, "watch", "resolved"), 1);
    assert_int_equal(silences(desk, "active"), 0);
}

// The silence of what is muted is renewed in place, and nothing is told twice when it is over.
static void is_quiet_as_long_as_it_is_muted(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    alert.quiet = true;
    manager_bench_put(desk->bench, &alert);
    begin(desk, "24h");
    run_for(desk, 5500);
    assert_int_equal(fake_http_requests(desk->hook), 0);
    json_t *all = fetch(desk, "/api/v2/silences");
    assert_int_equal(json_array_size(all), 1);
    int64_t end;
    int32_t offset;
    assert_true(text_time(json_string_value(manager_bench_find(all, "0.endsAt")), &end, &offset));
    assert_in_range(end - manager_bench_now(), 6, 10);
    json_decref(all);
    alert.quiet = false;
    change(desk, &alert);
    wait_for_notice(desk, "watch", "firing", 1);
    run_for(desk, 2000);
    assert_int_equal(fake_http_requests(desk->hook), 1);
}

static void brings_back_what_a_killed_server_lost(void **state)
{
    struct desk *desk = *state;
    struct store_alert loud = manager_bench_alert(ALERT_WATCH), acked;
    acked = manager_bench_alert(ALERT_EXTREME);
    acked.subject = "total";
    acknowledge(&acked);
    manager_bench_put(desk->bench, &loud);
    manager_bench_put(desk->bench, &acked);
    desk->bench->alive_until = manager_bench_now() + 600;
    begin(desk, "24h");
    wait_for_notice(desk, "watch", "firing", 1);
    for (int round = 0; round < 2; round++) {
        kill_server(desk);
        run_for(desk, 1500);
        assert_string_not_equal(manager_bench_trouble(desk->bench), "");
        start_server(desk);
        run_for(desk, 2500);
        assert_string_equal(manager_bench_trouble(desk->bench), "");
        assert_int_equal(alerts(desk, "severity", "watch", "active"), 1);
        assert_int_equal(alerts(desk, "severity", "extreme", "suppressed"), 1);
        assert_int_equal(alerts(desk, "alertname", "PhutaiAlive", "active"), 1);
        assert_int_equal(silences(desk, "active"), 1);
    }
    assert_int_equal(notices(desk, "extreme", "firing"), 0);
}

static void is_alive_until_it_is_not(void **state)
{
    struct desk *desk = *state;
    desk->bench->alive_until = manager_bench_now() + 8;
    begin(desk, "1s");
    wait_for_notice(desk, "none", "firing", 2);
    assert_non_null(strstr(fake_http_request(desk->hook, 0)->head, "POST /dead-man "));
    assert_int_equal(alerts(desk, "alertname", "PhutaiAlive", "active"), 1);
    desk->bench->alive_until = desk->bench->alive_until + 3; // another forecast
    run_for(desk, 2500);
    assert_int_equal(alerts(desk, "alertname", "PhutaiAlive", "active"), 1);
    wait_for_notice(desk, "none", "resolved", 1);
    assert_true(manager_bench_now() >= desk->bench->alive_until);
    assert_int_equal(alerts(desk, "alertname", "PhutaiAlive", "active"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_each_change_once, enter, leave),
        cmocka_unit_test_setup_teardown(reminds_until_it_is_acknowledged, enter, leave),
        cmocka_unit_test_setup_teardown(resolves_what_is_acknowledged_once, enter, leave),
        cmocka_unit_test_setup_teardown(is_quiet_as_long_as_it_is_muted, enter, leave),
        cmocka_unit_test_setup_teardown(brings_back_what_a_killed_server_lost, enter, leave),
        cmocka_unit_test_setup_teardown(is_alive_until_it_is_not, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
