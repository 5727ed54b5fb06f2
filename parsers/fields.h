/* Values in answers: where they stand, what they are, and the item's members they become. */
#ifndef PARSERS_FIELDS_H
#define PARSERS_FIELDS_H

#include "parsers/recipe.h"

#include <libxml/tree.h>

/* A value in an answer: one of both. */
struct value {
    json_t *json;
    xmlNode *node;
    struct span text; /* of an XPath that gives a string */
};

/* An answer while it is read. */
struct answer {
    struct value root;
    struct arena *arena;
    struct span url; /* base of relative links */
    int64_t now_ms;
    struct span language;    /* hint for dates */
    template_lookup *lookup; /* variables of the poll, for templates */
    void *lookup_context;
    struct span file; /* of the recipe, for messages */
    size_t blemishes; /* values that stood there and could not be read */
    struct span first_blemish;
};

/* Where on a page an item stands, for messages. */
struct item_place {
    const struct place *list; /* the recipe's, that it is an element of */
    size_t index;
    size_t number; /* on the page, from 1 */
};

/* A row per member of struct item that a recipe can fill. */
bool field_find(struct span name, size_t *field);
enum value_type field_default_type(size_t field);

bool value_type_parse(struct span name, enum value_type *type);

struct value place_get(const struct answer *answer, const struct place *place, struct value from);
struct value *place_list(const struct answer *answer, const struct place *place, struct value from,
                         size_t *count);
struct span value_text(const struct answer *answer, struct value value);

/* What a rule finds in or for an element, before it is read as the rule's type. */
struct span rule_text(const struct answer *answer, const struct rule *rule, struct value from);

bool condition_holds(const struct answer *answer, const struct condition *condition,
                     struct value from);
bool conditions_any(const struct answer *answer, const struct conditions *conditions,
                    struct value from);
bool conditions_all(const struct answer *answer, const struct conditions *conditions,
                    struct value from);

/* Where an item's link only leads through the site, to the address its `parameter` holds. */
void item_unwrap(struct item *item, struct span parameter, struct arena *arena);

/* Fills `item` from `from` by the listing's fields. Returns a set of bits: which fields got a
 * value. */
uint32_t fields_fill(struct answer *answer, const struct listing *listing, struct value from,
                     const struct item_place *where, struct item *item);

#endif
