/* What columns are called and how answers are put in words, in six languages and in the exports of
 * Typeform, SurveyMonkey, Delighted, Qualtrics and Google Forms. All folded (base/words.h). */
#include "parsers/survey.h"

#include "base/words.h"
#include "parsers/numbers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct role_trait role_traits[ROLE_COUNT] = {
    [ROLE_NONE] = {"", "left out", true, false},
    [ROLE_ID] = {"id", "id", false, false},
    [ROLE_TIME] = {"time", "time", false, false},
    [ROLE_UPDATED] = {"updated", "time of the last change", false, false},
    [ROLE_NPS] = {"nps", "NPS", false, true},
    [ROLE_CSAT] = {"csat", "CSAT", false, true},
    [ROLE_CES] = {"ces", "CES", false, true},
    [ROLE_STARS] = {"stars", "stars", false, true},
    [ROLE_COMMENT] = {"comment", "comment", true, false},
    [ROLE_CONTEXT] = {"context", "context, as title", true, false},
    [ROLE_AUTHOR] = {"author", "author", false, false},
    [ROLE_PERSON] = {"person", "left out: who a person is", true, false},
    [ROLE_LANGUAGE] = {"language", "language", false, false},
    [ROLE_COUNTRY] = {"country", "country", false, false},
    [ROLE_BRAND] = {"brand", "brand", false, false},
    [ROLE_URL] = {"url", "address", false, false},
};

/* --- Names of columns ----------------------------------------------------------------------------- */

enum fit {
    FIT_WHOLE, /* the name is this */
    FIT_SHORT, /* it stands in a name, which is no sentence */
    FIT_PART,  /* it stands in a name, however long: in a question */
};
#define SHORT_NAME ((size_t)40)

