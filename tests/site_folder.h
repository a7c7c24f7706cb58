// SPDX-License-Identifier: GPL-3.0-or-later
// A folder with a small site in it: two zones, half hours, UTC+7.
#ifndef PHUTAI_TESTS_SITE_FOLDER_H
#define PHUTAI_TESTS_SITE_FOLDER_H

#include "config/config.h"

// Enters a folder of its own (tests/store_folder.h) and puts zones.csv into it: "yen-lu",
// "phuc-son".
int site_folder_enter(void **state);
int site_folder_leave(void **state);

// Writes phutaid.conf there: the store is store.db, any free port, `more` at the end (other
// sections, or NULL), `intake` as further lines of [intake] (or NULL). Reads it; ends the test
// where it is not fine.
struct config *site_folder_config(const char *intake, const char *more);

#endif
