#include "base/config.h"

#include "base/config_parts.h"
#include "base/url.h"

/* The part that is the same for everyone stands here as it is written; the parts about options come
 * from their table. Lines that begin with "#" and no space are options: take the "#" away to set
 * one. */
static const char heading[] =
    "# What earshot listens to, for whom, and how. \"earshot config check\" reads it and says what "
    "is\n"
    "# wrong; \"earshot config options\" explains every option. A line that begins with \"#\" "
    "right\n"
    "# before a name is an option at its default: take the \"#\" away to change it.\n"
    "\n";

static const char brands_heading[] =
    "# Whom it is about. Without more, a brand is found by its name, as a whole word in any case.\n"
    "#   any/all/none   words and phrases: any of these, all of these, none of these\n"
    "#   query          the same in the query language, for what lists cannot say\n"
    "#   competitors    other brands of this list, for share of voice\n"
    "#   accounts       who answers for it, for response rate and time\n"
    "brands:\n";

static const char brands_hint[] =
    "    # query: '(acme OR \"acme coffee\") NOT looneytunes NOT \"acme brick\"'\n"
    "    # none: [a word that shows it is someone else of that name]\n";

static const char sources_heading[] =
    "# Where it listens. None of these needs a key. \"earshot source recipes\" lists every kind "
    "of\n"
    "# source, \"earshot source test NAME\" asks one and shows what it brings.\n"
    "sources:\n"
    "  - recipe: hackernews              # stories and comments, asked per brand\n"
    "\n"
    "  - recipe: stackexchange           # questions and answers\n"
    "    params: {site: stackoverflow}   # or superuser, serverfault, ...\n"
    "\n";

static const char app_hint[] =
    "\n"
    "  # Reviews of your app. Its number is in its address on apps.apple.com, behind \"/id\". All "
    "of\n"
    "  # them are about your brand, whether they name it or not: that is what \"about\" says.\n";

static const char game_hint[] =
    "\n"
    "  # Reviews of your game. Its number is in its address on store.steampowered.com, behind\n"
    "  # \"/app/\".\n";

static const char page_hint[] =
    "\n"
    "  # A page with reviews in schema.org form, as most review sites and shops have them (look "
    "for\n"
    "  # \"application/ld+json\" in its source). Read the site's terms first.\n";

static const char people_heading[] = "\n"
                                     "# Who gets mail: an alert when something happens, a digest "
                                     "of each day, week or month. Needs \"mail\" below.\n"
                                     "#people:\n"
                                     "#  - email: marketing@example.com\n"
                                     "#    alerts: true\n"
                                     "#    digests: [daily, weekly]\n";

static void print_brands(struct buffer *out, struct span brand, const struct span *competitors,
                         size_t count) {
    buffer_append_string(out, "  - name: ");
    schema_print_scalar(out, brand);
    buffer_append_string(out, "\n");
    if (count > 0) {
        buffer_append_string(out, "    competitors: [");
        for (size_t i = 0; i < count; i++) {
            buffer_append_string(out, i > 0 ? ", " : "");
            schema_print_scalar(out, competitors[i]);
        }
        buffer_append_string(out, "]\n");
    }
    buffer_append_string(out, brands_hint);
    for (size_t i = 0; i < count; i++) {
        buffer_append_string(out, "  - name: ");
        schema_print_scalar(out, competitors[i]);
        buffer_append_string(out, "\n");
    }
    buffer_append_string(out, "\n");
}

/* The brand's name as a hashtag: its letters and digits. */
static void print_tag(struct buffer *out, struct span brand) {
    size_t before = out->size;
    for (size_t i = 0; i < brand.size; i++) {
        char c = byte_to_lower(brand.data[i]);
        if (byte_is_alpha(c) || byte_is_digit(c) || (unsigned char)c >= 0x80) {
            buffer_append_byte(out, c);
        }
    }
    buffer_append_string(out, out->size == before ? "brand" : "");
}

static void print_quoted_tag(struct buffer *out, struct span brand) {
    struct buffer tag;
    buffer_init(&tag, brand.size + 8);
    print_tag(&tag, brand);
    schema_print_scalar(out, buffer_span(&tag));
    buffer_done(&tag);
}

/* A source that wants a number or address only the reader knows, commented out. */
static void print_about(struct buffer *out, const char *lines, struct span brand) {
    buffer_append_string(out, lines);
    buffer_append_string(out, "  #  about: ");
    schema_print_scalar(out, brand);
    buffer_append_byte(out, '\n');
}

static void print_sources(struct buffer *out, struct span brand) {
    buffer_append_string(out, sources_heading);
    buffer_append_string(out,
                         "  - recipe: mastodon-tag            # posts with a hashtag, seen from "
                         "one server\n    params: {base: \"https://mastodon.social\", tag: ");
    print_quoted_tag(out, brand);
    buffer_append_string(out, "}\n\n  - name: google-news               # any RSS, Atom or JSON "
                              "feed will do\n    feed: https://news.google.com/rss/search?q=%22");
    url_encode_value(out, brand);
    buffer_append_string(out, "%22&hl=en-US&gl=US&ceid=US:en\n    channel: news\n");
    buffer_append_string(out, app_hint);
    print_about(out,
                "  #- recipe: appstore\n"
                "  #  params: {app: 123456789, country: us}\n",
                brand);
    buffer_append_string(out, game_hint);
    print_about(out,
                "  #- recipe: steam\n"
                "  #  params: {app: 123456}\n",
                brand);
    buffer_append_string(out, page_hint);
    print_about(out,
                "  #- recipe: reviews-page\n"
                "  #  url: https://reviews.example/your-brand\n",
                brand);
}

/* A section of plain options, all commented out. */
static void print_section(struct buffer *out, const char *name) {
    const struct schema_row *row = schema_find(&config_schema, span_of(name));
    buffer_print(out, "\n# %c%s.\n#%s:\n", row->help[0] - 'a' + 'A', row->help + 1, name);
    schema_print_example(out, row->section, 2);
}

void config_print_example(struct buffer *out, struct span brand, const struct span *competitors,
                          size_t competitor_count) {
    static const char *const sections[] = {"mail", "alerts", "serve", "retain", "crawler"};
    buffer_append_string(out, heading);
    buffer_append_string(out, brands_heading);
    print_brands(out, brand, competitors, competitor_count);
    print_sources(out, brand);
    buffer_append_string(out, people_heading);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        print_section(out, sections[i]);
    }
    buffer_append_string(out, "\n# Everything else.\n");
    schema_print_example(out, &config_schema, 0);
}
