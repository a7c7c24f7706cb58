// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever rules say, whoever acknowledges, whatever is quiet: of random sequences of looks each
// step is held against what the header of alert.h promises, reckoned anew from all the looks before
// it. PHUTAI_SEED repeats a run, PHUTAI_ROUNDS says how many sequences it has.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/alert.h"

enum { STEPS = 160, ROW = 19 };

// One pass of the daemon: the end of the rule or a look, what a person does, then the telling.
struct step {
    bool end, quiet, acknowledge, give_back;
    struct alert_look look;
    int64_t hold_s; // how long it is acknowledged
};

struct sequence {
    struct alert_damping damping;
    int64_t every_s;
    size_t n;
    struct step steps[STEPS];
};

// What came of a step.
struct outcome {
    enum alert_change change;
    enum alert_notice notice;
    bool acknowledged, expired;
    int64_t row[ROW];
};

struct totals {
    long notices[NOTICE_RESOLVED + 1];
    long flapping, acknowledged, broken, full;
};

static uint64_t next_random(uint64_t *state, uint64_t n)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % n;
}

static bool chance(uint64_t *state, uint64_t per_mille)
{
    return next_random(state, 1000) < per_mille;
}

static enum alert_level level_of(int64_t value)
{
    const int64_t level = value / 100;
    return level < 0 ? ALERT_NONE : level > 3 ? ALERT_EXTREME : (enum alert_level)level;
}

// Values in hundredths of a level: a walk, noise about a threshold, to and fro, long calm and
// storms, or levels of no sense at all.
static void draw_levels(uint64_t *state, struct sequence *sequence)
{
    const uint64_t kind = next_random(state, 5), width = 1 + next_random(state, 150);
    const int64_t middle = (int64_t)next_random(state, 400),
                  margin = (int64_t)next_random(state, 80);
    int64_t value = middle;
    for (size_t i = 0; i < sequence->n; i++) {
        struct alert_look *look = &sequence->steps[i].look;
        const int64_t noise = (int64_t)next_random(state, 2 * width + 1) - (int64_t)width;
        if (kind == 0)
            value += noise;
        else if (kind == 1)
            value = middle + noise;
        else if (kind == 2)
            value = i % 2 ? 0 : middle;
        else if (chance(state, 60))
            value = (int64_t)next_random(state, 400) - 100;
        value = value < -100 ? -100 : value > 450 ? 450 : value;
        look->call = level_of(value);
        look->keep = level_of(value + margin);
        if (kind == 4) {
            look->call = (enum alert_level)next_random(state, ALERT_LEVELS);
            look->keep = (enum alert_level)next_random(state, ALERT_LEVELS);
        }
    }
}

// At a steady pace with gaps, or with a clock that stands still and is set back.
static void draw_times(uint64_t *state, struct sequence *sequence)
{
    const bool steady = chance(state, 750);
    const int64_t pace_s = 60 * (1 + (int64_t)next_random(state, 15));
    int64_t now = 1700000000;
    for (size_t i = 0; i < sequence->n; i++) {
        sequence->steps[i].look.now = now;
        if (steady)
            now += pace_s * (chance(state, 50) ? 1 + (int64_t)next_random(state, 50) : 1);
        else
            now += chance(state, 500) ? 0 : (int64_t)next_random(state, 2000) - 500;
    }
    sequence->every_s = steady ? pace_s : 0;
}

static void draw_people(uint64_t *state, struct sequence *sequence)
{
    const uint64_t blind = next_random(state, 3) * 150, ends = next_random(state, 3) * 7;
    const uint64_t quiet_begins = next_random(state, 3) * 50, acks = next_random(state, 3) * 60;
    bool quiet = false;
    for (size_t i = 0; i < sequence->n; i++) {
        struct step *step = &sequence->steps[i];
        quiet = quiet ? !chance(state, 150) : chance(state, quiet_begins);
        step->quiet = quiet;
        step->look.known = !chance(state, blind);
        step->end = chance(state, ends);
        step->acknowledge = chance(state, acks);
        step->give_back = chance(state, acks / 6);
        step->hold_s = chance(state, 400) ? INT64_MAX - step->look.now
                                          : (int64_t)next_random(state, 20000) - 1000;
    }
}

static void draw(uint64_t *state, struct sequence *sequence)
{
    *sequence = (struct sequence){.n = 1 + next_random(state, STEPS)};
    draw_levels(state, sequence);
    draw_times(state, sequence);
    draw_people(state, sequence);
    const int64_t pace_s = sequence->every_s ? sequence->every_s : 300;
    sequence->damping = (struct alert_damping){
        .hold = 1 + (int64_t)next_random(state, 5),
        .hold_clear = 1 + (int64_t)next_random(state, 6),
        .change_s = chance(state, 400) ? 0 : (int64_t)next_random(state, 20) * pace_s,
        .reminder_s = chance(state, 400) ? 0 : 1 + (int64_t)next_random(state, 40) * pace_s,
    };
}

