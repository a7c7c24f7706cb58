// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of phutai doctor share.
#ifndef PHUTAI_DAEMON_CMD_DOCTOR_H
#define PHUTAI_DAEMON_CMD_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/buffer.h"
#include "daemon/store.h"
#include "models/civil.h"

enum doctor_grade { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
    const struct config *config;
    struct civil_clock clock;
    struct store *store; // NULL where it cannot be opened
    int64_t now;
    int failures;
};

// Writes one line of the report.
[[gnu::format(printf, 4, 5)]] void cmd_doctor_say(struct doctor *doctor, enum doctor_grade grade,
                                                  const char *what, const char *format, ...);

struct doctor_span { // of time, in words
    char text[48];
};
struct doctor_span cmd_doctor_span(int64_t s);

struct doctor_answer {
    long status; // 0: none, for the reason in `error`
    char error[256];
    struct buffer body; // the caller ends it
};
// A GET, which waits some seconds at most.
void cmd_doctor_get(const char *url, struct doctor_answer *ret);

// The place of the store: room on the disk, by the file system and by quota; who may write there.
void cmd_doctor_disk(struct doctor *doctor);
void cmd_doctor_folder(struct doctor *doctor);

// Whether a secret can be read, and by whom; `path` may be NULL.
void cmd_doctor_secret(struct doctor *doctor, const char *path);

// The sources beside the HTTP intake: when each last worked, its trouble, its secrets.
void cmd_doctor_sources(struct doctor *doctor);

// The databases: what waits for them and why, whether they answer, certificates, secrets.
void cmd_doctor_sinks(struct doctor *doctor);

#endif
