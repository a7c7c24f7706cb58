// SPDX-License-Identifier: GPL-3.0-or-later
// Exports read in tests: the text of a file and the keys of its folder to a text of what came.
#ifndef PHUTAI_TESTS_EXPORT_BENCH_H
#define PHUTAI_TESTS_EXPORT_BENCH_H

#include <stddef.h>

// In tests/site_folder.h. Reads the bytes as a file of a folder with those keys, on a site at UTC+7
// or with that clock. What comes is one line each, in order:
//   ZONE METER TIME MW            a reading; the time in UTC, the meter "-" where there is none
//   STATION TIME TEMP HUMIDITY    an observation
//   bad LINE REASON
//   refused REASON                the file
//   left out HEADINGS
// The caller frees it.
char *export_bench_read(const char *keys, const void *bytes, size_t length);
char *export_bench_read_on(const char *clock, const char *keys, const void *bytes, size_t length);

// Fails the test, saying what came, where a file with that text does not give exactly that.
void export_bench_gives(const char *keys, const char *text, const char *expected);
// The same where what comes holds the words.
void export_bench_says(const char *keys, const char *text, const char *words);

#endif
