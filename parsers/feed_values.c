#include "base/base64.h"
#include "base/charset.h"
#include "base/url.h"
#include "parsers/feed.h"

/* Reading the elements that a feed's parts point at. */

/* RFC 4287 4.1.3.3: a media type that is neither text nor XML means base64. */
static bool is_base64_type(struct span type) {
    return span_find_byte(type, '/') != SPAN_NOT_FOUND &&
           !span_starts_with_nocase(type, SPAN("text/")) && !span_ends_with(type, SPAN("xml")) &&
           !span_ends_with(type, SPAN("html"));
}

/* The div that RFC 4287 3.1.1.3 demands around XHTML and says is no part of it. */
static const struct xml_node *wrapper_of(const struct xml_node *node) {
    const struct xml_node *only = NULL;
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (xml_is_element(child)) {
            if (only != NULL || !span_equal(child->name, SPAN("div"))) {
                return NULL;
            }
            only = child;
        } else if (span_trim(child->text).size > 0) {
            return NULL;
        }
    }
    return only;
}

struct feed_value feed_value(const struct feed *feed, const struct xml_node *node,
                             struct arena *arena) {
    struct feed_value value = {0};
    if (node == NULL) {
        return value;
    }
    struct span type = xml_attribute(node, "type");
    if (xml_has_elements(node)) {
        const struct xml_node *wrapper = feed->atom ? wrapper_of(node) : NULL;
        value.text = span_trim(xml_inner(wrapper == NULL ? node : wrapper, arena));
        value.markup = true;
        return value;
    }
    value.text = span_trim(xml_text(node, arena));
    value.markup =
        !feed->atom || span_ends_with(type, SPAN("html")) || span_ends_with(type, SPAN("html+xml"));
    if (feed->atom &&
        (span_equal_nocase(xml_attribute(node, "mode"), SPAN("base64")) || is_base64_type(type))) {
        /* Some name a media type and write text: what does not decode to text was none. */
        struct span decoded = base64_decode(value.text, arena);
        if (decoded.size > 0 && charset_is_utf8(decoded)) {
            value.text = span_trim(decoded);
            value.markup = true;
        }
    }
    return value;
}

struct span feed_text(const struct feed *feed, const struct feed_part *part, enum feed_field field,
                      struct arena *arena) {
    return feed_value(feed, part->field[field], arena).text;
}

struct span feed_id(const struct feed *feed, const struct feed_part *part, struct arena *arena) {
    struct span id = feed_text(feed, part, FEED_ID, arena);
    for (size_t i = 0; i < part->node->attribute_count && id.size == 0; i++) {
        if (span_equal(part->node->attributes[i].name, SPAN("about"))) {
            id = span_trim(part->node->attributes[i].value);
        }
    }
    /* Atom's ids are addresses; one without a scheme is meant to be taken from here. */
    bool relative = feed->atom && span_find_byte(id, '/') != SPAN_NOT_FOUND &&
                    span_find_byte(id, ':') == SPAN_NOT_FOUND;
    return relative ? feed_resolve(feed, part->field[FEED_ID], id, arena) : id;
}

struct span feed_language(const struct xml_node *node, struct arena *arena) {
    struct span language = span_trim(xml_inherited(node, "lang"));
    if (span_find_byte(language, '_') == SPAN_NOT_FOUND) {
        return language;
    }
    char *copy = arena_copy_string(arena, language);
    for (size_t i = 0; i < language.size; i++) {
        copy[i] = copy[i] == '_' ? '-' : copy[i];
    }
    return (struct span){copy, language.size};
}

struct span feed_child_text(const struct xml_node *node, const char *name, struct arena *arena) {
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (span_equal_nocase(child->name, span_of(name))) {
            return span_trim(xml_has_elements(child) ? xml_inner(child, arena)
                                                     : xml_text(child, arena));
        }
    }
    return (struct span){0};
}

