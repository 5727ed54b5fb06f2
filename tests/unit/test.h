/* What every unit test includes: cmocka and what it needs first. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

/* Equal text, shown as text when it is not. */
#define assert_span_equal(actual, expected)                                                        \
    do {                                                                                           \
        struct span actual_ = (actual);                                                            \
        const char *expected_ = (expected);                                                        \
        if (!span_equal(actual_, span_of(expected_))) {                                            \
            fail_msg("\"%.*s\" is not \"%s\"", SPAN_ARG(actual_), expected_);                      \
        }                                                                                          \
    } while (0)

#endif
