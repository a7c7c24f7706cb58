// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of its own for each test of the store, entered before it and removed after.
#ifndef PHUTAI_TESTS_STORE_FOLDER_H
#define PHUTAI_TESTS_STORE_FOLDER_H

#include "daemon/store.h"

int store_folder_enter(void **state);
int store_folder_leave(void **state);

// Opens "store.db" there; ends the program where that fails.
struct store *store_folder_open(enum store_mode mode);

// Makes of the store there, which is closed, one as the versions of format 1 or 2 wrote it.
void store_folder_age(int format);

// Whether opening `path` is refused with the path and `words` in the reason; says what came
// instead.
bool store_folder_refused(const char *path, enum store_mode mode, const char *words);

#endif
