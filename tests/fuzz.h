// SPDX-License-Identifier: GPL-3.0-or-later
// What every tests/fuzz_NAME.c defines: one reader of what strangers send, run by libFuzzer on
// millions of inputs under ASan and UBSan (tests/README.md). A property that does not hold is an
// assert that fails.
#ifndef PHUTAI_TESTS_FUZZ_H
#define PHUTAI_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

// Takes any bytes; leaves nothing behind for the next call but what makes it faster. Returns 0.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