// As a store keeps it.
static void save(const struct alert *a, int64_t row[static ROW])
{
    const int64_t values[ROW] = {a->level,      a->seen,       a->rising[0],  a->rising[1],
                                 a->rising[2],  a->rising[3],  a->falling[0], a->falling[1],
                                 a->falling[2], a->falling[3], a->since,      a->changed,
                                 a->looked,     a->flips,      a->flapping,   a->told,
                                 a->told_at,    a->acked,      a->acked_until};
    memcpy(row, values, sizeof values);
}

static struct alert restore(const int64_t row[static ROW])
{
    return (struct alert){
        .level = (enum alert_level)row[0],
        .seen = (enum alert_level)row[1],
        .rising = {row[2], row[3], row[4], row[5]},
        .falling = {row[6], row[7], row[8], row[9]},
        .since = row[10],
        .changed = row[11],
        .looked = row[12],
        .flips = (uint32_t)row[13],
        .flapping = row[14] != 0,
        .told = (enum alert_level)row[15],
        .told_at = row[16],
        .acked = (enum alert_level)row[17],
        .acked_until = row[18],
    };
}

static void take(struct alert *alert, const struct sequence *sequence, const struct step *step,
                 struct outcome *ret)
{
    const int64_t now = step->look.now;
    *ret = (struct outcome){0};
    ret->expired = alert_expire(alert, step->give_back ? INT64_MAX : now);
    ret->change =
        step->end ? alert_end(alert, now) : alert_look(alert, &sequence->damping, &step->look);
    if (step->acknowledge)
        ret->acknowledged = alert_acknowledge(alert, now, now + step->hold_s);
    ret->notice = alert_tell(alert, &sequence->damping, now, step->quiet);
    save(alert, ret->row);
}

// What is known of a sequence from outside: looks that knew something, since the last end; what
// others heard; who has it in hand.
struct witness {
    const struct sequence *sequence;
    struct totals *totals;
    uint64_t seed;
    long number; // of the sequence
    size_t at;   // step
    size_t n;
    enum alert_level call[STEPS], keep[STEPS];
    enum alert_level level, heard, acked;
    bool flapping;
    int64_t now, changed, heard_at, acked_until, since;
    size_t n_changes;
    int64_t changes[STEPS]; // when, since the last end
};

static void demand(const struct witness *w, bool so, const char *what)
{
    if (!so)
        fail_msg("PHUTAI_SEED=%llu, sequence %ld, step %zu: %s", (unsigned long long)w->seed,
                 w->number, w->at, what);
}

// The least level called for in all of the last n looks.
static enum alert_level least_called(const struct witness *w, int64_t n)
{
    if ((int64_t)w->n < n)
        return ALERT_NONE;
    enum alert_level least = ALERT_EXTREME;
    for (size_t i = w->n - (size_t)n; i < w->n; i++)
        least = w->call[i] < least ? w->call[i] : least;
    return least;
}

// The highest level kept in any of the last n looks; extreme where there were fewer.
static enum alert_level most_kept(const struct witness *w, int64_t n)
{
    if ((int64_t)w->n < n)
        return ALERT_EXTREME;
    enum alert_level most = ALERT_NONE;
    for (size_t i = w->n - (size_t)n; i < w->n; i++)
        most = w->keep[i] > most ? w->keep[i] : most;
    return most;
}

static double flip_share(const struct witness *w)
{
    double sum = 0;
    for (size_t age = 0; age < ALERT_LOOKS && age < w->n; age++) {
        const size_t i = w->n - 1 - age;
        if (w->call[i] != (i > 0 ? w->call[i - 1] : ALERT_NONE))
            sum += 1.2 - 0.4 * (double)age / (ALERT_LOOKS - 1);
    }
    return sum / ALERT_LOOKS;
}

static enum alert_change change_to(struct witness *w, enum alert_level level)
{
    const enum alert_level before = w->level;
    if (level == before)
        return ALERT_SAME;
    w->level = level;
    w->changed = w->now;
    if (level == ALERT_NONE || level > w->acked) {
        w->totals->broken += w->acked != ALERT_NONE && level != ALERT_NONE;
        w->acked = ALERT_NONE;
    }
    if (level == ALERT_NONE || before == ALERT_NONE)
        w->since = level ? w->now : 0;
    return level == ALERT_NONE    ? ALERT_RESOLVED
           : before == ALERT_NONE ? ALERT_FIRED
           : level > before       ? ALERT_WORSE
                                  : ALERT_EASED;
}

