// SPDX-License-Identifier: GPL-3.0-or-later
// Golden texts (alert_gallery.c), and what holds of all texts. PHUTAI_SHOW=1 prints the gallery.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_gallery.h"
#include "alert_samples.h"
#include "daemon/alert_text.h"
#include "daemon/nfc.h"
#include "daemon/prose.h"
#include "daemon/utf8.h"

enum { RANDOM_TEXTS = 20000 };

static struct alert_words tell(const struct alert_facts *facts, enum alert_level level,
                               enum alert_change change, enum config_language language)
{
    const struct alert_telling telling = {.level = level,
                                          .change = change,
                                          .clock = &alert_samples_clock,
                                          .now = alert_samples_now()};
    struct alert_words words;
    alert_text(facts, &telling, language, &words);
    return words;
}

static struct alert_words tell_piece(const struct alert_gallery_piece *piece,
                                     enum config_language language)
{
    const struct alert_telling telling = {.level = piece->level,
                                          .change = piece->change,
                                          .simulated = piece->simulated,
                                          .clock = &alert_samples_clock,
                                          .now = alert_samples_now()};
    const struct alert_facts facts = piece->facts();
    struct alert_words words;
    alert_text(&facts, &telling, language, &words);
    return words;
}

static void holds_good(const char *text)
{
    static const char *const never[] = {"nan", "inf", "NAN", "INF", "  ", " ,", " .", " ;", " :",
                                        "()",  "( ",  "..",  "[]",  "\n", "{",  "}",  "(?"};
    size_t length = strlen(text), composed_length;
    assert_true(length > 0);
    if (!utf8_valid(text, length))
        fail_msg("not UTF-8: %s", text);
    for (size_t k = 0; k < sizeof never / sizeof *never; k++)
        if (strstr(text, never[k]))
            fail_msg("\"%s\" in: %s", never[k], text);
    if (text[0] == ' ' || text[length - 1] == ' ')
        fail_msg("a blank at an end: %s", text);
    char *composed = nfc_compose(text, length, &composed_length);
    assert_non_null(composed);
    assert_int_equal(composed_length, length);
    assert_memory_equal(composed, text, length);
    free(composed);
}

static void hold_good(const struct alert_words *words)
{
    assert_true(memchr(words->text, '\0', sizeof words->text));
    assert_true(memchr(words->title, '\0', sizeof words->title));
    holds_good(words->text);
    holds_good(words->title);
    assert_true(prose_characters(words->title) < 120);
    if (words->text[strlen(words->text) - 1] != '.')
        fail_msg("no full stop: %s", words->text);
}

static void says_what_the_gallery_shows(void **state)
{
    (void)state;
    bool show = getenv("PHUTAI_SHOW");
    for (size_t k = 0; k < alert_gallery_size(); k++)
        for (int language = CONFIG_VIETNAMESE; language <= CONFIG_ENGLISH; language++) {
            const struct alert_gallery_piece *piece = &alert_gallery[k];
            struct alert_words words = tell_piece(piece, (enum config_language)language);
            if (show)
                printf("%s%s%s-- %s\n   %s\n", language ? "" : "== ", language ? "" : piece->what,
                       language ? "" : "\n", words.title, words.text);
            hold_good(&words);
            if (show)
                continue;
            assert_string_equal(words.title, piece->title[language]);
            assert_string_equal(words.text, piece->text[language]);
        }
}

static void has_words_for_levels(void **state)
{
    (void)state;
    assert_string_equal(alert_level_word(ALERT_WATCH, CONFIG_VIETNAMESE), "cảnh báo");
    assert_string_equal(alert_level_word(ALERT_EMERGENCY, CONFIG_VIETNAMESE), "khẩn cấp");
    assert_string_equal(alert_level_word(ALERT_EXTREME, CONFIG_VIETNAMESE), "cực kỳ khẩn cấp");
    assert_string_equal(alert_level_word(ALERT_EMERGENCY, CONFIG_ENGLISH), "emergency");
    assert_string_equal(alert_level_word(ALERT_NONE, CONFIG_ENGLISH), "normal");
}

