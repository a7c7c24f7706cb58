// SPDX-License-Identifier: GPL-3.0-or-later
// Designs and their Gram matrices: sparse by cell must equal dense by row, and blocks must add up.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "models/civil.h"
#include "models/gram.h"
#include "models/recipe.h"

enum { SEED = 90210, ROWS = 9000, PERIODS = 24 };

// Rows of a made-up load: every third hour from May 2021 on, some holidays.
struct row {
    int64_t month;
    struct design_point point;
    double temp, y, w;
};

struct fixture {
    struct design *design;
    struct row *rows;
};

static void make_row(gsl_rng *rng, int k, struct row *row)
{
    int64_t local = 1620000000 - 1620000000 % 3600 + (int64_t)k * 3 * 3600;
    int64_t day = civil_day(local);
    struct civil_date date = civil_date_from_day(day);
    row->month = gram_month(date.year, date.month);
    row->point.day = calendar_day(NULL, day);
    if (day % 37 == 0)
        row->point.day.class = DAY_HOLIDAY;
    row->point.period = civil_second_of_day(local) / 3600;
    row->point.trend = 21.3 + k / 2922.0;
    row->temp = 23 + gsl_ran_gaussian(rng, 6.1);
    row->point.input = &row->temp;
    row->y = 412.7 + 1.9 * row->temp + gsl_ran_gaussian(rng, 11.3);
    row->w = 0.5 + gsl_rng_uniform(rng);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct recipe recipe;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_set_error_handler_off();
    gsl_rng_set(rng, SEED);
    recipe_vanilla(&recipe);
    f->design = design_new(PERIODS, recipe.n_terms, recipe.terms, NULL);
    f->rows = calloc(ROWS, sizeof *f->rows);
    for (int k = 0; k < ROWS; k++)
        make_row(rng, k, &f->rows[k]);
    gsl_rng_free(rng);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    design_free(f->design);
    free(f->rows);
    free(f);
    return 0;
}

static struct gram *sum_rows(const struct fixture *f, int from, int to)
{
    struct gram *gram = gram_new(f->design);
    for (int k = from; k < to; k++)
        assert_true(
            gram_add(gram, f->rows[k].month, &f->rows[k].point, f->rows[k].y, f->rows[k].w));
    return gram;
}

static struct normal total(const struct fixture *f, const struct gram *gram, const double weights[])
{
    struct normal normal;
    assert_true(normal_init(&normal, design_columns(f->design)));
    assert_true(gram_sum(gram, weights, &normal));
    return normal;
}

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance * (fabs(a) + fabs(b) + 1e-9)))
        fail_msg("%.17g and %.17g differ by more than %g", a, b, tolerance);
}

static void assert_same_sums(const struct normal *a, const struct normal *b, double tolerance)
{
    assert_int_equal(a->p, b->p);
    for (size_t i = 0; i < a->p; i++) {
        assert_near(a->xty[i], b->xty[i], tolerance);
        for (size_t j = 0; j <= i; j++)
            assert_near(a->xtx[i * a->p + j], b->xtx[i * a->p + j], tolerance);
    }
    assert_near(a->yty, b->yty, tolerance);
    assert_near(a->sum_w, b->sum_w, tolerance);
    assert_near(a->rows, b->rows, 0);
}

static void add_dense(const struct fixture *f, const struct row *row, double w,
                      struct normal *normal)
{
    double basis[DESIGN_BASES_MAX], *x = calloc(normal->p, sizeof *x);
    struct design_entry entries[DESIGN_TERMS_MAX];
    size_t n = design_cell(f->design, row->point.day.month, design_day_type(&row->point.day),
                           row->point.period, entries);
    design_basis(f->design, &row->point, basis);
    for (size_t k = 0; k < n; k++)
        x[entries[k].column] = basis[entries[k].basis];
    normal_add(normal, x, row->y, w);
    free(x);
}

static void test_vanilla_has_285_columns(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(design_columns(f->design), 285);
    assert_int_equal(design_bases(f->design), 5);
}

static void test_cells_equal_rows(void **state)
{
    struct fixture *f = *state;
    struct gram *gram = sum_rows(f, 0, ROWS);
    struct normal sparse = total(f, gram, NULL), dense;
    assert_true(normal_init(&dense, sparse.p));
    for (int k = 0; k < ROWS; k++)
        add_dense(f, &f->rows[k], f->rows[k].w, &dense);
    assert_same_sums(&sparse, &dense, 1e-10);
    normal_done(&sparse);
    normal_done(&dense);
    gram_free(gram);
}

