// SPDX-License-Identifier: GPL-3.0-or-later
// A text that people or configurations gave, as other programs take it: one line of valid UTF-8 in
// NFC.
#ifndef PHUTAI_DAEMON_ONE_LINE_H
#define PHUTAI_DAEMON_ONE_LINE_H

// A copy for the caller to free; NULL without memory. Control characters become blanks, what is no
// UTF-8 becomes '?'; NULL gives "".
char *one_line(const char *text);

#endif
