// SPDX-License-Identifier: GPL-3.0-or-later
// Times for other programs, in the one form that all of them read (RFC 3339): seconds are always
// there, and so is the offset.
#ifndef PHUTAI_DAEMON_RFC3339_H
#define PHUTAI_DAEMON_RFC3339_H

#include <stdint.h>

enum { RFC3339_LEN = 32 };

// "2024-06-04T13:00:00+07:00", "Z" for an offset of 0. Local times beyond the years 1 to 9999 are
// taken for their first or last second.
void rfc3339_write(int64_t instant, int32_t offset_s, char ret[static RFC3339_LEN]);

#endif
