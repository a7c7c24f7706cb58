// SPDX-License-Identifier: GPL-3.0-or-later
// Facts of alerts of every kind, as on Wednesday 5 June 2024 at 14:00 in Hà Nội.
#ifndef PHUTAI_TESTS_ALERT_SAMPLES_H
#define PHUTAI_TESTS_ALERT_SAMPLES_H

#include "daemon/alert_facts.h"
#include "models/civil.h"

extern const struct civil_clock alert_samples_clock;
int64_t alert_samples_now(void);

// Facts that are known and say nothing.
struct alert_facts alert_samples_unknown(enum config_alert_on on);

struct alert_facts alert_samples_peak(void);
struct alert_facts alert_samples_watched_peak(void);
struct alert_facts alert_samples_given_peak(void);
struct alert_facts alert_samples_calm_peak(void);
struct alert_facts alert_samples_no_peak(void);
struct alert_facts alert_samples_season(void);
struct alert_facts alert_samples_calm_season(void);
struct alert_facts alert_samples_load(void);
struct alert_facts alert_samples_calm_load(void);
struct alert_facts alert_samples_readings(void);
struct alert_facts alert_samples_no_readings(void);
struct alert_facts alert_samples_calm_readings(void);
struct alert_facts alert_samples_weather(void);
struct alert_facts alert_samples_calm_weather(void);
struct alert_facts alert_samples_skill(void);
struct alert_facts alert_samples_calm_skill(void);
struct alert_facts alert_samples_sink(void);
struct alert_facts alert_samples_calm_sink(void);
struct alert_facts alert_samples_entries(void);
struct alert_facts alert_samples_calm_entries(void);
struct alert_facts alert_samples_gone(void);

#endif
