// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever a weather server answers: what is taken of it is ascending whole hours with values that
// can be, and words about the rest are fit for a log.
#include <assert.h>
#include <math.h>
#include <string.h>

#include "config/text.h"
#include "daemon/check.h"
#include "daemon/openmeteo.h"
#include "tests/fuzz.h"

static void check_hours(const struct openmeteo *answer)
{
    assert(answer->n <= OPENMETEO_HOURS_MAX);
    for (size_t i = 0; i < answer->n; i++) {
        const struct openmeteo_hour *hour = &answer->hours[i];
        assert(hour->instant % 3600 == 0);
        assert(i == 0 || hour->instant > hour[-1].instant);
        assert(hour->temp_c >= CHECK_TEMP_MIN_C && hour->temp_c <= CHECK_TEMP_MAX_C);
        assert(isnan(hour->humidity_pct) || (hour->humidity_pct >= 0 && hour->humidity_pct <= 100));
    }
}

static void check_words(const char *words)
{
    assert(strlen(words) < OPENMETEO_WORDS);
    assert(text_is_clean(words));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct openmeteo answer;
    char words[OPENMETEO_WORDS];
    if (openmeteo_parse((const char *)data, size, &answer, words)) {
        check_hours(&answer);
        assert((answer.refused > 0) == (*answer.first_refused != '\0'));
        check_words(answer.first_refused);
        openmeteo_done(&answer);
    } else {
        assert(*words);
        check_words(words);
    }
    openmeteo_reason((const char *)data, size, words);
    check_words(words);
    return 0;
}