static void says_nothing_of_what_is_not_known(void **state)
{
    (void)state;
    for (int on = 0; on <= CONFIG_ALERT_REGISTER; on++)
        for (int change = ALERT_SAME; change <= ALERT_RESOLVED; change++)
            for (int language = 0; language < 2; language++) {
                struct alert_facts facts = alert_samples_unknown((enum config_alert_on)on);
                for (int known = 0; known < 2; known++) {
                    facts.known = known;
                    struct alert_words words = tell(&facts, ALERT_WATCH, (enum alert_change)change,
                                                    (enum config_language)language);
                    hold_good(&words);
                    assert_null(strpbrk(words.title, "0123456789"));
                    assert_null(strpbrk(words.text, "0123456789"));
                }
            }
}

// All that a peak can have, as long as it can be: what matters least gives way.
static void cuts_after_a_whole_sentence(void **state)
{
    (void)state;
    struct alert_facts facts = alert_samples_peak();
    char name[600];
    for (size_t k = 0; k + 6 < sizeof name; k += 5)
        memcpy(name + k, "ệậ ", 7); // three bytes a letter
    facts.name = facts.substation = name;
    facts.n_days = ALERT_FACTS_DAYS;
    for (int k = 0; k < ALERT_FACTS_DAYS; k++)
        facts.days[k] = (struct alert_day){19000 + 40 * k, 0.5};
    for (int language = 0; language < 2; language++) {
        struct alert_words words =
            tell(&facts, ALERT_EXTREME, ALERT_WORSE, (enum config_language)language);
        hold_good(&words);
        assert_true(strlen(words.text) > 600);
        assert_non_null(strstr(words.title, "…"));
    }
}

static void takes_what_others_write(void **state)
{
    (void)state;
    struct alert_facts facts = alert_samples_unknown(CONFIG_ALERT_SINK);
    facts.name = "  de\xcc\x82 \xff\n\x01 , grid ";
    strcpy(facts.detail, "HTTP 500:\r\n\tno  space left .\n");
    struct alert_words words = tell(&facts, ALERT_WATCH, ALERT_FIRED, CONFIG_ENGLISH);
    hold_good(&words);
    assert_non_null(strstr(words.text, "Nothing could be sent to dê??, grid."));
    assert_non_null(strstr(words.text, "The last error: HTTP 500: no space left. "));
    facts.name = "";
    facts.subject = " \n";
    words = tell(&facts, ALERT_WATCH, ALERT_FIRED, CONFIG_VIETNAMESE);
    hold_good(&words);
}

static void tells_the_extremes(void **state)
{
    (void)state;
    struct alert_facts facts = alert_samples_peak();
    facts.value = 0.999;
    struct alert_words words = tell(&facts, ALERT_WATCH, ALERT_FIRED, CONFIG_VIETNAMESE);
    assert_non_null(strstr(words.text, "xác suất trên 99 % (gần như chắc chắn)."));
    facts.value = 0.94;
    words = tell(&facts, ALERT_WATCH, ALERT_FIRED, CONFIG_VIETNAMESE);
    assert_non_null(strstr(words.text, "xác suất 94 %."));
    facts.value = 0.001;
    words = tell(&facts, ALERT_WATCH, ALERT_FIRED, CONFIG_VIETNAMESE);
    assert_non_null(strstr(words.text, "xác suất dưới 1 %."));
    facts.value = facts.peak_mw = facts.limit = facts.limit_mw = facts.over_mw = DBL_MAX;
    facts.cause = (struct day_cause){-INFINITY, 1e9, 1e200, -DBL_MAX};
    facts.growth = INFINITY;
    words = tell(&facts, ALERT_WATCH, ALERT_FIRED, CONFIG_VIETNAMESE);
    hold_good(&words);
    assert_null(strstr(words.text, "MW"));
}

static uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static double draw_number(uint64_t *state)
{
    static const double some[] = {NAN,  INFINITY, -INFINITY, 0,      -0.0,  1,   100,
                                  -100, 99.96,    0.04,      1e-300, 1e300, 0.5, 99.95};
    if (draw(state) % 2)
        return some[draw(state) % (sizeof some / sizeof *some)];
    double scale = pow(10, (double)(draw(state) % 7) - 3);
    return ((double)draw(state) / 1e9 - 0.4) * scale;
}

