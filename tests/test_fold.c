// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "config/fold.h"

static void assert_folds(char *(*fold)(const char *), const char *text, const char *expected)
{
    char *folded = fold(text);
    assert_non_null(folded);
    assert_string_equal(folded, expected);
    free(folded);
}

static void names_are_the_same_however_they_are_written(void **state)
{
    (void)state;
    assert_folds(fold_name, "  QUANG\r\n  Châu\t", "quang châu");
    assert_folds(fold_name, "Quang Cha\xcc\x82u", "quang châu");
    assert_folds(fold_name, "ĐÌNH\xc2\xa0TRÁM", "đình trám");
    assert_folds(fold_name, "\xef\xbb\xbftime", "time");
    assert_folds(fold_name, "", "");
    assert_folds(fold_name, " \n", "");
    assert_folds(fold_plain, "Thời gian", "thoi gian");
    assert_folds(fold_plain, "Tho\xcc\x9b\xcc\x80i GIAN", "thoi gian");
    assert_folds(fold_plain, "Điểm  đo", "diem do");
}

static void other_names_stay_others(void **state)
{
    (void)state;
    assert_folds(fold_name, "Yên Lữ", "yên lữ");
    assert_folds(fold_name, "yen lu", "yen lu");
    assert_null(fold_name("Y\xean"));
    assert_null(fold_plain("\xf0\x9f"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_same_however_they_are_written),
        cmocka_unit_test(other_names_stay_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
