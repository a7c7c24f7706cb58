// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and units of loads as exports write them. Pure.
#ifndef PHUTAI_DAEMON_EXPORT_NUMBER_H
#define PHUTAI_DAEMON_EXPORT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

// 1234.5, 1,234.5, 1 234.5 with the decimal point; 1234,5, 1.234,5, 1 234,5 with the decimal comma:
// thousands are in whole groups of three, or not at all. `decimal` is not AUTO.
[[nodiscard]] bool export_number_read(const char *text, enum config_decimal decimal, double *ret);

// What numbers tell of the sign before their decimals: the first line that can be read only with
// the point, only with the comma, and with both as different values (1.234). 0: none was seen.
struct export_signs {
    unsigned long point, comma, either;
};
void export_number_look(const char *text, unsigned long line, struct export_signs *signs);

// "kW" and so on, in any case; AUTO where it is no unit of load.
enum config_unit export_unit(const char *text);
const char *export_unit_name(enum config_unit unit);

// The mean load over an interval. `unit` is not AUTO.
double export_megawatts(double value, enum config_unit unit, int64_t interval_s);

#endif
