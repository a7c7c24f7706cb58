// SPDX-License-Identifier: GPL-3.0-or-later
// One file of a folder, from its first byte to its place in done or bad: surveyed, taken into the
// store in slices, its refused rows written beside it, and moved once all else is durable. It can
// be broken off at any moment: what comes again changes nothing.
#ifndef PHUTAI_DAEMON_FOLDER_JOB_H
#define PHUTAI_DAEMON_FOLDER_JOB_H

#include <stdint.h>

#include "daemon/deposit.h"
#include "daemon/drop_box.h"
#include "daemon/export_reader.h"
#include "daemon/folder_files.h"
#include "daemon/metrics.h"

struct folder_job_setup { // all must outlive it
    const struct export_rules *rules;
    struct drop_box *box;
    struct deposits *deposits;
    struct metrics *metrics;
};

enum folder_job_status {
    FOLDER_JOB_MORE,    // call it again: the loop turns in between
    FOLDER_JOB_DONE,    // the file is where it belongs
    FOLDER_JOB_CHANGED, // while it was read: it must be read again
    FOLDER_JOB_LATER,   // the store takes nothing, or memory is short: the same again later
    FOLDER_JOB_HELD_UP  // the file's todo, note_failed and reason say what is left to do and why
};

struct folder_job;

// `file` must outlive it. NULL without memory.
struct folder_job *folder_job_new(const struct folder_job_setup *setup, struct folder_file *file);
void folder_job_free(struct folder_job *job); // takes NULL

// Some 50 ms of it. `now` is an instant.
enum folder_job_status folder_job_step(struct folder_job *job, int64_t now);

#endif