static const struct column_name {
    enum role role;
    enum fit fit;
    const char *text;
} column_names[] = {
    {ROLE_ID, FIT_WHOLE, "response id"},
    {ROLE_ID, FIT_WHOLE, "responseid"},
    {ROLE_ID, FIT_WHOLE, "respondent id"},
    {ROLE_ID, FIT_WHOLE, "submission id"},
    {ROLE_ID, FIT_WHOLE, "answer id"},
    {ROLE_ID, FIT_WHOLE, "id"},
    {ROLE_ID, FIT_WHOLE, "#"},
    {ROLE_ID, FIT_WHOLE, "token"},
    {ROLE_ID, FIT_WHOLE, "antwort-id"},
    {ROLE_ID, FIT_WHOLE, "id de respuesta"},
    {ROLE_ID, FIT_WHOLE, "id da resposta"},
    {ROLE_ID, FIT_WHOLE, "id risposta"},
    {ROLE_ID, FIT_WHOLE, "id de la reponse"},
    {ROLE_TIME, FIT_SHORT, "submit"},
    {ROLE_TIME, FIT_SHORT, "responded"},
    {ROLE_TIME, FIT_SHORT, "completed"},
    {ROLE_TIME, FIT_SHORT, "end date"},
    {ROLE_TIME, FIT_SHORT, "enddate"},
    {ROLE_TIME, FIT_SHORT, "recorded"},
    {ROLE_TIME, FIT_SHORT, "created"},
    {ROLE_TIME, FIT_SHORT, "timestamp"},
    {ROLE_TIME, FIT_SHORT, "zeitstempel"},
    {ROLE_TIME, FIT_SHORT, "marca temporal"},
    {ROLE_TIME, FIT_SHORT, "carimbo de data"},
    {ROLE_TIME, FIT_SHORT, "informazioni cronologiche"},
    {ROLE_TIME, FIT_SHORT, "horodat"},
    {ROLE_TIME, FIT_SHORT, "response date"},
    {ROLE_TIME, FIT_WHOLE, "date"},
    {ROLE_TIME, FIT_WHOLE, "time"},
    {ROLE_TIME, FIT_SHORT, "datum"},
    {ROLE_TIME, FIT_SHORT, "fecha"},
    {ROLE_TIME, FIT_WHOLE, "data"},
    {ROLE_TIME, FIT_SHORT, "start date"},
    {ROLE_TIME, FIT_SHORT, "date"},
    {ROLE_UPDATED, FIT_SHORT, "modified"},
    {ROLE_UPDATED, FIT_SHORT, "updated"},
    {ROLE_NPS, FIT_SHORT, "nps"},
    {ROLE_NPS, FIT_PART, "net promoter"},
    {ROLE_NPS, FIT_PART, "recommend"},
    {ROLE_NPS, FIT_PART, "empfehl"},
    {ROLE_NPS, FIT_PART, "recomend"},
    {ROLE_NPS, FIT_PART, "recomiend"},
    {ROLE_NPS, FIT_PART, "consigli"},
    {ROLE_NPS, FIT_PART, "raccomand"},
    {ROLE_NPS, FIT_PART, "recommand"},
    {ROLE_CSAT, FIT_SHORT, "csat"},
    {ROLE_CSAT, FIT_PART, "satisf"},
    {ROLE_CSAT, FIT_PART, "soddisf"},
    {ROLE_CSAT, FIT_PART, "zufried"},
    {ROLE_CES, FIT_WHOLE, "ces"},
    {ROLE_CES, FIT_SHORT, "ces score"},
    {ROLE_CES, FIT_PART, "effort"},
    {ROLE_CES, FIT_PART, "easy"},
    {ROLE_CES, FIT_PART, "einfach"},
    {ROLE_CES, FIT_PART, "esfuerzo"},
    {ROLE_CES, FIT_PART, "esforco"},
    {ROLE_CES, FIT_PART, "facil"},
    {ROLE_CES, FIT_PART, "sforzo"},
    {ROLE_CES, FIT_PART, "aufwand"},
    {ROLE_STARS, FIT_SHORT, "stars"},
    {ROLE_STARS, FIT_SHORT, "rating"},
    {ROLE_STARS, FIT_SHORT, "sterne"},
    {ROLE_STARS, FIT_SHORT, "bewertung"},
    {ROLE_STARS, FIT_SHORT, "estrellas"},
    {ROLE_STARS, FIT_SHORT, "valoracion"},
    {ROLE_STARS, FIT_SHORT, "estrelas"},
    {ROLE_STARS, FIT_SHORT, "avaliacao"},
    {ROLE_STARS, FIT_SHORT, "stelle"},
    {ROLE_STARS, FIT_SHORT, "valutazione"},
    {ROLE_STARS, FIT_SHORT, "etoiles"},
    {ROLE_COMMENT, FIT_PART, "open-ended response"},
    {ROLE_COMMENT, FIT_PART, "comment"},
    {ROLE_COMMENT, FIT_PART, "why"},
    {ROLE_COMMENT, FIT_PART, "reason"},
    {ROLE_COMMENT, FIT_PART, "feedback"},
    {ROLE_COMMENT, FIT_PART, "tell us"},
    {ROLE_COMMENT, FIT_PART, "kommentar"},
    {ROLE_COMMENT, FIT_PART, "warum"},
    {ROLE_COMMENT, FIT_PART, "anmerkung"},
    {ROLE_COMMENT, FIT_PART, "comentario"},
    {ROLE_COMMENT, FIT_PART, "por que"},
    {ROLE_COMMENT, FIT_PART, "commento"},
    {ROLE_COMMENT, FIT_PART, "perche"},
    {ROLE_COMMENT, FIT_PART, "pourquoi"},
    {ROLE_CONTEXT, FIT_SHORT, "touchpoint"},
    {ROLE_CONTEXT, FIT_WHOLE, "product"},
    {ROLE_CONTEXT, FIT_WHOLE, "produkt"},
    {ROLE_CONTEXT, FIT_WHOLE, "producto"},
    {ROLE_CONTEXT, FIT_WHOLE, "produto"},
    {ROLE_CONTEXT, FIT_WHOLE, "prodotto"},
    {ROLE_CONTEXT, FIT_WHOLE, "produit"},
    {ROLE_CONTEXT, FIT_WHOLE, "location"},
    {ROLE_CONTEXT, FIT_WHOLE, "store"},
    {ROLE_CONTEXT, FIT_WHOLE, "shop"},
    {ROLE_CONTEXT, FIT_WHOLE, "branch"},
    {ROLE_CONTEXT, FIT_WHOLE, "filiale"},
    {ROLE_CONTEXT, FIT_WHOLE, "standort"},
    {ROLE_CONTEXT, FIT_WHOLE, "tienda"},
    {ROLE_CONTEXT, FIT_WHOLE, "loja"},
    {ROLE_CONTEXT, FIT_WHOLE, "negozio"},
    {ROLE_CONTEXT, FIT_WHOLE, "magasin"},
    {ROLE_AUTHOR, FIT_WHOLE, "author"},
    {ROLE_AUTHOR, FIT_WHOLE, "name"},
    {ROLE_AUTHOR, FIT_WHOLE, "full name"},
    {ROLE_AUTHOR, FIT_WHOLE, "nombre"},
    {ROLE_AUTHOR, FIT_WHOLE, "nome"},
    {ROLE_AUTHOR, FIT_WHOLE, "nom"},
    {ROLE_PERSON, FIT_SHORT, "email"},
    {ROLE_PERSON, FIT_SHORT, "e-mail"},
    {ROLE_PERSON, FIT_SHORT, "mail address"},
    {ROLE_PERSON, FIT_SHORT, "correo"},
    {ROLE_PERSON, FIT_SHORT, "courriel"},
    {ROLE_PERSON, FIT_SHORT, "phone"},
    {ROLE_PERSON, FIT_SHORT, "telefon"},
    {ROLE_PERSON, FIT_SHORT, "mobile"},
    {ROLE_PERSON, FIT_SHORT, "ip address"},
    {ROLE_PERSON, FIT_SHORT, "ipaddress"},
    {ROLE_PERSON, FIT_SHORT, "ip-adresse"},
    {ROLE_PERSON, FIT_SHORT, "direccion ip"},
    {ROLE_PERSON, FIT_SHORT, "adresse ip"},
    {ROLE_PERSON, FIT_SHORT, "indirizzo"},
    {ROLE_PERSON, FIT_SHORT, "first name"},
    {ROLE_PERSON, FIT_SHORT, "last name"},
    {ROLE_PERSON, FIT_SHORT, "vorname"},
    {ROLE_PERSON, FIT_SHORT, "nachname"},
    {ROLE_PERSON, FIT_SHORT, "latitude"},
    {ROLE_PERSON, FIT_SHORT, "longitude"},
    {ROLE_LANGUAGE, FIT_SHORT, "language"},
    {ROLE_LANGUAGE, FIT_WHOLE, "locale"},
    {ROLE_LANGUAGE, FIT_WHOLE, "sprache"},
    {ROLE_LANGUAGE, FIT_WHOLE, "idioma"},
    {ROLE_LANGUAGE, FIT_WHOLE, "lingua"},
    {ROLE_LANGUAGE, FIT_WHOLE, "langue"},
    {ROLE_COUNTRY, FIT_SHORT, "country"},
    {ROLE_COUNTRY, FIT_WHOLE, "land"},
    {ROLE_COUNTRY, FIT_WHOLE, "pais"},
    {ROLE_COUNTRY, FIT_WHOLE, "paese"},
    {ROLE_COUNTRY, FIT_WHOLE, "pays"},
    {ROLE_BRAND, FIT_WHOLE, "brand"},
    {ROLE_BRAND, FIT_WHOLE, "marke"},
    {ROLE_BRAND, FIT_WHOLE, "marca"},
    {ROLE_BRAND, FIT_WHOLE, "marque"},
    {ROLE_URL, FIT_WHOLE, "permalink"},
    {ROLE_URL, FIT_WHOLE, "url"},
};

