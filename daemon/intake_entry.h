// SPDX-License-Identifier: GPL-3.0-or-later
// One point of line protocol read as an entry of the register. Pure; intake.h says what it takes.
#ifndef PHUTAI_DAEMON_INTAKE_ENTRY_H
#define PHUTAI_DAEMON_INTAKE_ENTRY_H

#include "config/register.h"
#include "daemon/lineproto.h"
#include "models/civil.h"

enum { INTAKE_ENTRY_REASON_MAX = 256 };

struct intake_entry { // 15 kB
    struct config_entry entry;
    char text[REGISTER_COLUMNS][REGISTER_NOTE_MAX + 2]; // what the entry's texts point into
};

// `zone` is the id of a zone of the configuration, `clock` that of its site. False with the first
// fault in words, UTF-8 without control characters.
[[nodiscard]] bool intake_entry_read(const struct config *config, const struct civil_clock *clock,
                                     const char *zone, const struct lineproto_point *point,
                                     struct intake_entry *ret,
                                     char ret_reason[static INTAKE_ENTRY_REASON_MAX]);

#endif
