// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are only in memory, for readers that take a path.
#ifndef PHUTAI_TESTS_MEMORY_FILE_H
#define PHUTAI_TESTS_MEMORY_FILE_H

#include <stddef.h>

// A descriptor of a new, empty file; ends the program where there is none to be had.
int memory_file_new(void);

// The file then holds just these bytes.
void memory_file_fill(int file, const void *data, size_t length);

// Its path, good while the descriptor is open: each opening reads from the file's beginning.
enum { MEMORY_FILE_PATH_LEN = 32 };
void memory_file_path(int file, char ret[static MEMORY_FILE_PATH_LEN]);

#endif
