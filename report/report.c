#include "report/report.h"

#include "report/sheet.h"

struct report_format {
    const char *name;
    const char *alias; /* NULL: none */
    enum output_format format;
    void (*print)(struct buffer *out, const struct sheets *sheets,
                  const struct output_style *style);
};

static const struct report_format report_formats[] = {
    {"table", "text", OUTPUT_TABLE, sheet_print_table},
    {"json", NULL, OUTPUT_JSON, sheet_print_json},
    {"jsonl", "ndjson", OUTPUT_JSONL, sheet_print_json_lines},
    {"csv", NULL, OUTPUT_CSV, sheet_print_csv},
    {"md", "markdown", OUTPUT_MARKDOWN, sheet_print_markdown},
    {"html", NULL, OUTPUT_HTML, sheet_print_html},
};
#define FORMAT_COUNT (sizeof(report_formats) / sizeof(report_formats[0]))

bool output_format_parse(struct span name, enum output_format *format) {
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (span_equal(name, span_of(report_formats[i].name)) ||
            (report_formats[i].alias != NULL &&
             span_equal(name, span_of(report_formats[i].alias)))) {
            *format = report_formats[i].format;
            return true;
        }
    }
    return false;
}

/* What a request is about: the segment it says, or all own brands. */
static size_t request_segments(const struct config *config, const struct report_request *request,
                               struct segment *segments) {
    size_t count = 0;
    if (!span_is_empty(request->segment.brand) || request->segment.query != NULL) {
        segments[count++] = request->segment;
        return count;
    }
    for (size_t i = 0; i < config->brand_count; i++) {
        if (config->brands[i].own) {
            segments[count++] = (struct segment){.brand = config->brands[i].name};
        }
    }
    return count;
}

bool report_print(struct buffer *out, const struct snapshot *snapshot, const struct config *config,
                  const struct report_request *request, const struct output_style *style,
                  struct error *error) {
    if (request->period.since_ms == DATE_NONE || request->period.until_ms == DATE_NONE ||
        request->period.since_ms >= request->period.until_ms) {
        return error_set(error, ERROR_USAGE, "a report needs a period that ends after it begins");
    }
    struct span brand = request->segment.brand;
    if (!span_is_empty(brand) && brand_find(config, brand) == NULL) {
        return error_set(error, ERROR_USAGE, "no brand \"%.*s\" in the configuration",
                         SPAN_ARG(brand));
    }
    struct arena *arena = arena_create();
    struct segment *segments = ARENA_ARRAY(arena, struct segment, config->brand_count + 1);
    size_t count = request_segments(config, request, segments);
    struct sheet *list = ARENA_ARRAY(arena, struct sheet, count + 1);
    for (size_t i = 0; i < count; i++) {
        sheet_gather(&list[i], snapshot, config, &segments[i], request->period, arena);
    }
    struct sheets sheets = {.list = list, .count = count, .period = request->period};
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (report_formats[i].format == style->format) {
            report_formats[i].print(out, &sheets, style);
        }
    }
    arena_free(arena);
    if (out->overflowed) {
        return error_set(error, ERROR_LIMIT, "the report passes its ceiling of %zu bytes",
                         out->ceiling);
    }
    return true;
}
