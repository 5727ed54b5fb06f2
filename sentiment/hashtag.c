#include "sentiment/hashtag.h"

enum {
    HASHTAG_LEAST = 6, /* "sosad" could be a name */
    HASHTAG_MOST = 48, /* longer ones are no words that a person would read */
    PART_MOST = 16,    /* letters of a part: two blocks */
    PART_PLAIN = 4,    /* content words of fewer letters are found in too many names: "mad-rid" */
    PART_SHORT = 2,    /* of so few letters only function words are parts */
    PARTS_MOST = 8,
    HASHTAGS_MOST = 16, /* of a text; more are a list of names */
    UNREACHED = 255,
};

/* The best way to have cut what lies in front of a letter. */
struct cut {
    uint32_t form; /* of the last part */
    uint8_t size;  /* of the last part */
    uint8_t parts; /* UNREACHED: there is no way */
};

static bool is_candidate(const struct token *token) {
    return (token->flags & TOKEN_HASHTAG) != 0 && token->form == NO_FORM &&
           token->folded.size >= HASHTAG_LEAST && token->folded.size <= HASHTAG_MOST &&
           token->end - token->begin == token->folded.size;
}

static bool is_function(const struct analysis *analysis, uint32_t form) {
    return (lexicon_form(analysis->lexicon, form)->function & 1U << analysis->language) != 0;
}

/* "i" may begin; any other part has the letters that the language asks for. */
static bool is_part(const struct analysis *analysis, uint32_t form, size_t at, size_t size) {
    const struct form *row = lexicon_form(analysis->lexicon, form);
    bool first = analysis->settings->hashtag_part <= PART_SHORT && at == 0 && size == 1;
    bool listed = size > PART_SHORT && (row->vocabulary & 1U << analysis->language) != 0;
    return form != NO_FORM && (first || (double)size >= analysis->settings->hashtag_part) &&
           (listed || is_function(analysis, form));
}

/* Tries every word that begins at a letter which can be reached. */
static void cut_behind(const struct analysis *analysis, struct span tag, size_t at,
                       struct cut *cuts) {
    char part[PART_MOST + 2 * BLOCK_SIZE] = {0};
    for (size_t size = 1; size <= PART_MOST && at + size <= tag.size; size++) {
        part[size - 1] = tag.data[at + size - 1];
        struct cut *cut = &cuts[at + size];
        if (cuts[at].parts + 1 >= cut->parts) {
            continue;
        }
        uint64_t hash = blocks_hash(part, size);
        uint32_t form =
            lexicon_confirm(analysis->lexicon, lexicon_row(analysis->lexicon, hash), hash);
        if (is_part(analysis, form, at, size)) {
            *cut = (struct cut){form, (uint8_t)size, (uint8_t)(cuts[at].parts + 1)};
        }
    }
}

/* Is the way to the end one that a reader would take? */
static bool is_worth_it(const struct analysis *analysis, const struct cut *cuts, size_t size) {
    size_t letters = 0;
    size_t contents = 0;
    bool says = false;
    size_t first = size;
    if (cuts[size].parts > PARTS_MOST) {
        return false;
    }
    for (size_t at = size; at > 0; at -= cuts[at].size) {
        const struct sense *sense =
            lexicon_sense(analysis->lexicon, cuts[at].form, analysis->language);
        bool content = !is_function(analysis, cuts[at].form);
        first = cuts[at].size;
        contents += content;
        letters += content ? cuts[at].size : 0;
        says = says || sense->valence[analysis->genre] != 0 || (sense->roles & ROLE_NEGATION) != 0;
    }
    if (first == 1 && cuts[size].parts == 2) { /* "i slam" */
        return false;
    }
    return says && (contents == 1 || letters >= contents * PART_PLAIN);
}

/* How many words the hashtag is; 1: itself. */
static size_t find_cuts(const struct analysis *analysis, struct span tag,
                        struct cut cuts[HASHTAG_MOST + 1]) {
    cuts[0] = (struct cut){0};
    for (size_t i = 1; i <= tag.size; i++) {
        cuts[i] = (struct cut){.parts = UNREACHED};
    }
    for (size_t at = 0; at < tag.size; at++) {
        if (cuts[at].parts < PARTS_MOST) {
            cut_behind(analysis, tag, at, cuts);
        }
    }
    return is_worth_it(analysis, cuts, tag.size) ? cuts[tag.size].parts : 1;
}

/* Writes the parts of a token to `out`, the last first. */
static void write_parts(const struct token *token, const struct cut *cuts, struct arena *arena,
                        struct token *out) {
    for (size_t at = token->folded.size; at > 0; at -= cuts[at].size) {
        struct token *part = &out[cuts[at].parts - 1];
        size_t begin = at - cuts[at].size;
        char *folded = arena_allocate(arena, PART_MOST + 2 * BLOCK_SIZE);
        memcpy(folded, token->folded.data + begin, cuts[at].size);
        *part = *token;
        part->folded = (struct span){folded, cuts[at].size};
        part->form = cuts[at].form;
        part->begin = token->begin + (uint32_t)begin;
        part->end = token->begin + (uint32_t)at;
    }
}

/* A copy of the list that can take all that hashtags may add to it. */
static struct token *with_room(const struct tokens *tokens, struct arena *arena) {
    struct token *list =
        ARENA_ARRAY(arena, struct token, tokens->count + (size_t)HASHTAGS_MOST * (PARTS_MOST - 1));
    memcpy(list, tokens->list, tokens->count * sizeof *list);
    return list;
}

/* Makes room behind a token and puts its parts there. */
static void put_parts(struct tokens *tokens, size_t index, size_t parts, const struct cut *cuts,
                      struct arena *arena) {
    struct token whole = tokens->list[index];
    memmove(&tokens->list[index + parts], &tokens->list[index + 1],
            (tokens->count - index - 1) * sizeof(struct token));
    write_parts(&whole, cuts, arena, &tokens->list[index]);
    tokens->count += parts - 1;
    tokens->words += parts - 1;
}

/* Numbers that the new tokens have changed. */
static void renumber(struct tokens *tokens) {
    uint32_t words = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        tokens->list[i].last = (uint32_t)i;
        tokens->list[i].ordinal = words;
        words += tokens->list[i].kind != TOKEN_MARK;
    }
}

void hashtags_split(struct analysis *analysis, struct arena *arena) {
    struct tokens *tokens = &analysis->tokens;
    struct cut cuts[HASHTAG_MOST + 1];
    size_t before = tokens->count;
    for (size_t i = 0, tried = 0; i < tokens->count && tried < HASHTAGS_MOST; i++) {
        if (!is_candidate(&tokens->list[i])) {
            continue;
        }
        tried++;
        size_t parts = find_cuts(analysis, tokens->list[i].folded, cuts);
        if (parts > 1) {
            tokens->list = tokens->count == before ? with_room(tokens, arena) : tokens->list;
            put_parts(tokens, i, parts, cuts, arena);
            i += parts - 1;
        }
    }
    if (tokens->count > before) {
        renumber(tokens);
    }
}
