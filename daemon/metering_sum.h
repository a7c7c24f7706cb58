// SPDX-License-Identifier: GPL-3.0-or-later
// When the meters of a zone add up to the zone. Pure.
//
// A meter is part of its zone from its first reading on, until it has said nothing for a week; from
// then on the zone is summed without it, until it is back. Its coming back leaves the sums that
// were made without it as they are. A sum is complete enough where the meters that are missing from
// it usually make up no more than a small part of the zone ([intake] missing_pct); what they would
// have said is not made up. Any other sum is incomplete: it is no load of the zone, and never taken
// for one.
#ifndef PHUTAI_DAEMON_METERING_SUM_H
#define PHUTAI_DAEMON_METERING_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { METERING_SILENT_S = 7 * 86400, METERING_BLOCK_S = 28 * 86400 };

// What a meter usually says: the mean magnitude of its readings, by four weeks; and when it said
// nothing for longer than METERING_SILENT_S.
struct metering_usual {
    int64_t first, last; // readings
    size_t n_gaps, gaps_size;
    struct metering_gap {
        int64_t last, next; // readings before and after
    } * gaps;
    size_t n, size;
    struct metering_block {
        int64_t number; // since 1970
        double sum;     // of magnitudes, MW
        size_t n;
    } * blocks;
};

// A reading later than all before it; begin with a struct of zeros. False without memory.
[[nodiscard]] bool metering_usual_add(struct metering_usual *usual, int64_t instant, double mw);
void metering_usual_done(struct metering_usual *usual);

// The mean of the four weeks of an instant, or of the nearest ones before that have readings, or
// after. 0 without any. O(log blocks).
double metering_usual_mw(const struct metering_usual *usual, int64_t instant);
// Whether it is part of its zone then. O(log gaps).
bool metering_usual_counts(const struct metering_usual *usual, int64_t instant);

// The newest readings of a zone, INT64_MIN for none.
struct metering_newest {
    int64_t whole; // of the zone itself
    int64_t any;   // of it or of any of its meters
};

enum metering_voice {
    METERING_UNASKED, // the zone itself is read: its meters do not matter
    METERING_READS,
    METERING_SILENT, // for three intervals or more
    METERING_OUT     // for more than a week: the zone is summed without it
};
// What there is to say of a meter whose newest reading is `last`.
enum metering_voice metering_voice_of(const struct metering_newest *zone, int64_t last,
                                      int64_t step_s);

// Of one zone and interval; begin with METERING_SUM_EMPTY.
struct metering_sum {
    double whole; // the reading of the zone itself, NaN where there is none
    double mw;
    double usual_mw, missing_mw; // of all that are part of it; of those that are missing
    size_t present, missing;     // meters
};
#define METERING_SUM_EMPTY ((struct metering_sum){.whole = __builtin_nan("")})

// A meter: what it said, NaN for nothing.
void metering_sum_add(struct metering_sum *sum, const struct metering_usual *usual, int64_t instant,
                      double mw);

enum metering_state {
    METERING_NOTHING,   // no reading at all: a gap
    METERING_COMPLETE,  // or a reading of the zone itself, whatever its meters say
    METERING_INCOMPLETE // more is missing than may be
};
// *ret_mw is the load, also of a sum that is incomplete; NaN for nothing.
enum metering_state metering_sum_judge(const struct metering_sum *sum, double missing_pct,
                                       double *ret_mw);
// How much of the zone's usual load is missing, percent.
double metering_sum_missing_pct(const struct metering_sum *sum);

#endif
