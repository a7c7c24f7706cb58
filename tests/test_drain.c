// SPDX-License-Identifier: GPL-3.0-or-later
// After an outage: what has waited, within its bound, goes to a real InfluxDB at full speed, while
// readings come in and forecasts are made on time. PHUTAI_DRAIN_DAYS makes the outage longer than
// the three hours that a test takes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/pieces.h"
#include "daemon/points.h"
#include "daemon/service.h"
#include "daemon/store.h"
#include "daemon/store_outbox.h"
#include "tests/loop.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

// 2024-03-12T00:00+07:00.
static const int64_t start = 1710176400;
enum {
    STEP_S = 1800,
    DAY_STEPS = 48,
    WEEKS_STEPS = 28 * DAY_STEPS,
    ZONES = 12,
    AHEAD = 336,
    BATCH_LINES = 5000
};

struct drain {
    void *folder;
    sd_event *event;
    struct service *service;
    pid_t influxd;
    unsigned port;
    int64_t next;                 // reading
    double worst_gap_ms, last_ms; // of the loop's thread, between two looks
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + (double)now.tv_nsec / 1e6;
}

// Processor time so far, of this process or of the thread that runs the loop: the machine may have
// other work.
static double cpu_s(clockid_t whose)
{
    struct timespec now;
    clock_gettime(whose, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    getsockname(fd, (struct sockaddr *)&address, &length);
    close(fd);
    return ntohs(address.sin_port);
}

static void set_address(const char *name, unsigned port)
{
    char text[64];
    snprintf(text, sizeof text, "127.0.0.1:%u", port);
    setenv(name, text, 1);
}

// Processor time of another process so far.
static double cpu_of(pid_t pid)
{
    char path[64];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file,
                            "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                            &user, &system),
                     2);
    fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void start_influxd(struct drain *drain)
{
    drain->port = free_port();
    drain->influxd = fork();
    assert_true(drain->influxd >= 0);
    if (drain->influxd > 0)
        return;
    set_address("INFLUXDB_HTTP_BIND_ADDRESS", drain->port);
    set_address("INFLUXDB_BIND_ADDRESS", free_port());
    setenv("INFLUXDB_META_DIR", "influx/meta", 1);
    setenv("INFLUXDB_DATA_DIR", "influx/data", 1);
    setenv("INFLUXDB_DATA_WAL_DIR", "influx/wal", 1);
    setenv("INFLUXDB_REPORTING_ENABLED", "false", 1);
    setenv("INFLUXDB_MONITOR_STORE_ENABLED", "false", 1);
    if (!freopen("influx.log", "w", stderr) || !freopen("influx.log", "w", stdout))
        _exit(127);
    execlp("influxd", "influxd", "-config", "/dev/null", (char *)NULL);
    _exit(127);
}

static int enter(void **state)
{
    struct drain *drain = calloc(1, sizeof *drain);
    *state = drain;
    drain->event = loop_new();
    if (site_folder_enter(&drain->folder))
        return -1;
    FILE *zones = fopen("zones.csv", "w");
    fputs("id,name\n", zones);
    for (int k = 0; k < ZONES; k++)
        fprintf(zones, "zone-%d,Zone\n", k);
    return fclose(zones);
}

static int leave(void **state)
{
    struct drain *drain = *state;
    if (drain->service) {
        service_stop(drain->service);
        assert_true(sd_event_loop(drain->event) >= 0);
        assert_true(service_free(drain->service));
    }
    if (drain->influxd) {
        kill(drain->influxd, SIGTERM);
        waitpid(drain->influxd, NULL, 0);
    }
    sd_event_unref(drain->event);
    int status = site_folder_leave(&drain->folder);
    free(drain);
    return status;
}

static double load(int64_t i)
{
    return 23.85 + 7.1 * sin((double)(i % DAY_STEPS) / DAY_STEPS * 6.2831853) +
           (double)(i * 37 % 11) / 5;
}

static void put_readings(struct store *store)
{
    char id[16];
    assert_true(store_begin(store));
    for (int k = 0; k < ZONES; k++)
        for (int64_t i = 0; i < WEEKS_STEPS; i++) {
            snprintf(id, sizeof id, "zone-%d", k);
            assert_true(store_put_reading(store, id, "", start + i * STEP_S, load(i)) !=
                        STORE_FAILED);
        }
    assert_true(store_commit(store));
}

// What one round leaves: the forecasts of all zones, in batches as the engine cuts them.
static void put_round(struct store *store, struct buffer *body, int64_t issue, int64_t now)
{
    char id[16];
    struct forecast forecast;
    struct pieces pieces;
    assert_true(forecast_init(&forecast, issue, STEP_S, AHEAD, POINTS_LEVELS, points_levels));
    forecast.issue = issue;
    buffer_clear(body);
    for (int k = 0; k < ZONES; k++) {
        snprintf(id, sizeof id, "zone-%d", k);
        for (int i = 0; i < AHEAD; i++) {
            forecast.mean[i] = load(i + k) + 1e-6 * (double)(issue % 999983);
            for (int q = 0; q < POINTS_LEVELS; q++)
                forecast.quantile[i * POINTS_LEVELS + q] = forecast.mean[i] + 0.237 * (q - 9);
        }
        const struct points_zone points = {id, 30, false, INT64_MAX};
        points_forecast(body, &points, &forecast, 0, AHEAD);
    }
    pieces_init(&pieces, body->data, body->length);
    for (pieces_cut(&pieces, BATCH_LINES); pieces.lines; pieces_cut(&pieces, BATCH_LINES)) {
        assert_true(store_outbox_push(store, "local", now, pieces.body + pieces.at,
                                      pieces.end - pieces.at));
        pieces_skip(&pieces);
    }
    forecast_done(&forecast);
}

// An outage in fake time, each round within its transaction and the bound.
static struct store_outbox_state fill(struct store *store, int rounds, int64_t bytes_max)
{
    struct buffer body;
    int64_t now = time(NULL) - (int64_t)rounds * STEP_S;
    int64_t issue = start + (int64_t)WEEKS_STEPS * STEP_S - (int64_t)rounds * STEP_S;
    struct store_outbox_state state = {0};
    buffer_init(&body, 1 << 24);
    for (int r = 0; r < rounds; r++) {
        assert_true(store_begin(store));
        put_round(store, &body, issue + (int64_t)r * STEP_S, now + (int64_t)r * STEP_S);
        assert_true(store_outbox_bound(store, "local", now + (int64_t)r * STEP_S, bytes_max, 0));
        assert_true(store_commit(store));
        assert_true(store_outbox_state(store, "local", &state, NULL));
        assert_true(state.bytes <= bytes_max);
    }
    buffer_done(&body);
    return state;
}

enum { LOOK_US = 5000 };

static int on_look(sd_event_source *source, uint64_t usec, void *context)
{
    (void)usec;
    struct drain *drain = context;
    double now = 1e3 * cpu_s(CLOCK_THREAD_CPUTIME_ID), gap = now - drain->last_ms;
    if (drain->last_ms > 0 && gap > drain->worst_gap_ms)
        drain->worst_gap_ms = gap;
    drain->last_ms = now;
    sd_event_source_set_time_relative(source, LOOK_US);
    return 0;
}

static void begin_service(struct drain *drain, int64_t bytes_max)
{
    char more[512], error[256] = "";
    snprintf(more, sizeof more,
             "[forecast]\nclock = readings\nevery = 30min\nhorizon = 7d\n[influxdb local]\n"
             "url = http://127.0.0.1:%u\noutbox_bytes = %lldB\nretry_max = 1s\n",
             drain->port, (long long)bytes_max);
    drain->service = service_new(drain->event, site_folder_config(NULL, more), error);
    if (!drain->service)
        fail_msg("%s", error);
}

// One more half hour of readings comes in; how long until its forecasts are there, in ms.
static double round_ms(struct drain *drain)
{
    struct buffer body;
    char status[SERVICE_STATUS_LEN];
    double began = now_ms();
    buffer_init(&body, 1 << 16);
    for (int k = 0; k < ZONES; k++)
        buffer_printf(&body, "load,zone=zone-%d mw=%.3f %lld\n", k, load(drain->next),
                      (long long)(start + drain->next * STEP_S));
    drain->next++;
    struct loop_reply reply = loop_request(drain->event, service_port(drain->service), "POST",
                                           "/write?precision=s", "", body.data, body.length);
    assert_int_equal(reply.status, 204);
    loop_reply_done(&reply);
    buffer_done(&body);
    do {
        loop_run_for(drain->event, 5);
        service_status(drain->service, status);
        assert_true(now_ms() - began < 60000);
    } while (!strstr(status, "last forecast 0 min ago"));
    return now_ms() - began;
}

static double worst(struct drain *drain, int rounds)
{
    double most = 0;
    for (int i = 0; i < rounds; i++)
        most = fmax(most, round_ms(drain));
    return most;
}

static int64_t waiting(struct store *store)
{
    struct store_outbox_state state;
    assert_true(store_outbox_state(store, "local", &state, NULL));
    return state.batches;
}

// The sum of counts of a measurement, asked of InfluxDB.
static int64_t count(struct drain *drain, const char *measurement)
{
    char target[512];
    snprintf(
        target, sizeof target,
        "/query?db=phutai&q=SELECT%%20count(mean)%%20FROM%%20%s%%20WHERE%%20time%%20%%3E%%200%%"
        "20AND%%20time%%20%%3C%%204000000000s",
        measurement);
    struct loop_reply reply = loop_request(drain->event, drain->port, "GET", target, "", NULL, 0);
    const char *at = strstr(reply.body, "\"1970-01-01T00:00:00.000000001Z\",");
    at = at ? at + 33 : strstr(reply.body, "Z\",");
    int64_t n = at ? strtoll(at + (*at == 'Z' ? 3 : 0), NULL, 10) : -1;
    loop_reply_done(&reply);
    return n;
}

static void a_long_outage_is_made_up_for(void **state)
{
    struct drain *drain = *state;
    if (system("command -v influxd >/dev/null")) {
        print_message("# influxd is not installed\n");
        skip();
    }
    const char *days = getenv("PHUTAI_DRAIN_DAYS");
    int rounds = (int)((days ? strtod(days, NULL) : 0.125) * DAY_STEPS);
    struct store *store = store_folder_open(STORE_WRITE);
    put_readings(store);
    // Room for nine tenths of it: 12 zones, 672 lines of some 320 bytes.
    int64_t bytes_max = (int64_t)rounds * ZONES * 672 * 290;
    double began = now_ms(), cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID);
    struct store_outbox_state filled = fill(store, rounds, bytes_max);
    print_message(
        "# %lld lines, %lld MB wait, %lld batches were dropped (%.1f s to fill, %.1f s of "
        "the processor)\n",
        (long long)filled.lines, (long long)filled.bytes / 1000000, (long long)filled.dropped,
        (now_ms() - began) / 1e3, cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    assert_int_equal(filled.lines + filled.dropped_lines, (int64_t)rounds * ZONES * AHEAD * 2);

    drain->next = WEEKS_STEPS;
    start_influxd(drain);
    begin_service(drain, bytes_max);
    sd_event_source *look = NULL;
    sd_event_add_time_relative(drain->event, &look, CLOCK_MONOTONIC, LOOK_US, 1000, on_look, drain);
    sd_event_source_set_enabled(look, SD_EVENT_ON);
    int64_t batches = waiting(store);
    began = now_ms();
    cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID);
    double while_draining = 0, influxd_s = cpu_of(drain->influxd);
    int rounds_made = 0;
    // A round every ten seconds where each half hour would bring one.
    for (double due = 0; waiting(store) > 0; loop_run_for(drain->event, 20)) {
        assert_true(now_ms() - began < 1800e3);
        if (now_ms() < due)
            continue;
        due = now_ms() + 10000;
        while_draining = fmax(while_draining, worst(drain, 1));
        rounds_made++;
    }
    double took_s = (now_ms() - began) / 1e3;
    print_message("# %lld batches in %.1f s: %.0f lines/s, %.1f MB/s; %.1f s of the processor "
                  "here and %.1f s of influxd's; "
                  "the loop was kept %.0f ms at most\n",
                  (long long)batches, took_s, (double)filled.lines / took_s,
                  (double)filled.bytes / took_s / 1e6, cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                  cpu_of(drain->influxd) - influxd_s, drain->worst_gap_ms);
    double idle = worst(drain, 1);
    print_message("# %d rounds of forecasts meanwhile, each there within %.0f ms of its readings; "
                  "%.0f ms with nothing to drain\n",
                  rounds_made, while_draining, idle);
    sd_event_source_disable_unref(look);
    loop_run_for(drain->event, 500);
    assert_true(count(drain, "load_forecast_issued") >= filled.lines / 2);
    store_close(store);
    assert_true(rounds_made >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_outage_is_made_up_for, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
