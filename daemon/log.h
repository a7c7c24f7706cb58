// SPDX-License-Identifier: GPL-3.0-or-later
// Messages to standard error: what, which (quoted), why, what happens next. Only the function that
// decides logs. Under the journal each line starts with its priority (<3> and so on), elsewhere
// with "error: " or "warning: ". A message is one line: control characters become blanks, and what
// is longer than 2,047 bytes is cut and ends in "...". Any thread may log.
#ifndef PHUTAI_DAEMON_LOG_H
#define PHUTAI_DAEMON_LOG_H

[[gnu::format(printf, 1, 2)]] void log_error(const char *format, ...);
[[gnu::format(printf, 1, 2)]] void log_warning(const char *format, ...);
[[gnu::format(printf, 1, 2)]] void log_notice(const char *format, ...);
[[gnu::format(printf, 1, 2)]] void log_info(const char *format, ...);

#endif