static void test_blocks_equal_all_at_once(void **state)
{
    struct fixture *f = *state;
    struct gram *whole = sum_rows(f, 0, ROWS), *first = sum_rows(f, 0, 4321);
    struct gram *second = sum_rows(f, 4321, ROWS);
    assert_true(gram_merge(first, second, 1));
    assert_int_equal(gram_months(first), gram_months(whole));
    struct normal a = total(f, whole, NULL), b = total(f, first, NULL);
    assert_same_sums(&a, &b, 1e-11);
    normal_done(&a);
    normal_done(&b);
    gram_free(whole);
    gram_free(first);
    gram_free(second);
}

static void test_adding_then_subtracting_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct gram *gram = sum_rows(f, 0, 5000), *extra = sum_rows(f, 5000, ROWS);
    struct normal before = total(f, gram, NULL);
    assert_true(gram_merge(gram, extra, 1));
    assert_true(gram_merge(gram, extra, -1));
    for (int k = 0; k < 300; k++) {
        assert_true(gram_add(gram, f->rows[k].month, &f->rows[k].point, 7.7, 2.385));
        assert_true(gram_add(gram, f->rows[k].month, &f->rows[k].point, 7.7, -2.385));
    }
    struct normal after = total(f, gram, NULL);
    // What is left is rounding of the sums, not of their differences.
    for (size_t i = 0; i < before.p; i++)
        for (size_t j = 0; j <= i; j++)
            assert_true(fabs(before.xtx[i * before.p + j] - after.xtx[i * before.p + j]) < 1e-6);
    assert_near(before.rows, after.rows, 0);
    normal_done(&before);
    normal_done(&after);
    gram_free(gram);
    gram_free(extra);
}

static void test_clearing_a_month_equals_never_having_had_it(void **state)
{
    struct fixture *f = *state;
    struct gram *gram = sum_rows(f, 0, ROWS), *without = gram_new(f->design);
    int64_t month = f->rows[ROWS / 2].month;
    for (int k = 0; k < ROWS; k++)
        if (f->rows[k].month != month)
            assert_true(
                gram_add(without, f->rows[k].month, &f->rows[k].point, f->rows[k].y, f->rows[k].w));
    gram_clear(gram, month);
    gram_clear(gram, month - 1000);
    assert_int_equal(gram_months(gram), gram_months(without));
    struct normal a = total(f, gram, NULL), b = total(f, without, NULL);
    assert_same_sums(&a, &b, 0);
    normal_done(&a);
    normal_done(&b);
    gram_free(gram);
    gram_free(without);
}

static void test_weights_by_month(void **state)
{
    struct fixture *f = *state;
    struct gram *gram = sum_rows(f, 0, ROWS);
    size_t months = gram_months(gram);
    double *weights = calloc(months, sizeof *weights);
    struct normal dense;
    for (size_t i = 0; i < months; i++)
        weights[i] = i == 3 ? 0 : exp2(-(double)i / 7.3);
    struct normal sparse = total(f, gram, weights);
    assert_true(normal_init(&dense, sparse.p));
    for (int k = 0; k < ROWS; k++)
        for (size_t i = 0; i < months; i++)
            if (gram_month_at(gram, i) == f->rows[k].month && weights[i] > 0)
                add_dense(f, &f->rows[k], f->rows[k].w * weights[i], &dense);
    assert_same_sums(&sparse, &dense, 1e-10);
    free(weights);
    normal_done(&sparse);
    normal_done(&dense);
    gram_free(gram);
}

