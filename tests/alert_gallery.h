// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of the samples (alert_samples.h), word by word.
#ifndef PHUTAI_TESTS_ALERT_GALLERY_H
#define PHUTAI_TESTS_ALERT_GALLERY_H

#include "daemon/alert_text.h"

struct alert_gallery_piece {
    const char *what;
    struct alert_facts (*facts)(void);
    enum alert_level level;
    enum alert_change change;
    bool simulated;
    const char *title[2], *text[2]; // Vietnamese, English
};

extern const struct alert_gallery_piece alert_gallery[];
size_t alert_gallery_size(void);

#endif
