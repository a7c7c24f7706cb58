// SPDX-License-Identifier: GPL-3.0-or-later
// Several processes on one store, some of which are killed.
#include "daemon/store.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/store_folder.h"

enum { BATCH = 50, ROUNDS = 25, COMMITS = 60, OPENERS = 6 };

static void sleep_us(long us)
{
    const struct timespec duration = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&duration, NULL);
}

// One by one, or all at once.
static bool put_batch(struct store *store, int64_t number)
{
    struct store_reading readings[BATCH];
    enum store_put put[BATCH];
    bool good = true;
    for (int i = 0; i < BATCH; i++)
        readings[i] = (struct store_reading){
            .zone = "a", .meter = "", .instant = number * BATCH + i, .mw = (double)number * 2.385};
    for (int i = 0; good && number % 2 && i < BATCH; i++)
        good = store_put_reading(store, "a", "", readings[i].instant, readings[i].mw) == STORE_NEW;
    return good && (number % 2 || store_put_readings(store, BATCH, readings, put));
}

// Commits batch after batch from number `next` on, each of BATCH readings and a line for a sink,
// and acknowledges each. Ends when it is killed.
[[gnu::noreturn]] static void write_and_acknowledge(int acknowledge, int64_t next)
{
    struct store *store = store_folder_open(STORE_WRITE);
    for (;; next++) {
        const bool good = store_begin(store) && put_batch(store, next) &&
                          store_outbox_push(store, "influx", next, "load mw=1", 9) &&
                          store_commit(store);
        if (!good || write(acknowledge, &next, sizeof next) != sizeof next) {
            fprintf(stderr, "%s\n", store_error(store));
            abort();
        }
    }
}

// The number of the last batch that was acknowledged before the kill; `next` - 1 where none was.
// The kill comes so long after the start, or after the first acknowledgement.
static int64_t kill_a_writer(int64_t next, long after_us, bool after_first)
{
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    const pid_t writer = fork();
    assert_return_code(writer, 0);
    if (writer == 0)
        write_and_acknowledge(pipe_ends[1], next);
    close(pipe_ends[1]);
    int64_t last = next - 1, number;
    if (after_first && read(pipe_ends[0], &number, sizeof number) == sizeof number)
        last = number;
    sleep_us(after_us);
    assert_int_equal(kill(writer, SIGKILL), 0);
    while (read(pipe_ends[0], &number, sizeof number) == sizeof number)
        last = number;
    close(pipe_ends[0]);
    int status;
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last;
}

// Counts readings that are all there from the first on, each with its batch's value.
static bool count_whole(void *context, const struct store_reading *reading)
{
    int64_t *n = context;
    if (reading->instant == *n && reading->mw == (double)(*n / BATCH) * 2.385)
        ++*n;
    return true;
}

static void test_killed_writer_loses_nothing(void **state)
{
    (void)state;
    const unsigned seed = (unsigned)time(NULL);
    fprintf(stderr, "# seed %u\n", seed);
    srandom(seed);
    int64_t next = 0;
    store_close(store_folder_open(STORE_WRITE));
    for (int round = 0; round < ROUNDS; round++) {
        const int64_t last = kill_a_writer(next, random() % 40000, round % 2);
        struct store *store = store_folder_open(round % 2 ? STORE_READ : STORE_WRITE);
        struct store_outbox_state outbox;
        int64_t n = 0;
        assert_true(store_each_reading(store, NULL, INT64_MIN, INT64_MAX, count_whole, &n));
        assert_true(store_outbox_state(store, "influx", &outbox));
        store_close(store);
        // A batch may have been committed and killed before it was acknowledged: never more.
        assert_int_equal(n % BATCH, 0);
        assert_in_range(n / BATCH, last + 1, last + 2);
        assert_int_equal(outbox.batches, n / BATCH);
        next = n / BATCH;
    }
    fprintf(stderr, "# %" PRId64 " batches outlived %d kills\n", next, ROUNDS);
    assert_true(next >= ROUNDS / 2);
}

static int end_of(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Sees whole batches only, and never fewer than before. The exit status says so.
[[gnu::noreturn]] static void watch(void)
{
    struct store *store = store_folder_open(STORE_READ);
    int64_t before = 0, n = 0;
    bool good = true;
    while (good && n < COMMITS * BATCH) {
        n = 0;
        good = store_each_reading(store, "a", INT64_MIN, INT64_MAX, count_whole, &n) &&
               n >= before && n % BATCH == 0;
        before = n;
    }
    store_close(store);
    _exit(!good);
}

static void test_readers_beside_a_writer(void **state)
{
    (void)state;
    store_close(store_folder_open(STORE_WRITE));
    pid_t readers[2];
    for (int i = 0; i < 2; i++) {
        readers[i] = fork();
        if (readers[i] == 0)
            watch();
    }
    struct store *store = store_folder_open(STORE_WRITE);
    for (int64_t batch = 0; batch < COMMITS; batch++) {
        assert_true(store_begin(store));
        for (int i = 0; i < BATCH; i++)
            assert_int_equal(
                store_put_reading(store, "a", "", batch * BATCH + i, (double)batch * 2.385),
                STORE_NEW);
        assert_true(store_commit(store));
    }
    store_close(store);
    for (int i = 0; i < 2; i++)
        assert_int_equal(end_of(readers[i]), 0);
}

[[gnu::noreturn]] static void open_and_write(int starting_gun, int number)
{
    char byte;
    bool good = read(starting_gun, &byte, 1) == 0;
    struct store *store = store_folder_open(STORE_WRITE);
    for (int i = 0; good && i < 5; i++)
        good = store_begin(store) &&
               store_put_reading(store, number % 2 ? "odd" : "even", "m", number * 10 + i, 2.385) ==
                   STORE_NEW &&
               store_commit(store);
    if (!good)
        fprintf(stderr, "%s\n", store_error(store));
    store_close(store);
    _exit(!good);
}

static bool count(void *context, const struct store_reading *reading)
{
    (void)reading;
    ++*(int64_t *)context;
    return true;
}

static void test_all_start_at_once(void **state)
{
    (void)state;
    int gun[2];
    pid_t openers[OPENERS];
    assert_int_equal(pipe(gun), 0);
    for (int i = 0; i < OPENERS; i++) {
        openers[i] = fork();
        if (openers[i] == 0) {
            close(gun[1]);
            open_and_write(gun[0], i);
        }
    }
    close(gun[1]);
    for (int i = 0; i < OPENERS; i++)
        assert_int_equal(end_of(openers[i]), 0);
    close(gun[0]);
    int64_t n = 0;
    struct store *store = store_folder_open(STORE_READ);
    assert_true(store_each_reading(store, NULL, INT64_MIN, INT64_MAX, count, &n));
    assert_int_equal(n, 5 * OPENERS);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_killed_writer_loses_nothing, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_readers_beside_a_writer, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_all_start_at_once, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