/* "Q1_NPS_GROUP", "... - Group": promoter or detractor, as the site made it of the answer. */
static bool names_a_group(struct span folded) {
    return span_ends_with(folded, SPAN("group")) || span_ends_with(folded, SPAN("gruppe"));
}

bool role_has_name(enum role role, struct span folded, size_t *rank) {
    for (*rank = 0; *rank < COUNT(column_names); (*rank)++) {
        const struct column_name *row = &column_names[*rank];
        bool found = row->fit == FIT_WHOLE
                         ? span_equal(folded, span_of(row->text))
                         : (row->fit == FIT_PART || folded.size <= SHORT_NAME) &&
                               span_find(folded, span_of(row->text)) != SPAN_NOT_FOUND;
        if (row->role == role && found) {
            return !role_traits[role].score || !names_a_group(folded);
        }
    }
    return false;
}

bool names_a_sum(struct span folded) {
    static const char *const names[] = {"total", "totals", "sum",          "average",    "mean",
                                        "summe", "gesamt", "durchschnitt", "mittelwert", "promedio",
                                        "media", "suma",   "totale",       "somme",      "moyenne"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct span name = span_of(names[i]);
        if (span_starts_with(folded, name) &&
            (folded.size == name.size || byte_is_any_of(folded.data[name.size], ":=("))) {
            return true;
        }
    }
    return false;
}

