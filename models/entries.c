// SPDX-License-Identifier: GPL-3.0-or-later
#include "entries.h"

#include <math.h>

// A reading is not lowered to less than this share of it.
static const double lowest = 0.5;

static bool in_window(int32_t second, int32_t from_s, int32_t to_s)
{
    return from_s <= to_s ? second >= from_s && second < to_s : second >= from_s || second < to_s;
}

static int32_t window_length(int32_t from_s, int32_t to_s)
{
    return from_s <= to_s ? to_s - from_s : CIVIL_DAY_S - from_s + to_s;
}

// How much of the entry's MW its hours get in an interval: 1 in its own window, the share given
// back in the other one of a shift, 0 elsewhere.
static double weight_at(const struct entry *entry, const struct civil_clock *clock, int64_t instant)
{
    if (entry->kind != ENTRY_SHIFT && entry->hours_from_s == 0 && entry->hours_to_s == CIVIL_DAY_S)
        return 1;
    int32_t second = civil_second_of_day(civil_local(clock, instant));
    if (in_window(second, entry->hours_from_s, entry->hours_to_s))
        return 1;
    if (entry->kind != ENTRY_SHIFT || !in_window(second, entry->into_from_s, entry->into_to_s))
        return 0;
    return -(double)window_length(entry->hours_from_s, entry->hours_to_s) /
           window_length(entry->into_from_s, entry->into_to_s);
}

// How much of itself the entry is at an instant, 0..1.
static double share_at(const struct entry *entry, int64_t instant)
{
    if (instant < entry->from || instant >= entry->to)
        return 0;
    double since = (double)(instant - entry->from);
    if (entry->kind == ENTRY_SHIFT)
        since = (floor(since / CIVIL_DAY_S) + 0.5) * CIVIL_DAY_S;
    return since >= (double)entry->ramp_s ? 1 : since / (double)entry->ramp_s;
}

// The integral of the share from the beginning to an instant, in seconds, as if there were no end.
static double share_sum(const struct entry *entry, int64_t until)
{
    if (until <= entry->from)
        return 0;
    double since = (double)(until - entry->from), ramp = (double)entry->ramp_s;
    return since < ramp ? since * since / (2 * ramp) : since - ramp / 2;
}

bool entry_lasts(const struct entry *entry)
{
    return entry->kind == ENTRY_LINE || (entry->kind != ENTRY_MASK && entry->to == INT64_MAX);
}

// The mean share in the readings that are learnt from.
static double learnt_share(const struct entry *entry, int64_t issue)
{
    const int64_t span = (int64_t)ENTRY_LEARNT_DAYS * CIVIL_DAY_S;
    if (!entry_lasts(entry))
        return 0;
    int64_t last = issue < entry->to ? issue : entry->to, first = issue - span;
    if (last <= first)
        return 0;
    return (share_sum(entry, last) - share_sum(entry, first)) / (double)span;
}

// From a load that holds the share `had` of the entry to one that holds `has`.
static struct entry_change change_between(const struct entry *entry, double weight, double had,
                                          double has)
{
    if (entry->kind == ENTRY_MASK || weight == 0)
        return (struct entry_change){0};
    if (entry->kind == ENTRY_OVERRIDE)
        return (struct entry_change){has * entry->mw, -has};
    if (isnan(entry->factor))
        return (struct entry_change){weight * (has - had) * entry->mw, 0};
    double before = 1 + had * (entry->factor - 1), after = 1 + has * (entry->factor - 1);
    // Where the readings hold nothing at all, nobody knows what of.
    return (struct entry_change){0, before > 0 ? after / before - 1 : 0};
}

struct entry_change entry_change_at(const struct entry *entry, const struct civil_clock *clock,
                                    int64_t issue, int64_t instant)
{
    double had = learnt_share(entry, issue), has = share_at(entry, instant);
    if (had == 0 && has == 0)
        return (struct entry_change){0};
    return change_between(entry, weight_at(entry, clock, instant), had, has);
}

double entry_change_effect(struct entry_change change, double load)
{
    if (change.add == 0 && change.scale == 0)
        return 0;
    double effect = change.add + change.scale * load;
    double least = load > 0 ? -load : 0;
    return effect < 0 && effect < least ? least : effect;
}

double entry_effect(const struct entry *entry, const struct civil_clock *clock, int64_t issue,
                    int64_t instant, double load)
{
    return entry_change_effect(entry_change_at(entry, clock, issue, instant), load);
}

double entry_expected(const struct entry *entry, const struct civil_clock *clock, int64_t issue,
                      int64_t instant, double load)
{
    return entry->probability * entry_effect(entry, clock, issue, instant, load);
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

int entry_compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int by = compare(x->zone, y->zone);
    by = by ? by : compare(x->kind, y->kind);
    return by ? by : compare(x->id, y->id);
}

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every bit of the
// input reaches every bit of the result.
static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

bool entry_happens(const struct entry *entry, uint64_t seed, uint64_t path)
{
    uint64_t draw = mixed(mixed(mixed(seed) ^ entry->id) ^ path);
    // The upper 53 bits, as a number in [0, 1).
    return (double)(draw >> 11) * 0x1p-53 < entry->probability;
}

void entry_mask(const struct entry *entry, const struct civil_clock *clock, struct series *load)
{
    if (entry_lasts(entry) || !(entry->probability > 0) || !load->n)
        return;
    int64_t from = entry->from > load->start ? entry->from : load->start;
    int64_t end = series_end(load), to = entry->to < end ? entry->to : end;
    // An interval belongs to the entry by its start.
    int64_t offset = (from - load->start) % load->step_s;
    for (int64_t t = from + (offset ? load->step_s - offset : 0); t < to; t += load->step_s)
        if (weight_at(entry, clock, t) != 0)
            series_mask(load, t, t + load->step_s, true);
}

void entry_settle(const struct entry *entry, const struct civil_clock *clock, int64_t issue,
                  struct series *load)
{
    double has = learnt_share(entry, issue);
    if (!load->n || has == 0 || entry->kind == ENTRY_OVERRIDE)
        return;
    int64_t first = series_index(load, issue - (int64_t)ENTRY_LEARNT_DAYS * CIVIL_DAY_S);
    int64_t end = series_index(load, issue);
    end = end < (int64_t)load->n ? end : (int64_t)load->n;
    for (int64_t i = first > 0 ? first : 0; i < end; i++) {
        int64_t instant = series_instant(load, (size_t)i);
        double *value = &load->value[i];
        struct entry_change change =
            change_between(entry, weight_at(entry, clock, instant), share_at(entry, instant), has);
        double effect = entry->probability * entry_change_effect(change, *value);
        double least = (lowest - 1) * fabs(*value);
        if (!isnan(*value))
            *value += effect < least ? least : effect;
    }
}

void entries_prepare(size_t n, const struct entry entries[], const struct civil_clock *clock,
                     int64_t issue, struct series *load)
{
    for (size_t k = 0; k < n; k++) {
        entry_mask(&entries[k], clock, load);
        entry_settle(&entries[k], clock, issue, load);
    }
}
