// SPDX-License-Identifier: GPL-3.0-or-later
// Names as people compare them: over libunistring.
#ifndef PHUTAI_CONFIG_FOLD_H
#define PHUTAI_CONFIG_FOLD_H

// Two spellings of one name fold to the same text: composed or not (NFC and NFD), in capitals or
// not, with whatever blanks and line breaks between the words. "  QUANG\nChâu " -> "quang châu".
// NULL without memory and for what is not UTF-8; the caller frees it.
char *fold_name(const char *text);

// The same without the marks of letters: "Thời gian" -> "thoi gian", "Đình Trám" -> "dinh tram".
char *fold_plain(const char *text);

#endif