/* --- Answers in words ----------------------------------------------------------------------------- */

static const struct label_word {
    enum role role;
    double best; /* of 1..best */
    double value;
    const char *text;
} label_words[] = {
    {ROLE_CSAT, 5, 5, "very satisfied"},
    {ROLE_CSAT, 5, 5, "extremely satisfied"},
    {ROLE_CSAT, 5, 4, "satisfied"},
    {ROLE_CSAT, 5, 4, "somewhat satisfied"},
    {ROLE_CSAT, 5, 3, "neither satisfied nor dissatisfied"},
    {ROLE_CSAT, 5, 3, "neutral"},
    {ROLE_CSAT, 5, 2, "dissatisfied"},
    {ROLE_CSAT, 5, 2, "somewhat dissatisfied"},
    {ROLE_CSAT, 5, 2, "unsatisfied"},
    {ROLE_CSAT, 5, 1, "very dissatisfied"},
    {ROLE_CSAT, 5, 1, "extremely dissatisfied"},
    {ROLE_CSAT, 5, 1, "very unsatisfied"},
    {ROLE_CSAT, 5, 5, "sehr zufrieden"},
    {ROLE_CSAT, 5, 4, "zufrieden"},
    {ROLE_CSAT, 5, 4, "eher zufrieden"},
    {ROLE_CSAT, 5, 3, "teils teils"},
    {ROLE_CSAT, 5, 3, "teils, teils"},
    {ROLE_CSAT, 5, 3, "weder noch"},
    {ROLE_CSAT, 5, 2, "unzufrieden"},
    {ROLE_CSAT, 5, 2, "eher unzufrieden"},
    {ROLE_CSAT, 5, 1, "sehr unzufrieden"},
    {ROLE_CSAT, 5, 5, "muy satisfecho"},
    {ROLE_CSAT, 5, 5, "muy satisfecha"},
    {ROLE_CSAT, 5, 4, "satisfecho"},
    {ROLE_CSAT, 5, 4, "satisfecha"},
    {ROLE_CSAT, 5, 3, "neutro"},
    {ROLE_CSAT, 5, 3, "ni satisfecho ni insatisfecho"},
    {ROLE_CSAT, 5, 2, "insatisfecho"},
    {ROLE_CSAT, 5, 2, "insatisfecha"},
    {ROLE_CSAT, 5, 1, "muy insatisfecho"},
    {ROLE_CSAT, 5, 1, "muy insatisfecha"},
    {ROLE_CSAT, 5, 5, "muito satisfeito"},
    {ROLE_CSAT, 5, 5, "muito satisfeita"},
    {ROLE_CSAT, 5, 4, "satisfeito"},
    {ROLE_CSAT, 5, 4, "satisfeita"},
    {ROLE_CSAT, 5, 2, "insatisfeito"},
    {ROLE_CSAT, 5, 2, "insatisfeita"},
    {ROLE_CSAT, 5, 1, "muito insatisfeito"},
    {ROLE_CSAT, 5, 1, "muito insatisfeita"},
    {ROLE_CSAT, 5, 5, "molto soddisfatto"},
    {ROLE_CSAT, 5, 5, "molto soddisfatta"},
    {ROLE_CSAT, 5, 4, "soddisfatto"},
    {ROLE_CSAT, 5, 4, "soddisfatta"},
    {ROLE_CSAT, 5, 3, "neutrale"},
    {ROLE_CSAT, 5, 2, "insoddisfatto"},
    {ROLE_CSAT, 5, 2, "insoddisfatta"},
    {ROLE_CSAT, 5, 1, "molto insoddisfatto"},
    {ROLE_CSAT, 5, 1, "molto insoddisfatta"},
    {ROLE_CSAT, 5, 5, "tres satisfait"},
    {ROLE_CSAT, 5, 5, "tres satisfaite"},
    {ROLE_CSAT, 5, 4, "satisfait"},
    {ROLE_CSAT, 5, 4, "satisfaite"},
    {ROLE_CSAT, 5, 3, "neutre"},
    {ROLE_CSAT, 5, 2, "insatisfait"},
    {ROLE_CSAT, 5, 2, "insatisfaite"},
    {ROLE_CSAT, 5, 2, "pas satisfait"},
    {ROLE_CSAT, 5, 1, "tres insatisfait"},
    {ROLE_CSAT, 5, 1, "tres insatisfaite"},
    {ROLE_CSAT, 5, 1, "pas du tout satisfait"},
    {ROLE_CES, 7, 7, "strongly agree"},
    {ROLE_CES, 7, 6, "agree"},
    {ROLE_CES, 7, 5, "somewhat agree"},
    {ROLE_CES, 7, 4, "neither agree nor disagree"},
    {ROLE_CES, 7, 3, "somewhat disagree"},
    {ROLE_CES, 7, 2, "disagree"},
    {ROLE_CES, 7, 1, "strongly disagree"},
    {ROLE_CES, 5, 5, "very easy"},
    {ROLE_CES, 5, 4, "easy"},
    {ROLE_CES, 5, 3, "neither easy nor difficult"},
    {ROLE_CES, 5, 2, "difficult"},
    {ROLE_CES, 5, 1, "very difficult"},
    {ROLE_CES, 5, 5, "sehr einfach"},
    {ROLE_CES, 5, 4, "einfach"},
    {ROLE_CES, 5, 2, "schwierig"},
    {ROLE_CES, 5, 1, "sehr schwierig"},
    {ROLE_CES, 5, 5, "muy facil"},
    {ROLE_CES, 5, 4, "facil"},
    {ROLE_CES, 5, 2, "dificil"},
    {ROLE_CES, 5, 1, "muy dificil"},
    {ROLE_CES, 5, 5, "muito facil"},
    {ROLE_CES, 5, 1, "muito dificil"},
    {ROLE_CES, 5, 5, "molto facile"},
    {ROLE_CES, 5, 4, "facile"},
    {ROLE_CES, 5, 2, "difficile"},
    {ROLE_CES, 5, 1, "molto difficile"},
    {ROLE_CES, 5, 5, "tres facile"},
    {ROLE_CES, 5, 1, "tres difficile"},
};
#define LABEL_LONGEST ((size_t)48)

