// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "daemon/alert_gaps.h"

enum { TITLE_CHARACTERS = 119, TITLE_NAME_CHARACTERS = 48, SENTENCE_LEN = 900 };

static const struct alert_patterns *patterns_of(enum config_language language)
{
    return language == CONFIG_VIETNAMESE ? &alert_patterns_vi : &alert_patterns_en;
}

const char *alert_level_word(enum alert_level level, enum config_language language)
{
    return patterns_of(language)->levels[level];
}

// Whatever stands beside `known` in facts that are not, is not to be believed.
static struct alert_facts forget(const struct alert_facts *facts)
{
    return (struct alert_facts){
        .on = facts->on,
        .subject = facts->subject,
        .name = facts->name,
        .substation = "",
        .value = NAN,
        .limit = NAN,
        .limit_mw = NAN,
        .per_cent = NAN,
        .limit_day = CONFIG_NO_DAY,
        .day = CONFIG_NO_DAY,
        .peak_mw = NAN,
        .over_mw = NAN,
        .poe10_mw = NAN,
        .cause = {.temp_c = NAN, .usual_c = NAN, .heat_mw = NAN, .register_mw = NAN},
        .growth = NAN,
        .entry_mw = NAN,
        .next = facts->next,
    };
}

static bool fill(const struct alert_gaps *g, const char *pattern, char ret[static SENTENCE_LEN])
{
    return pattern && prose_fill(pattern, GAPS, g->gaps, SENTENCE_LEN, ret);
}

// "Khẩn cấp: ".
static void write_heading(const struct alert_gaps *g, const struct alert_telling *telling,
                          char ret[static SENTENCE_LEN])
{
    const char *pattern = telling->change == ALERT_WORSE      ? g->patterns->risen
                          : telling->change == ALERT_EASED    ? g->patterns->eased
                          : telling->change == ALERT_RESOLVED ? g->patterns->over
                                                              : "{level}: ";
    ret[0] = '\0';
    if (!fill(g, pattern, ret))
        return;
    // What a heading begins with is ASCII in both languages.
    if (ret[0] >= 'a' && ret[0] <= 'z')
        ret[0] = (char)(ret[0] - 'a' + 'A');
}

static bool make_title(const struct alert_gaps *g, const struct alert_telling *telling,
                       const char *pattern, char ret[static ALERT_TITLE_LEN])
{
    char heading[SENTENCE_LEN], rest[SENTENCE_LEN];
    ret[0] = '\0';
    if (!fill(g, pattern, rest))
        return false;
    write_heading(g, telling, heading);
    return (!telling->simulated || prose_add("", g->patterns->simulated, ALERT_TITLE_LEN, ret)) &&
           prose_add(" ", heading, ALERT_TITLE_LEN, ret) &&
           prose_add("", rest, ALERT_TITLE_LEN, ret) && prose_characters(ret) <= TITLE_CHARACTERS;
}

static void write_title(const struct alert_gaps *g, const struct alert_telling *telling,
                        enum config_alert_on on, char ret[static ALERT_TITLE_LEN])
{
    bool over = telling->change == ALERT_RESOLVED;
    const char *const *titles = over ? g->patterns->titles_over[on] : g->patterns->titles[on];
    for (size_t k = 0; k < ALERT_PATTERNS_TITLES && titles[k]; k++)
        if (make_title(g, telling, titles[k], ret))
            return;
    if (!make_title(g, telling, "{name}", ret))
        ret[0] = '\0';
}

// The sentences one by one, as long as they fit; false where one no longer does.
static bool write_sentences(const struct alert_gaps *g, const char *const patterns[], size_t *count,
                            char ret[static ALERT_TEXT_LEN])
{
    char sentence[SENTENCE_LEN];
    for (size_t k = 0; k < ALERT_PATTERNS_SENTENCES && patterns[k]; k++) {
        if (!fill(g, patterns[k], sentence))
            continue;
        if (!prose_add(" ", sentence, ALERT_TEXT_LEN, ret))
            return false;
        ++*count;
    }
    return true;
}

static void write_text(const struct alert_gaps *g, const struct alert_telling *telling,
                       const struct alert_facts *facts, char ret[static ALERT_TEXT_LEN])
{
    const struct alert_patterns *p = g->patterns;
    bool over = telling->change == ALERT_RESOLVED;
    const char *first = telling->change == ALERT_WORSE   ? p->risen_text
                        : telling->change == ALERT_EASED ? p->eased_text
                                                         : NULL;
    char sentence[SENTENCE_LEN];
    size_t count = 0;
    ret[0] = '\0';
    bool room = (!telling->simulated || prose_add("", p->simulated, ALERT_TEXT_LEN, ret)) &&
                (!fill(g, first, sentence) || prose_add(" ", sentence, ALERT_TEXT_LEN, ret));
    if (facts->known)
        room = room &&
               write_sentences(g, over ? p->sentences_over[facts->on] : p->sentences[facts->on],
                               &count, ret);
    if (!count && fill(g, over ? p->any_over : p->any, sentence))
        room = room && prose_add(" ", sentence, ALERT_TEXT_LEN, ret);
    if (room && fill(g, p->next, sentence))
        (void)!prose_add(" ", sentence, ALERT_TEXT_LEN, ret);
}

void alert_text(const struct alert_facts *facts, const struct alert_telling *telling,
                enum config_language language, struct alert_words *ret)
{
    const struct alert_tongue tongue = {language, telling->clock, telling->now};
    struct alert_facts known = facts->known ? *facts : forget(facts);
    struct alert_gaps gaps;
    alert_gaps_fill(&known, telling->level, &tongue, &gaps);
    write_text(&gaps, telling, &known, ret->text);
    alert_gaps_name(&gaps, &known, TITLE_NAME_CHARACTERS);
    write_title(&gaps, telling, known.on, ret->title);
}
