/* Any bytes as a date: what is understood is a moment that can be printed and read again. */
#include "base/date.h"
#include "base/memory.h"
#include "parsers/dates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct span languages[] = {{"", 0}, {"en", 2}, {"de", 2}};
    struct span text = {(const char *)data, size};
    for (size_t i = 0; i < 3; i++) {
        int64_t ms = 0;
        int64_t again = 0;
        char shown[DATE_TEXT_SIZE];
        if (date_parse_in(text, INT64_C(1795252211000), languages[i], &ms)) {
            struct date date = date_from_ms(ms);
            date_print(ms, shown);
            /* Offsets may lead out of the years that can be written. */
            if (date.year >= 1 && date.year <= 9999 &&
                (!date_parse(span_of(shown), &again) || again != ms)) {
                fatal("%s is not read again", shown);
            }
        }
    }
    return 0;
}