static bool label_read(const struct survey_map *map, struct span text, struct arena *arena,
                       struct answer_read *answer) {
    for (size_t i = 0; i < map->label_count; i++) {
        if (span_equal_nocase(span_trim(map->labels[i].key), text)) {
            return span_to_double(map->labels[i].value, &answer->value);
        }
    }
    struct span folded = text.size > LABEL_LONGEST ? SPAN("") : words_fold(text, arena);
    for (size_t i = 0; i < COUNT(label_words); i++) {
        if (span_equal(folded, span_of(label_words[i].text))) {
            *answer = (struct answer_read){.value = label_words[i].value,
                                           .worst = 1,
                                           .best = label_words[i].best,
                                           .role = label_words[i].role};
            return true;
        }
    }
    return false;
}

/* "★★★★☆" */
static bool stars_read(struct span text, struct answer_read *answer) {
    static const struct span full[] = {{"\xE2\x98\x85", 3}, {"\xE2\xAD\x90", 3}};
    static const struct span empty = {"\xE2\x98\x86", 3};
    size_t count = 0;
    size_t all = 0;
    while (text.size > 0) {
        bool filled = span_starts_with(text, full[0]) || span_starts_with(text, full[1]);
        if (!filled && !span_starts_with(text, empty)) {
            return false;
        }
        count += filled;
        all++;
        text = span_from(text, 3);
    }
    *answer = (struct answer_read){.value = (double)count, .worst = 1, .best = 5};
    return all > 0 && all <= 5;
}

