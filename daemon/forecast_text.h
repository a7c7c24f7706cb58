// SPDX-License-Identifier: GPL-3.0-or-later
// Forecasts as text: the CSV of the contract, and a table for people.
#ifndef PHUTAI_DAEMON_FORECAST_TEXT_H
#define PHUTAI_DAEMON_FORECAST_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "models/civil.h"
#include "models/explain.h"
#include "models/forecast.h"

// "time,zone,mean,q0.01,...": for forecasts that all have these levels.
void forecast_text_header(FILE *out, size_t n_levels, const double levels[]);

// One line an interval, MW with three digits; nothing between the commas where a value is unknown.
// `with_offset` writes the clock's offset behind each time.
void forecast_text_rows(FILE *out, const char *zone, const struct civil_clock *clock,
                        bool with_offset, const struct forecast *forecast);

// The same behind the time at which the forecast was issued: issue,time,zone,mean,q0.01,...
void forecast_text_vintage_header(FILE *out, size_t n_levels, const double levels[]);
void forecast_text_vintage(FILE *out, const char *zone, const struct civil_clock *clock,
                           bool with_offset, const struct forecast *forecast);

// "time,zone,mean,level,..." and one line an interval: the parts of each mean (explain.h), each
// rounded, the calendar such that they add up to the mean as written.
void forecast_text_explain_header(FILE *out);
void forecast_text_explain_rows(FILE *out, const char *zone, const struct civil_clock *clock,
                                bool with_offset, const struct forecast *forecast,
                                double (*parts)[EXPLAIN_PARTS]);

// One line a civil day: mean, median of the highest hour, its time and 90 % band, and, where
// `limit_mw` is not NaN, the highest chance of an interval to pass it.
void forecast_text_table(FILE *out, const char *name, const struct civil_clock *clock,
                         double limit_mw, const struct forecast *forecast);

#endif
