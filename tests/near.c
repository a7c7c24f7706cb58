// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

void near_assert(double got, double wanted, double within)
{
    if (!(fabs(got - wanted) <= within))
        fail_msg("%.17g is not within %g of %.17g", got, within, wanted);
}
