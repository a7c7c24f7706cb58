// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies in gzip form: whatever is inflated stays below the ceiling, and what is deflated comes
// back as it was.
#include <assert.h>
#include <string.h>

#include "daemon/gzip.h"
#include "tests/fuzz.h"

enum { CEILING = 1 << 18 };

static void check_round_trip(const void *data, size_t length)
{
    struct buffer packed, back;
    buffer_init(&packed, 2 * CEILING);
    buffer_init(&back, CEILING);
    assert(gzip_deflate(&packed, data, length));
    assert(gzip_inflate(&back, packed.data, packed.length) == GZIP_OK);
    assert(back.length == length && (length == 0 || memcmp(back.data, data, length) == 0));
    buffer_done(&packed);
    buffer_done(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer out;
    buffer_init(&out, CEILING);
    const enum gzip_status status = gzip_inflate(&out, data, size);
    assert(status == GZIP_OK ? !out.failed && out.length <= CEILING
                             : out.failed && out.length == 0);
    if (status == GZIP_OK)
        check_round_trip(out.data, out.length);
    check_round_trip(data, size);
    buffer_done(&out);
    return 0;
}
