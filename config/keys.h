// SPDX-License-Identifier: GPL-3.0-or-later
// What may stand in the INI file: the sections, and the keys of each. Reading it, the shipped
// sample and the manual page all come from here; a new key is one row.
#ifndef PHUTAI_CONFIG_KEYS_H
#define PHUTAI_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum key_type {
    KEY_TEXT,
    KEY_PATH,     // relative to the INI file's folder
    KEY_INTEGER,  // int64_t
    KEY_REAL,     // double
    KEY_DURATION, // int64_t, seconds
    KEY_BYTES,    // int64_t
    KEY_YES_NO,   // bool
    KEY_WINDOW,   // two int32_t in a row: hours of the day from and to, seconds
    KEY_CHOICE    // an enum whose values count the choices from 0
};

struct key {
    const char *section, *name;
    enum key_type type;
    // All values below are written as in the file. Without a default a key may be left out or
    // empty, unless it is required; a real number of a [SECTION NAME] is NaN then.
    const char *fallback;
    const char *least, *most;
    const char *unit;           // of a plain number
    const char *const *choices; // NULL after the last
    const char *example;        // what to show where there is no default
    bool required;
    bool sample;                     // the shipped sample sets the example
    bool (*check)(const char *text); // what type and range cannot say; NULL for nothing more
    const char *expects;             // what `check` wants: "must be ..."
    size_t offset;                   // into struct config, or into the struct of one [SECTION NAME]
    const char *help;
};

enum { KEYS_MAX = 40 }; // of one section

struct key_section {
    const char *name;
    const char *help;
    const struct key *keys; // end in a row whose name is NULL
    // Of a section that may stand several times, as [name NAME]: the size of the struct of one,
    // which begins with its name (char *), where in struct config there is room for
    // CONFIG_NAMED_MAX of them, and where their number stands (size_t). Else all are 0.
    size_t size, first, count;
};

extern const struct key keys_alert[], keys_alertmanager[], keys_alerts[], keys_webhook[],
    keys_site[], keys_store[], keys_intake[], keys_forecast[], keys_season[], keys_folder[],
    keys_heartbeat[], keys_influxdb[], keys_mqtt[], keys_page[], keys_pull[], keys_weather[];
extern const struct key_section keys_sections[]; // end in a row whose name is NULL

// A section by name, a key of a section by name, or NULL.
const struct key_section *keys_section(const char *name);
const struct key *keys_find(const struct key_section *section, const char *name);

// The known name most like a misspelt one: a key of that section, else a key of the same name
// elsewhere. NULL where none is near.
const struct key *keys_nearest(const struct key_section *section, const char *name);
const struct key_section *keys_nearest_section(const char *name);

#endif