// The bound of alert_changes_max in windows that end with this change.
static void count_change(struct witness *w)
{
    const struct alert_damping *damping = &w->sequence->damping;
    const int64_t pace_s = w->sequence->every_s ? w->sequence->every_s : 300;
    const int64_t spans[] = {0,
                             pace_s - 1,
                             pace_s,
                             3 * pace_s,
                             10 * pace_s,
                             30 * pace_s,
                             100 * pace_s,
                             1000000,
                             damping->change_s,
                             2 * damping->change_s - 1,
                             5 * damping->change_s};
    w->changes[w->n_changes++] = w->now;
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        if (spans[i] < 0)
            continue;
        const int64_t bound = alert_changes_max(damping, spans[i], w->sequence->every_s);
        int64_t n = 0;
        for (size_t k = w->n_changes; k > 0 && w->changes[k - 1] >= w->now - spans[i]; k--)
            n++;
        demand(w, n <= bound, "no more changes than there may be");
        w->totals->full += n == bound && n > 3;
    }
}

static enum alert_change witness_look(struct witness *w, const struct alert_look *look)
{
    if (!look->known)
        return ALERT_SAME;
    const struct alert_damping *damping = &w->sequence->damping;
    w->now = look->now > w->now ? look->now : w->now;
    w->call[w->n] = look->call;
    w->keep[w->n++] = look->keep > look->call ? look->keep : look->call;
    const double share = flip_share(w), tiny = 1e-9;
    w->flapping = share > 0.5 - tiny || (w->flapping && share > 0.25 - tiny);
    w->totals->flapping += w->flapping;
    enum alert_level level = w->level;
    const enum alert_level called = least_called(w, damping->hold);
    const enum alert_level kept = most_kept(w, damping->hold_clear);
    if (called > level)
        level = called;
    else if (kept < level && !w->flapping && w->now - w->changed >= damping->change_s)
        level = kept;
    const enum alert_change change = change_to(w, level);
    if (change != ALERT_SAME)
        count_change(w);
    return change;
}

static enum alert_change witness_end(struct witness *w, int64_t now)
{
    w->now = now > w->now ? now : w->now;
    const enum alert_change change = change_to(w, ALERT_NONE);
    w->n = w->n_changes = 0;
    w->flapping = false;
    return change;
}

static void judge_people(struct witness *w, const struct step *step, const struct outcome *outcome)
{
    const bool may = w->level != ALERT_NONE && step->hold_s > 0;
    demand(w, outcome->acknowledged == (step->acknowledge && may), "acknowledged where it fires");
    if (!outcome->acknowledged)
        return;
    w->acked = w->level;
    w->acked_until = step->look.now + step->hold_s;
    w->totals->acknowledged++;
}

static void judge_expiry(struct witness *w, const struct step *step, const struct outcome *outcome)
{
    const bool over = step->give_back || w->acked_until <= step->look.now;
    demand(w, outcome->expired == (w->acked != ALERT_NONE && over), "expired in time");
    if (outcome->expired)
        w->acked = ALERT_NONE;
}

// A notice fits what others have heard so far.
static void judge_notice(struct witness *w, const struct step *step, enum alert_notice notice)
{
    const int64_t reminder_s = w->sequence->damping.reminder_s;
    int64_t now = step->look.now > w->now ? step->look.now : w->now;
    now = now > w->heard_at ? now : w->heard_at;
    const bool open = w->heard != ALERT_NONE, acked = w->acked != ALERT_NONE;
    // It begins with what it would be told of.
    const bool leaves = !open && w->level > ALERT_NONE && most_kept(w, 1) == ALERT_NONE;
    const bool remind =
        open && w->level == w->heard && !acked && reminder_s > 0 && now - w->heard_at >= reminder_s;
    const bool fits[] = {
        [NOTICE_NONE] = step->quiet || leaves ||
                        (!remind && (w->level == w->heard || (acked && w->level < w->heard))),
        [NOTICE_FIRED] = !open && !leaves && w->level > ALERT_NONE,
        [NOTICE_WORSE] = open && w->level > w->heard,
        [NOTICE_EASED] = open && !acked && w->level > ALERT_NONE && w->level < w->heard,
        [NOTICE_REMINDER] = remind,
        [NOTICE_RESOLVED] = open && w->level == ALERT_NONE,
    };
    demand(w, fits[notice], alert_notice_name(notice));
    demand(w, !step->quiet || notice == NOTICE_NONE, "nothing is told while it is quiet");
    w->totals->notices[notice]++;
    if (notice == NOTICE_NONE)
        return;
    w->heard = w->level;
    w->heard_at = now;
}