static int64_t draw_day(uint64_t *state)
{
    static const int64_t some[] = {CONFIG_NO_DAY, 0, INT64_MAX, -719163, 2932896, 3000000};
    if (draw(state) % 8 == 0)
        return some[draw(state) % 6];
    return civil_day(alert_samples_now()) + (int64_t)(draw(state) % (draw(state) % 9 ? 20 : 2000));
}

static int64_t draw_instant(uint64_t *state)
{
    static const int64_t some[] = {0, INT64_MIN, INT64_MAX, -1, 253402300799, -62135596800};
    if (draw(state) % 4 == 0)
        return some[draw(state) % 6];
    return alert_samples_now() + (int64_t)(draw(state) % 1000000) - 500000;
}

static const char *draw_text(uint64_t *state)
{
    static const char *const some[] = {
        "",
        "Khu công nghiệp Yên Lư",
        "Khu công nghiệp ",
        "Khu công nghiệp   .",
        "110 kV Đình Trám",
        "de\xcc\x82m .",
        "\xcc\x82",
        "\xf0\x9f\x94\xa5 ,",
        "a\xff\xfe",
        "\n\n",
        "...",
        "dù , thế .",
        "Cụm công nghiệp Đồ Sơn mở rộng giai đoạn hai về phía đông bắc, kể cả khu nhà ở"};
    return some[draw(state) % (sizeof some / sizeof *some)];
}

static struct alert_facts draw_facts(uint64_t *state)
{
    struct alert_facts f = {
        .on = (enum config_alert_on)(draw(state) % 8),
        .subject = draw_text(state),
        .name = draw_text(state),
        .substation = draw_text(state),
        .known = draw(state) % 8,
        .call = (enum alert_level)(draw(state) % ALERT_LEVELS),
        .limit_given = draw(state) % 2,
        .limit_day = draw_day(state),
        .day = draw_day(state),
        .n_days = draw(state) % (ALERT_FACTS_DAYS + 1),
        .hour_from = (int)(draw(state) % 27) - 1,
        .hour_to = (int)(draw(state) % 27) - 1,
        .score_days = draw(state) % 2 ? draw_day(state) : (int64_t)(draw(state) % 30),
        .since = draw_instant(state),
        .next = draw_instant(state),
    };
    double *const numbers[] = {
        &f.value,         &f.limit,         &f.limit_mw,         &f.per_cent, &f.peak_mw,
        &f.over_mw,       &f.poe10_mw,      &f.growth,           &f.entry_mw, &f.cause.temp_c,
        &f.cause.usual_c, &f.cause.heat_mw, &f.cause.register_mw};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        *numbers[k] = draw_number(state);
    for (size_t k = 0; k < f.n_days; k++)
        f.days[k] = (struct alert_day){draw_day(state), draw_number(state)};
    snprintf(f.detail, sizeof f.detail, "%s", draw_text(state));
    snprintf(f.season, sizeof f.season, "%s", draw(state) % 2 ? "2024-summer" : draw_text(state));
    return f;
}

static void writes_good_texts_of_anything(void **state)
{
    (void)state;
    uint64_t seed = 20240605;
    for (int k = 0; k < RANDOM_TEXTS; k++) {
        struct alert_facts facts = draw_facts(&seed);
        const struct alert_telling telling = {.level = (enum alert_level)(draw(&seed) % 4),
                                              .change = (enum alert_change)(draw(&seed) % 5),
                                              .simulated = draw(&seed) % 2,
                                              .clock = &alert_samples_clock,
                                              .now = alert_samples_now()};
        struct alert_words words;
        memset(&words, 'x', sizeof words);
        alert_text(&facts, &telling, (enum config_language)(k % 2), &words);
        hold_good(&words);
        assert_int_equal(telling.simulated, words.text[0] == '[' && words.title[0] == '[');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_the_gallery_shows),
        cmocka_unit_test(has_words_for_levels),
        cmocka_unit_test(says_nothing_of_what_is_not_known),
        cmocka_unit_test(cuts_after_a_whole_sentence),
        cmocka_unit_test(takes_what_others_write),
        cmocka_unit_test(tells_the_extremes),
        cmocka_unit_test(writes_good_texts_of_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
