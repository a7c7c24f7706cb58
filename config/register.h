// SPDX-License-Identifier: GPL-3.0-or-later
// Entries of the register, what people know that readings do not, as text: rows of register.csv,
// and the same fields wherever else they come from.
#ifndef PHUTAI_CONFIG_REGISTER_H
#define PHUTAI_CONFIG_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

enum register_column {
    REGISTER_ID, // of the file only
    REGISTER_ZONE,
    REGISTER_KIND,
    REGISTER_MW,
    REGISTER_FACTOR,
    REGISTER_FROM,
    REGISTER_TO,
    REGISTER_RAMP,
    REGISTER_PROBABILITY,
    REGISTER_HOURS,
    REGISTER_INTO,
    REGISTER_AUTHOR,
    REGISTER_NOTE,
    REGISTER_EXPIRES,
    REGISTER_COLUMNS
};

enum { REGISTER_AUTHOR_MAX = 100, REGISTER_NOTE_MAX = 1000 }; // bytes

const char *register_column_name(enum register_column column);

// Told of each field that holds something else than `expected`. Always false.
typedef bool register_fault_fn(void *context, enum register_column column, const char *value,
                               const char *expected);

// Reads one entry from its fields, "" where one is not given; every fault is told. True where there
// was none; then `ret` is set, its texts pointing into the fields, its line 0.
//
//     from, to, expires  a date or time; a date alone in the two latter includes that day. With
//                        offsets, or on the site's clock; `from` and `to` alike
//     mw, factor         one of them, neither of a mask; MW only of a shift and an override
//     ramp               a duration; "" is 0
//     probability        0 to 1; "" is 1, as it must be of a mask
//     hours              "08:00-17:30", "22:00-05:00"; "" is all day
//     into               of a shift, and only of one: such a window beside its hours
[[nodiscard]] bool register_parse(const struct config *config,
                                  const char *const field[static REGISTER_COLUMNS],
                                  register_fault_fn *fault, void *context,
                                  struct config_entry *ret);

// Reads a file into config->entries and adds every fault to `errors`; true where there was none.
// Zones come first: entries look them up.
[[nodiscard]] bool register_read(struct config *config, const char *path,
                                 struct config_errors *errors);
void register_free(struct config *config);

const char *register_kind_name(enum config_entry_kind kind); // "line", ...
[[nodiscard]] bool register_kind(const char *text, enum config_entry_kind *ret);

enum { REGISTER_WINDOW_LEN = sizeof "00:00-24:00" };
[[nodiscard]] bool register_window(const char *text, int32_t *ret_from_s, int32_t *ret_to_s);
void register_write_window(int32_t from_s, int32_t to_s, char ret[static REGISTER_WINDOW_LEN]);

// The instant at which something is over that is told as text: the end of a date alone.
[[nodiscard]] bool register_end(const char *text, struct config_time *ret);

#endif
