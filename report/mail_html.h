/* The pieces that mails are made of: tables with inline styles, no images (bars are cells), colours
 * that read in light and dark, names of classes for the programs that know dark. All text is escaped
 * here. */
#ifndef REPORT_MAIL_HTML_H
#define REPORT_MAIL_HTML_H

#include "report/notice.h"

/* A page with one column of cards, opened by the sentence that mail programs show beside the subject. */
void mail_page_begin(struct buffer *out, struct span preheader);
void mail_page_end(struct buffer *out, struct span footer);

void mail_card_begin(struct buffer *out);
void mail_card_end(struct buffer *out);

enum mail_ink { INK_TEXT, INK_SOFT, INK_BAD, INK_GOOD };

void mail_status(struct buffer *out, struct span status, enum notice_tone tone);
void mail_heading(struct buffer *out, struct span text);    /* of a card's first line */
void mail_subheading(struct buffer *out, struct span text); /* of a part of it */
void mail_paragraph(struct buffer *out, enum mail_ink ink, struct span text);

/* One column a value, from 0 to the highest; NAN is "no data", grey and of full height. At most 48
 * columns: more values are averaged together. Nothing where no value is above 0. */
void mail_bars(struct buffer *out, const double *values, size_t count);

/* A button-like link of ours; nothing where it is no web address. */
void mail_button(struct buffer *out, struct span url, const char *label);

void mail_quote(struct buffer *out, struct arena *arena, const struct notice_quote *quote);

/* Tables of texts: the first column left, the others right. */
struct mail_cell {
    struct span text;
    enum mail_ink ink;
    double bar; /* 0..1: a bar in place of text; negative = none */
};
void mail_table_begin(struct buffer *out);
void mail_table_head(struct buffer *out, const char *const *names, size_t count);
void mail_table_row(struct buffer *out, const struct mail_cell *cells, size_t count);
void mail_table_end(struct buffer *out);

/* A tile in a row of two: name, value, what has changed, a note. */
struct mail_tile {
    struct span name, value, change, note;
    enum mail_ink ink; /* of the change */
};
void mail_tiles(struct buffer *out, const struct mail_tile *tiles, size_t count);

#endif
