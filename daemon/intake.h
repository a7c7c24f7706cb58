// SPDX-License-Identifier: GPL-3.0-or-later
// From the body of one POST to readings and observations of the weather. Pure: no store, no
// network, no clock. Every line is judged alone: what is good is handed on, and a refused line is
// counted by its cause and told in words.
//
// Which measurement, tags and fields are meant stands in the configuration; other tags and fields
// of a line are not looked at, but for a tag `origin` whose value `simulated` says that it was made
// up; of a field that comes twice the later counts.
//
// What is a reading stands in check.h. A line without a timestamp is given `now`, cut to the step
// or the minute.
//
// Entries of the register have the measurement `register`: the zone's tag and the tags kind and
// author; the fields mw, factor and probability are numbers, from, to, ramp, hours, into, note and
// expires strings as in register.csv (config/register.h). The timestamp is what it holds from,
// unless the field says so. A field of another name is refused: one that is misspelt would change
// what the entry means.
#ifndef PHUTAI_DAEMON_INTAKE_H
#define PHUTAI_DAEMON_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/buffer.h"
#include "daemon/check.h"
#include "daemon/store.h"

enum { INTAKE_VERDICTS_MAX = 100 }; // told in words; beyond that only counted

struct intake_verdict {
    unsigned long line; // of the body, the first being 1
    struct check_fault fault;
};

struct intake_report {                 // 26 kB
    size_t readings, weather, entries; // taken
    size_t simulated;                  // lines taken that say that they were made up
    size_t moved;                      // readings among them whose stamp was moved onto the grid
    size_t refused;                    // lines: all causes but CHECK_HUMIDITY
    size_t causes[CHECK_CAUSES];
    size_t n_verdicts;
    struct intake_verdict verdicts[INTAKE_VERDICTS_MAX]; // the first in the body
};

struct intake_rules;

// NULL without memory, and for a clock that cannot be read. Keeps `config`, which must outlive it.
struct intake_rules *intake_rules_new(const struct config *config);
void intake_rules_free(struct intake_rules *rules);

struct intake_body {
    char *data; // changed in place; needs no NUL
    size_t length;
    int64_t ns_per_tick; // of the timestamps
    int64_t now;         // instant
    bool stamped;        // a line without a timestamp is refused: nobody knows how old it is
};

// What is handed on is valid during the call only; its texts as long as the body and the rules are.
// A function that says false ends the walk.
struct intake_sink {
    store_reading_fn *reading;
    store_weather_fn *weather;
    store_entry_fn *entry;
    void *context;
};

// A walk through a body, in pieces.
struct intake_walk;

// NULL without memory. Keeps the rules, the body and the report, which is made empty; they must
// outlive it.
struct intake_walk *intake_walk_new(const struct intake_rules *rules,
                                    const struct intake_body *body, struct intake_report *report);
void intake_walk_free(struct intake_walk *walk); // takes NULL

// Judges the next lines: at most `lines` of them, and none after the first INTAKE_PIECE_BYTES. END:
// there are no more. STOPPED: the sink ended the walk, and the line that it would not have is not
// counted as taken. 0.2 us a line.
enum { INTAKE_PIECE_BYTES = 262144 };
enum intake_progress { INTAKE_MORE, INTAKE_END, INTAKE_STOPPED };
enum intake_progress intake_walk_on(struct intake_walk *walk, size_t lines,
                                    const struct intake_sink *sink);

// How many lines of the body the walk has come to.
unsigned long intake_walk_lines(const struct intake_walk *walk);

// The whole walk at once. False where the sink ended it.
[[nodiscard]] bool intake_parse(const struct intake_rules *rules, const struct intake_body *body,
                                const struct intake_sink *sink, struct intake_report *ret);

// Counts a fault and tells it with its line; for readers of other forms that report alike.
void intake_note_fault(struct intake_report *report, unsigned long line,
                       const struct check_fault *fault);

// The reply: 204 and nothing appended where all was taken; else 400 and JSON that clients of
// InfluxDB 1 and 2 understand, with every verdict:
//   {"code":"invalid","error":"partial write: line 3: unknown zone \"x\"
//   dropped=1","message":"...",
//    "taken":2,"dropped":1,"lines":[{"line":3,"cause":"zone","reason":"unknown zone \"x\""}]}
// "error" and "message" are the same and name the first three lines.
int intake_reply(const struct intake_report *report, struct buffer *out);

// The `precision` of a request: ns, n, us, u, ms, s, m, h; NULL and "" are ns.
[[nodiscard]] bool intake_precision(const char *text, int64_t *ret_ns_per_tick);

#endif
