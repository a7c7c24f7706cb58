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

// What is new in the store, to be told to the engine once it is durable.
struct deposit {
    struct deposits *deposits;
    bool begun, failed, no_memory, simulated;
    size_t n_readings, max_readings, n_weather, max_weather;
    struct store_reading *readings;
    struct store_weather *weather;
    int64_t readings_of[STORE_FAILED], weather_of[STORE_FAILED]; // by enum store_put
    int64_t entries;
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

bool deposit_reading(void *context, const struct store_reading *reading)
{
    struct deposit *deposit = context;
    void *list = deposit->readings;
    deposit->no_memory = !grow(&list, deposit->n_readings, &deposit->max_readings, sizeof *reading);
    deposit->readings = list;
    enum store_put put = STORE_FAILED;
    if (!deposit->no_memory && begin_once(deposit))
        put = store_put_reading(store_of(deposit), reading->zone, reading->meter, reading->instant,
                                reading->mw);
    if (put == STORE_FAILED) {
        deposit->failed = true;
        return false;
    }
    if (put != STORE_SAME)
        deposit->readings[deposit->n_readings++] = *reading;
    deposit->readings_of[put]++;
    return true;
}

bool deposit_weather(void *context, const struct store_weather *weather)
{
    struct deposit *deposit = context;
    void *list = deposit->weather;
    deposit->no_memory = !grow(&list, deposit->n_weather, &deposit->max_weather, sizeof *weather);
    deposit->weather = list;
    enum store_put put = STORE_FAILED;
    if (!deposit->no_memory && begin_once(deposit))
        put = store_put_weather(store_of(deposit), weather->station, weather->instant,
                                weather->temp_c, weather->humidity_pct);
    if (put == STORE_FAILED) {
        deposit->failed = true;
        return false;
    }
    if (put != STORE_SAME)
        deposit->weather[deposit->n_weather++] = *weather;
    deposit->weather_of[put]++;
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

static int64_t sum(const int64_t counts[static STORE_FAILED])
{
    return counts[STORE_NEW] + counts[STORE_SAME] + counts[STORE_CHANGED];
}

static void count(const struct deposit *deposit)
{
    struct metrics *metrics = deposit->deposits->setup.metrics;
    metrics->readings += sum(deposit->readings_of);
    metrics->readings_same += deposit->readings_of[STORE_SAME];
    metrics->readings_changed += deposit->readings_of[STORE_CHANGED];
    metrics->stored_readings += deposit->readings_of[STORE_NEW];
    metrics->weather += sum(deposit->weather_of);
    metrics->weather_same += deposit->weather_of[STORE_SAME];
    metrics->weather_changed += deposit->weather_of[STORE_CHANGED];
    metrics->stored_weather += deposit->weather_of[STORE_NEW];
    metrics->entries += deposit->entries;
}

static void tell_engine(const struct deposit *deposit)
{
    struct engine *engine = deposit->deposits->setup.engine;
    for (size_t i = 0; i < deposit->n_weather; i++)
        engine_take_weather(engine, &deposit->weather[i]);
    for (size_t i = 0; i < deposit->n_readings; i++)
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

bool deposit_end(struct deposit *deposit)
{
    const bool put = deposit->begun && !deposit->failed;
    const bool durable =
        put && (!deposit->simulated || mark_simulated(deposit)) && store_commit(store_of(deposit));
    const bool good = durable || (!deposit->begun && !deposit->failed); // or there was nothing
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
    free(deposit);
}
