// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "daemon/worker.h"
#include "tests/loop.h"

struct work {
    int number, squared;
    unsigned sleep_us;
    pthread_t thread;
    bool signals_blocked;
    atomic_bool begun, ended;
};

static void square(void *context)
{
    struct work *work = context;
    sigset_t blocked;
    work->begun = true;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    work->signals_blocked = sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGHUP);
    usleep(work->sleep_us);
    work->thread = pthread_self();
    work->squared = work->number * work->number;
    work->ended = true;
}

struct results {
    struct worker *worker;
    int n, sum;
    struct work *next;
};

static void collect(void *context, void *given)
{
    struct results *results = context;
    const struct work *work = given;
    assert_false(worker_busy(results->worker));
    results->n++;
    results->sum += work->squared;
    if (results->next) {
        worker_start(results->worker, results->next);
        results->next = NULL;
    }
}

static void runs_beside_the_loop(void **state)
{
    (void)state;
    sd_event *event = loop_new();
    struct work first = {.number = 7, .sleep_us = 30000}, second = {.number = 13};
    struct results results = {.next = &second};
    results.worker = worker_new(event, square, collect, &results);
    assert_non_null(results.worker);
    assert_int_equal(worker_busy_us(results.worker), 0);
    worker_start(results.worker, &first);
    assert_true(worker_busy(results.worker));
    usleep(2385);
    assert_true(worker_busy_us(results.worker) >= 2385);
    loop_run_until_count(event, &results.n, 2);
    assert_int_equal(results.sum, 49 + 169);
    assert_false(pthread_equal(first.thread, pthread_self()));
    assert_true(first.signals_blocked);
    assert_false(worker_busy(results.worker));
    assert_true(worker_free(results.worker));
    sd_event_unref(event);
}

static void is_freed_while_idle(void **state)
{
    (void)state;
    sd_event *event = loop_new();
    struct results results = {0};
    assert_true(worker_free(worker_new(event, square, collect, &results)));
    assert_true(worker_free(NULL));
    sd_event_unref(event);
}

static void lets_go_of_work_that_does_not_end(void **state)
{
    (void)state;
    // All that the thread may still touch outlives the test.
    static struct work slow = {.number = 3, .sleep_us = 200000};
    static struct worker *abandoned; // reachable, so no leak
    sd_event *event = loop_new();
    struct results results = {0};
    abandoned = results.worker = worker_new(event, square, collect, &results);
    worker_start(results.worker, &slow);
    while (!slow.begun)
        usleep(100);
    assert_false(worker_free(results.worker));
    loop_run_for(event, 20);
    sd_event_unref(event);
    while (!slow.ended)
        usleep(1000);
    usleep(20000);
    assert_int_equal(results.n, 0);
    assert_non_null(abandoned);
}

// Freed right after the start: either the work is not begun at all, or it is let go of and ends.
static void is_freed_at_any_moment(void **state)
{
    (void)state;
    enum { ROUNDS = 200, PATIENCE_MS = 5000 };
    static struct work work[ROUNDS];
    static struct worker *workers[ROUNDS];
    sd_event *event = loop_new();
    struct results results = {0};
    for (int i = 0; i < ROUNDS; i++) {
        workers[i] = results.worker = worker_new(event, square, collect, &results);
        worker_start(results.worker, &work[i]);
        if (i % 2)
            usleep((unsigned)i);
        if (worker_free(results.worker))
            workers[i] = NULL;
        for (int ms = 0; workers[i] && !work[i].ended; ms++) {
            assert_true(ms < PATIENCE_MS);
            usleep(1000);
        }
    }
    sd_event_unref(event);
    assert_int_equal(results.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_beside_the_loop),
        cmocka_unit_test(is_freed_while_idle),
        cmocka_unit_test(is_freed_at_any_moment),
        cmocka_unit_test(lets_go_of_work_that_does_not_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