struct span feed_base(const struct feed *feed, const struct xml_node *node, struct arena *arena) {
    struct span own = {0};
    for (; node != NULL && own.size == 0; node = node->parent) {
        for (size_t i = 0; i < node->attribute_count; i++) {
            const struct xml_attribute *attribute = &node->attributes[i];
            if (span_equal(attribute->prefix, SPAN("xml")) &&
                span_equal(attribute->name, SPAN("base"))) {
                own = span_trim(attribute->value);
            }
        }
    }
    if (own.size == 0) {
        return feed->base;
    }
    struct url url;
    if (span_find(own, SPAN("://")) != SPAN_NOT_FOUND) {
        return url_parse(own, NULL, arena, &url) ? url_print(&url, arena) : own;
    }
    struct span outer = feed_base(feed, node, arena);
    struct span resolved = url_resolve(own, outer, arena);
    return resolved.size > 0 ? resolved : outer;
}

static bool is_absolute(struct span reference) {
    return span_starts_with_nocase(reference, SPAN("http://")) ||
           span_starts_with_nocase(reference, SPAN("https://"));
}

struct span feed_resolve(const struct feed *feed, const struct xml_node *node,
                         struct span reference, struct arena *arena) {
    reference = span_trim(reference);
    if (is_absolute(reference)) {
        return reference;
    }
    struct span base = feed_base(feed, node, arena);
    struct span resolved = base.size == 0 ? base : url_resolve(reference, base, arena);
    return resolved.size > 0 ? resolved : reference;
}

struct span feed_link_href(const struct feed *feed, const struct xml_node *link,
                           struct arena *arena) {
    struct span text = {0};
    bool has_href = false;
    for (size_t i = 0; i < link->attribute_count; i++) {
        if (span_equal(link->attributes[i].name, SPAN("href"))) {
            text = link->attributes[i].value;
            has_href = true;
        }
    }
    if (!has_href) {
        text = xml_text(link, arena);
        if (span_trim(text).size == 0) {
            return (struct span){0};
        }
    }
    return feed_resolve(feed, link, text, arena);
}

static bool is_email(struct span text) {
    size_t at = span_find_byte(text, '@');
    return at != SPAN_NOT_FOUND && at > 0 && at + 1 < text.size &&
           span_find_byte(text, ' ') == SPAN_NOT_FOUND;
}

/* Takes what stands between the last `open` and the `close` at the end off `text`. */
static struct span take_bracketed(struct span *text, char open, char close) {
    size_t at = text->size;
    if (at == 0 || text->data[at - 1] != close) {
        return (struct span){0};
    }
    while (at > 0 && text->data[at - 1] != open) {
        at--;
    }
    if (at == 0) {
        return (struct span){0};
    }
    struct span inside = span_trim((struct span){text->data + at, text->size - at - 1});
    *text = span_trim(span_first(*text, at - 1));
    return inside;
}

struct feed_person feed_person_split(struct span text) {
    struct feed_person person = {0};
    text = span_trim(text);
    struct span bracketed = take_bracketed(&text, '<', '>');
    if (bracketed.size == 0) {
        bracketed = take_bracketed(&text, '(', ')');
    }
    if (is_email(bracketed)) {
        person.email = bracketed;
        person.name = text;
    } else if (is_email(text)) {
        person.email = text;
        person.name = bracketed;
    } else {
        person.name = bracketed.size > 0 && text.size == 0 ? bracketed : text;
    }
    if (span_starts_with_nocase(person.email, SPAN("mailto:"))) {
        person.email = span_from(person.email, 7);
    }
    return person;
}

struct feed_person feed_person(const struct feed *feed, const struct xml_node *node,
                               struct arena *arena) {
    if (!xml_has_elements(node)) {
        return feed_person_split(xml_text(node, arena));
    }
    struct feed_person person = {.name = feed_child_text(node, "name", arena),
                                 .email = feed_child_text(node, "email", arena)};
    static const char *const names[] = {"uri", "url", "homepage"};
    for (size_t i = 0; i < sizeof names / sizeof names[0] && person.url.size == 0; i++) {
        person.url = feed_child_text(node, names[i], arena);
    }
    if (person.url.size > 0) {
        person.url = feed_resolve(feed, node, person.url, arena);
    }
    return person;
}