bool answer_parse(const struct survey_map *map, struct span text, struct arena *arena,
                  struct answer_read *answer) {
    *answer = (struct answer_read){0};
    text = span_trim(text);
    if (text.size == 0) {
        return false;
    }
    if (!byte_is_digit(text.data[0])) {
        return stars_read(text, answer) || label_read(map, text, arena, answer);
    }
    if (label_read(map, text, arena, answer)) {
        return true;
    }
    if (!number_read_first(text, &answer->value)) {
        return false;
    }
    size_t size = 0;
    while (size < text.size &&
           (byte_is_digit(text.data[size]) || text.data[size] == '.' || text.data[size] == ',')) {
        size++;
    }
    struct span rest = span_trim(span_from(text, size));
    answer->percent = span_equal(rest, SPAN("%"));
    if (rest.size > 1 && rest.data[0] == '/' &&
        span_to_double(span_trim(span_from(rest, 1)), &answer->best)) {
        answer->worst = answer->best > 5 ? 0 : 1;
        return true;
    }
    /* "10 - very likely" and "9 (promoter)" are answers; "2 of my orders were late" is a comment. */
    return rest.size == 0 || answer->percent || !byte_is_alpha(rest.data[0]) ||
           rest.size <= sizeof "stars" - 1;
}

/* --- Addresses of people -------------------------------------------------------------------------- */

static bool is_of_local_part(char c) {
    return byte_is_alpha(c) || byte_is_digit(c) || byte_is_any_of(c, ".!#$%&'*+-/=?^_`{|}~") ||
           (unsigned char)c >= 0x80;
}

static bool is_of_host(char c) {
    return byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* The address around the '@' at `at`: false when there is none. */
static bool address_around(struct span text, size_t at, size_t *begin, size_t *end) {
    *begin = at;
    *end = at + 1;
    while (*begin > 0 && is_of_local_part(text.data[*begin - 1])) {
        (*begin)--;
    }
    while (*end < text.size && is_of_host(text.data[*end])) {
        (*end)++;
    }
    while (*end > at + 1 && text.data[*end - 1] == '.') {
        (*end)--; /* a sentence's */
    }
    struct span host = {text.data + at + 1, *end - at - 1};
    return *begin < at && span_find_byte(host, '.') != SPAN_NOT_FOUND && host.data[0] != '.';
}

struct span text_without_addresses(struct span text, struct arena *arena) {
    static const struct span mask = {"[...]", 5}; /* no word, which might mean something */
    size_t most = 0;
    for (size_t at = 0; at < text.size; at++) {
        most += text.data[at] == '@';
    }
    struct span *parts = ARENA_ARRAY(arena, struct span, 2 * most + 1);
    size_t count = 0;
    size_t kept = 0;
    for (size_t at = 0; at < text.size; at++) {
        size_t begin = 0;
        size_t end = 0;
        if (text.data[at] == '@' && address_around(text, at, &begin, &end) && begin >= kept) {
            parts[count++] = (struct span){text.data + kept, begin - kept};
            parts[count++] = mask;
            kept = end;
            at = end - 1;
        }
    }
    if (count == 0) {
        return text;
    }
    parts[count++] = span_from(text, kept);
    return arena_join(arena, parts, count, "");
}

static bool is_network_address(struct span text) {
    size_t groups = 0;
    struct span part;
    if (span_find_byte(text, ':') != SPAN_NOT_FOUND) {
        while (span_split(&text, ':', &part)) {
            for (size_t i = 0; i < part.size; i++) {
                if (!byte_is_digit(part.data[i]) &&
                    !byte_is_any_of(byte_to_lower(part.data[i]), "abcdef")) {
                    return false;
                }
            }
            groups += part.size <= 4;
        }
        return groups >= 5;
    }
    while (span_split(&text, '.', &part)) {
        int64_t number = 0;
        if (part.size == 0 || part.size > 3 || !span_to_int64(part, &number) || number < 0 ||
            number > 255) {
            return false;
        }
        groups++;
    }
    return groups == 4;
}

bool text_is_address(struct span text) {
    text = span_trim(text);
    size_t begin = 0;
    size_t end = 0;
    size_t at = span_find_byte(text, '@');
    if (text.size == 0) {
        return false;
    }
    return at == SPAN_NOT_FOUND
               ? is_network_address(text)
               : address_around(text, at, &begin, &end) && begin == 0 && end == text.size;
}