static void test_sub_model_equals_the_model_alone(void **state)
{
    struct fixture *f = *state;
    struct recipe recipe;
    recipe_vanilla(&recipe);
    // The whole without its last terms, temperature by hour: the first columns of the same sums.
    struct design *small = design_new(PERIODS, recipe.n_terms - 3, recipe.terms, NULL);
    size_t k = design_columns(small), *columns = calloc(k, sizeof *columns);
    struct gram *gram = sum_rows(f, 0, ROWS), *alone = gram_new(small);
    for (int r = 0; r < ROWS; r++)
        assert_true(
            gram_add(alone, f->rows[r].month, &f->rows[r].point, f->rows[r].y, f->rows[r].w));
    for (size_t c = 0; c < k; c++)
        columns[c] = c;
    struct normal whole = total(f, gram, NULL), cut, own;
    assert_true(normal_init(&cut, k) && normal_init(&own, k));
    normal_select(&whole, k, columns, &cut);
    assert_true(gram_sum(alone, NULL, &own));
    assert_same_sums(&cut, &own, 1e-10);
    free(columns);
    normal_done(&whole);
    normal_done(&cut);
    normal_done(&own);
    gram_free(gram);
    gram_free(alone);
    design_free(small);
}

static void test_gaps_are_refused(void **state)
{
    struct fixture *f = *state;
    struct gram *gram = gram_new(f->design);
    struct row row = f->rows[0];
    row.temp = NAN;
    row.point.input = &row.temp;
    assert_false(gram_add(gram, row.month, &row.point, 3.3, 1));
    row.temp = 21.7;
    assert_false(gram_add(gram, row.month, &row.point, INFINITY, 1));
    assert_false(gram_add(gram, row.month, &row.point, NAN, 1));
    assert_int_equal(gram_months(gram), 0);
    gram_free(gram);
}

static void test_names_of_columns(void **state)
{
    struct fixture *f = *state;
    char name[DESIGN_NAME_LEN];
    design_column_name(f->design, 0, name);
    assert_string_equal(name, "1");
    design_column_name(f->design, 1, name);
    assert_string_equal(name, "trend");
    design_column_name(f->design, 2, name);
    assert_string_equal(name, "1 x month=1");
    design_column_name(f->design, 284, name);
    assert_string_equal(name, "temp[0]^3 x period=23");
}

static void test_collapse_predicts_as_the_row_does(void **state)
{
    struct fixture *f = *state;
    size_t p = design_columns(f->design);
    double *beta = calloc(p, sizeof *beta), by_basis[DESIGN_BASES_MAX], basis[DESIGN_BASES_MAX];
    struct design_entry entries[DESIGN_TERMS_MAX];
    for (size_t c = 0; c < p; c++)
        beta[c] = sin((double)c * 1.7);
    for (int k = 0; k < 500; k++) {
        const struct design_point *point = &f->rows[k * 17].point;
        int type = design_day_type(&point->day);
        double one = 0, other = 0;
        size_t n = design_cell(f->design, point->day.month, type, point->period, entries);
        design_basis(f->design, point, basis);
        design_collapse(f->design, beta, point->day.month, type, point->period, by_basis);
        for (size_t e = 0; e < n; e++)
            one += beta[entries[e].column] * basis[entries[e].basis];
        for (size_t b = 0; b < design_bases(f->design); b++)
            other += by_basis[b] * basis[b];
        assert_near(one, other, 1e-12);
    }
    free(beta);
}

static void test_limits_of_a_design(void **state)
{
    (void)state;
    struct term many[DESIGN_TERMS_MAX] = {0};
    for (int k = 0; k < DESIGN_TERMS_MAX; k++)
        many[k].basis = (struct basis){.kind = BASIS_SIN, .order = k + 1};
    assert_null(design_new(24, DESIGN_BASES_MAX + 1, many, NULL));
    assert_null(design_new(24, DESIGN_TERMS_MAX + 1, many, NULL));
    assert_null(design_new(0, 1, many, NULL));
    struct term input = {.basis = {.kind = BASIS_POWER, .input = DESIGN_INPUTS_MAX, .order = 1}};
    assert_null(design_new(24, 1, &input, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vanilla_has_285_columns),
        cmocka_unit_test(test_cells_equal_rows),
        cmocka_unit_test(test_blocks_equal_all_at_once),
        cmocka_unit_test(test_adding_then_subtracting_changes_nothing),
        cmocka_unit_test(test_clearing_a_month_equals_never_having_had_it),
        cmocka_unit_test(test_weights_by_month),
        cmocka_unit_test(test_sub_model_equals_the_model_alone),
        cmocka_unit_test(test_gaps_are_refused),
        cmocka_unit_test(test_names_of_columns),
        cmocka_unit_test(test_collapse_predicts_as_the_row_does),
        cmocka_unit_test(test_limits_of_a_design),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
