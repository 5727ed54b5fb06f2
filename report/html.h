/* HTML pages that need nothing but themselves: one style sheet inside, charts as inline SVG, light
 * and dark, no script. All text is escaped here. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/arena.h"
#include "base/buffer.h"

void html_page_begin(struct buffer *out, struct span title);
void html_page_end(struct buffer *out);

/* <tag class="class">text</tag>; class may be NULL. */
void html_element(struct buffer *out, const char *tag, const char *class, struct span text);

/* A link with rel=noopener where `url` is http or https, else the bare text. */
void html_link(struct buffer *out, struct span url, struct span text);

struct html_column { /* one step of a stacked column chart */
    bool known;
    double positive, neutral, negative;
    int64_t time_ms;
    bool marked; /* an incident lies here */
};
/* Volume by sentiment over time, with `sentence` as what a screen reader says. */
void html_chart(struct buffer *out, const struct html_column *columns, size_t count,
                struct span sentence);

/* A small line of values (NAN = gap). */
void html_spark(struct buffer *out, const double *values, size_t count);

/* A bar for a share 0..1, coloured by `class`. */
void html_bar(struct buffer *out, double share, const char *class);

#endif
