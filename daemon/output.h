// SPDX-License-Identifier: GPL-3.0-or-later
// Where a command's data goes: standard output, or a file that appears whole or not at all. What
// fails is logged here.
#ifndef PHUTAI_DAEMON_OUTPUT_H
#define PHUTAI_DAEMON_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *file; // write here
    char *path, *temporary;
};

// `path` NULL or "-": standard output. Otherwise a temporary file beside `path`; what stands there
// and is no regular file (a pipe, /dev/null) is written directly.
[[nodiscard]] bool output_open(struct output *output, const char *path);

// Flushes, and puts the file in its place with its data on the disk. False where anything written
// since output_open was lost; nothing is left behind then, and a file of before stays.
[[nodiscard]] bool output_finish(struct output *output);

// Leaves everything as before. Nothing happens after output_finish or a failed output_open.
void output_discard(struct output *output);

#endif