static void judge_promises(const struct witness *w, const struct step *step)
{
    const struct alert_damping *damping = &w->sequence->damping;
    if (step->quiet)
        return;
    demand(w, w->heard >= least_called(w, damping->hold), "no alert is lost");
    const int64_t calm = damping->hold_clear > ALERT_LOOKS ? damping->hold_clear : ALERT_LOOKS + 1;
    if (most_kept(w, calm) == ALERT_NONE && w->now - w->changed >= damping->change_s)
        demand(w, w->heard == ALERT_NONE, "what is over is told to be over");
}

static void judge_state(const struct witness *w, const struct alert *alert)
{
    demand(w, alert->level == w->level, "level");
    demand(w, alert->flapping == w->flapping, "flapping");
    demand(w, alert->told == w->heard && alert->told_at == w->heard_at, "told what was told");
    demand(w, alert->acked == w->acked, "acknowledged");
    demand(w, w->acked == ALERT_NONE || alert->acked_until == w->acked_until, "until when");
    demand(w, alert->since == w->since && alert->changed == w->changed, "since when");
    const enum alert_state state = w->level != ALERT_NONE
                                       ? w->acked ? ALERT_ACKNOWLEDGED : ALERT_FIRING
                                   : w->n > 0 && w->call[w->n - 1] > ALERT_NONE ? ALERT_PENDING
                                                                                : ALERT_QUIET;
    demand(w, alert_state(alert) == state, "state");
}

static void judge(struct witness *w, const struct step *step, const struct outcome *outcome)
{
    judge_expiry(w, step, outcome);
    const enum alert_change change =
        step->end ? witness_end(w, step->look.now) : witness_look(w, &step->look);
    demand(w, outcome->change == change, "change");
    judge_people(w, step, outcome);
    judge_notice(w, step, outcome->notice);
    judge_promises(w, step);
    const struct alert alert = restore(outcome->row);
    judge_state(w, &alert);
}

// The same again, this time stored and read back between any two steps.
static void replay(struct witness *w, const struct outcome outcomes[])
{
    const struct sequence *sequence = w->sequence;
    int64_t row[ROW] = {0};
    for (w->at = 0; w->at < sequence->n; w->at++) {
        struct alert alert = restore(row);
        struct outcome again;
        take(&alert, sequence, &sequence->steps[w->at], &again);
        const struct outcome *first = &outcomes[w->at];
        demand(w,
               first->change == again.change && first->notice == again.notice &&
                   first->acknowledged == again.acknowledged && first->expired == again.expired &&
                   memcmp(first->row, again.row, sizeof again.row) == 0,
               "the same on replay");
        memcpy(row, again.row, sizeof row);
    }
}

static void run(uint64_t seed, long number, struct totals *totals)
{
    static struct sequence sequence;
    static struct outcome outcomes[STEPS];
    static struct witness w;
    uint64_t random_state = seed + (uint64_t)number * UINT64_C(0xd1342543de82ef95);
    draw(&random_state, &sequence);
    w = (struct witness){.sequence = &sequence, .totals = totals, .seed = seed, .number = number};
    struct alert alert = {0};
    for (w.at = 0; w.at < sequence.n; w.at++) {
        take(&alert, &sequence, &sequence.steps[w.at], &outcomes[w.at]);
        judge(&w, &sequence.steps[w.at], &outcomes[w.at]);
    }
    replay(&w, outcomes);
}

static void every_sequence_keeps_the_promises(void **state)
{
    (void)state;
    const char *seed_text = getenv("PHUTAI_SEED"), *rounds_text = getenv("PHUTAI_ROUNDS");
    const uint64_t seed = seed_text ? strtoull(seed_text, NULL, 10) : 2385;
    const long rounds = rounds_text ? atol(rounds_text) : 100000;
    struct totals totals = {0};
    print_message("seed %llu\n", (unsigned long long)seed);
    for (long number = 0; number < rounds; number++)
        run(seed, number, &totals);
    for (enum alert_notice notice = NOTICE_FIRED; notice <= NOTICE_RESOLVED; notice++)
        print_message("%s %ld\n", alert_notice_name(notice), totals.notices[notice]);
    print_message("looks while flapping %ld, acknowledged %ld, broken %ld, windows full %ld\n",
                  totals.flapping, totals.acknowledged, totals.broken, totals.full);
    // All that may happen did.
    for (enum alert_notice notice = NOTICE_FIRED; notice <= NOTICE_RESOLVED; notice++)
        assert_true(totals.notices[notice] >= rounds / 10);
    assert_true(totals.flapping >= rounds / 10);
    assert_true(totals.acknowledged >= rounds / 10);
    assert_true(totals.broken >= rounds / 1000);
    assert_true(totals.full >= rounds / 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_keeps_the_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
