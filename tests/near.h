// SPDX-License-Identifier: GPL-3.0-or-later
// Doubles that should be nearly equal: cmocka compares floats only.
#ifndef PHUTAI_TESTS_NEAR_H
#define PHUTAI_TESTS_NEAR_H

// Fails the running test, printing both, unless |got - wanted| <= within. NaN is near nothing.
void near_assert(double got, double wanted, double within);

#endif
