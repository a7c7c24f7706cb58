// SPDX-License-Identifier: GPL-3.0-or-later
// Declared changes of zones as a tidy CSV file: zone,from[,to],kind[,note].
#ifndef PHUTAI_DAEMON_CHANGES_FILE_H
#define PHUTAI_DAEMON_CHANGES_FILE_H

#include "daemon/dataset.h"

// Reads a file into the zones of the dataset. Times are as in the readings; `kind` is "mask", with
// a `to` or without an end, or "level", which has none. A row that cannot be used is told on
// standard error and left out. False, with the reason told, where the file cannot be read.
[[nodiscard]] bool changes_file_read(const char *path, struct dataset *dataset);

#endif
