// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/deposit.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/origin.h"

struct deposits {
    struct deposits_setup setup;
    char trouble[256];
};

struct deposit {
    struct deposits *deposits;
    bool begun, failed, no_memory, simulated;
    size_t n_readings, max_readings, n_weather, max_weather;
    struct store_reading *readings;
    struct store_weather *weather;
    // What each of the list of readings, then each of that of the weather, was to the store.
    enum store_put *put;
    int64_t weather_ahead, entries;
};

struct deposits *deposits_new(const struct deposits_setup *setup)
{
    struct deposits *deposits = calloc(1, sizeof *deposits);
    if (deposits)
        deposits->setup = *setup;
    return deposits;
}

void deposits_free(struct deposits *deposits)
{
    free(deposits);
}

const char *deposits_trouble(const struct deposits *deposits)
{
    return deposits->trouble;
}

struct deposit *deposit_begin(struct deposits *deposits)
{
    struct deposit *deposit = calloc(1, sizeof *deposit);
    if (deposit)
        deposit->deposits = deposits;
    return deposit;
}

// Makes room for one more. The old list stays valid where it fails.
static bool grow(void **list, size_t n, size_t *max, size_t size)
{
    if (n < *max)
        return true;
    size_t wanted = *max ? 2 * *max : 256;
    void *grown = realloc(*list, wanted * size);
    if (!grown)
        return false;
    *list = grown;
    *max = wanted;
    return true;
}

static struct store *store_of(const struct deposit *deposit)
{
    return deposit->deposits->setup.store;
}

static bool begin_once(struct deposit *deposit)
{
    if (!deposit->begun && !deposit->failed)
        deposit->begun = store_begin(store_of(deposit));
    return deposit->begun;
}

static bool run_out_of_memory(struct deposit *deposit)
{
    deposit->no_memory = deposit->failed = true;
    return false;
}

bool deposit_reading(void *context, const struct store_reading *reading)
{
    struct deposit *deposit = context;
    void *list = deposit->readings;
    if (!grow(&list, deposit->n_readings, &deposit->max_readings, sizeof *reading))
        return run_out_of_memory(deposit);
    deposit->readings = list;
    deposit->readings[deposit->n_readings++] = *reading;
    return true;
}

bool deposit_weather(void *context, const struct store_weather *weather)
{
    struct deposit *deposit = context;
    void *list = deposit->weather;
    if (!grow(&list, deposit->n_weather, &deposit->max_weather, sizeof *weather))
        return run_out_of_memory(deposit);
    deposit->weather = list;
    deposit->weather[deposit->n_weather++] = *weather;
    return true;
}

// The engine reads the runs when it needs them.
bool deposit_weather_ahead(void *context, const struct store_weather_ahead *row)
{
    struct deposit *deposit = context;
    if (!begin_once(deposit) || store_put_weather_ahead(store_of(deposit), row) == STORE_FAILED) {
        deposit->failed = true;
        return false;
    }
    deposit->weather_ahead++;
    return true;
}

bool deposit_entry(void *context, const struct store_entry *entry)
{
    struct deposit *deposit = context;
    int64_t id;
    if (!begin_once(deposit) || store_put_entry(store_of(deposit), entry, &id) == STORE_FAILED) {
        deposit->failed = true;
        return false;
    }
    deposit->entries++;
    return true;
}

void deposit_simulated(struct deposit *deposit)
{
    deposit->simulated = true;
}

// Told once: every line would say the same.
static bool mark_simulated(struct deposit *deposit)
{
    bool known = false;
    if (!store_simulated(store_of(deposit), &known))
        return false;
    if (!known)
        log_warning("intake: readings come that say " ORIGIN_WORDS "; the store is marked so");
    return known || store_mark_simulated(store_of(deposit));
}

static void count_puts(size_t n, const enum store_put put[], int64_t *all, int64_t *same,
                       int64_t *changed, int64_t *stored)
{
    *all += (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        *same += put[i] == STORE_SAME;
        *changed += put[i] == STORE_CHANGED;
        *stored += put[i] == STORE_NEW;
    }
}

static void count(const struct deposit *deposit)
{
    struct metrics *m = deposit->deposits->setup.metrics;
    count_puts(deposit->n_readings, deposit->put, &m->readings, &m->readings_same,
               &m->readings_changed, &m->stored_readings);
    count_puts(deposit->n_weather, deposit->put + deposit->n_readings, &m->weather,
               &m->weather_same, &m->weather_changed, &m->stored_weather);
    m->weather_ahead += deposit->weather_ahead;
    m->entries += deposit->entries;
}

static void tell_engine(const struct deposit *deposit)
{
    struct engine *engine = deposit->deposits->setup.engine;
    for (size_t i = 0; i < deposit->n_weather; i++)
        if (deposit->put[deposit->n_readings + i] != STORE_SAME)
            engine_take_weather(engine, &deposit->weather[i]);
    for (size_t i = 0; i < deposit->n_readings; i++)
        if (deposit->put[i] != STORE_SAME)
            engine_take_reading(engine, &deposit->readings[i]);
}

static void note_failure(const struct deposit *deposit)
{
    struct deposits *deposits = deposit->deposits;
    const char *reason = deposit->no_memory ? "out of memory" : store_error(store_of(deposit));
    if (!*deposits->trouble)
        log_error("intake: %s: nothing is taken in until that is over", reason);
    snprintf(deposits->trouble, sizeof deposits->trouble, "%s", reason);
    deposits->setup.metrics->store_failures++;
}

static void end_trouble(struct deposits *deposits)
{
    if (*deposits->trouble)
        log_notice("intake: the store takes readings again");
    *deposits->trouble = '\0';
}

static bool put_all(struct deposit *deposit)
{
    struct store *store = store_of(deposit);
    deposit->put = malloc((deposit->n_readings + deposit->n_weather + 1) * sizeof *deposit->put);
    if (!deposit->put)
        return run_out_of_memory(deposit);
    return begin_once(deposit) &&
           store_put_readings(store, deposit->n_readings, deposit->readings, deposit->put) &&
           store_put_weathers(store, deposit->n_weather, deposit->weather,
                              deposit->put + deposit->n_readings) &&
           (!deposit->simulated || mark_simulated(deposit)) && store_commit(store);
}

bool deposit_has_failed(const struct deposit *deposit)
{
    return deposit->failed;
}

bool deposit_end(struct deposit *deposit)
{
    const bool nothing =
        !deposit->n_readings && !deposit->n_weather && !deposit->weather_ahead && !deposit->entries;
    const bool durable = !deposit->failed && !nothing && put_all(deposit);
    const bool good = durable || (!deposit->failed && nothing);
    if (durable) {
        end_trouble(deposit->deposits);
        count(deposit);
        tell_engine(deposit);
        deposit->begun = false;
    } else if (!good) {
        note_failure(deposit);
    }
    deposit_discard(deposit);
    return good;
}

void deposit_discard(struct deposit *deposit)
{
    if (deposit->begun)
        store_rollback(store_of(deposit));
    free(deposit->readings);
    free(deposit->weather);
    free(deposit->put);
    free(deposit);
}
