/* articles SUITES_DIR: main text of the pages under SUITES_DIR/articles and SUITES_DIR/segments.
 * Prints "articles f1 X n N" and "segments f X precision X recall X n N"; with V=1 what every page
 * got, on standard error.
 *
 * articles: tokens \w+, multisets of four in a row; per page the shares of true and false
 * positives and false negatives; F1 from the means of precision and recall over the pages.
 * segments: texts that must and must not be in what was extracted; F from the totals. */
#include "base/buffer.h"
#include "base/charset.h"
#include "base/hash.h"
#include "base/print.h"
#include "parsers/article.h"
#include "parsers/json.h"
#include "parsers/structured.h"

#include <libxml/xmlIO.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

/* Plain or gzip: libxml2's input does both. */
static struct span file_read(const char *path, struct arena *arena) {
    xmlParserInputBuffer *input = xmlParserInputBufferCreateFilename(path, XML_CHAR_ENCODING_NONE);
    if (input == NULL) {
        return (struct span){0};
    }
    while (xmlParserInputBufferRead(input, 1 << 16) > 0) {
    }
    struct span text =
        arena_copy(arena, (struct span){(const char *)xmlBufContent((xmlBuf *)input->buffer),
                                        xmlBufUse((xmlBuf *)input->buffer)});
    xmlFreeParserInputBuffer(input);
    return text;
}

static struct span extract(struct span body, struct arena *arena) {
    xmlDoc *document = NULL;
    struct error error = {0};
    struct span html = charset_to_utf8(body, SPAN("text/html"), arena);
    if (!dom_parse(html, &document, &error)) {
        return (struct span){0};
    }
    json_t *jsonld = jsonld_extract(document, arena);
    struct item item;
    item_init(&item);
    article_read(document, jsonld, (struct span){0}, arena, &item);
    json_decref(jsonld);
    xmlFreeDoc(document);
    return item.text;
}

/* --- articles --------------------------------------------------------------------------------- */

struct shingles {
    uint64_t *list; /* sorted */
    size_t count;
};

static int compare_numbers(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t words_of(struct span text, struct span *words) {
    size_t count = 0;
    size_t begin = 0;
    size_t at = 0;
    while (at <= text.size) {
        uint32_t rune = 0;
        size_t size = at < text.size ? rune_decode(span_from(text, at), &rune) : 1;
        bool inside = at < text.size && (u_isalnum((UChar32)rune) || rune == '_');
        if (!inside) {
            if (at > begin) {
                words[count++] = (struct span){text.data + begin, at - begin};
            }
            begin = at + size;
        }
        at += size;
    }
    return count;
}

static struct shingles shingles_of(struct span text, struct arena *arena) {
    struct span *words = ARENA_ARRAY(arena, struct span, text.size + 1);
    size_t count = words_of(text, words);
    size_t total = count == 0 ? 0 : count < 4 ? 1 : count - 3;
    struct shingles shingles = {ARENA_ARRAY(arena, uint64_t, total + 1), total};
    for (size_t i = 0; i < total; i++) {
        uint64_t hash = 0;
        for (size_t j = i; j < i + 4 && j < count; j++) {
            hash = hash_combine(hash, hash_bytes(words[j]));
        }
        shingles.list[i] = hash;
    }
    qsort(shingles.list, total, sizeof *shingles.list, compare_numbers);
    return shingles;
}

struct overlap {
    double tp;
    double fp;
    double fn;
};

static struct overlap match(struct shingles want, struct shingles got) {
    struct overlap score = {0};
    size_t i = 0;
    size_t j = 0;
    while (i < want.count || j < got.count) {
        if (j == got.count || (i < want.count && want.list[i] < got.list[j])) {
            score.fn++;
            i++;
        } else if (i == want.count || got.list[j] < want.list[i]) {
            score.fp++;
            j++;
        } else {
            score.tp++;
            i++;
            j++;
        }
    }
    double sum = score.tp + score.fp + score.fn;
    if (sum > 0) {
        score = (struct overlap){score.tp / sum, score.fp / sum, score.fn / sum};
    }
    return score;
}

static double share(double part, double rest, bool perfect) {
    return perfect ? 1 : part + rest == 0 ? 0 : part / (part + rest);
}

static void articles_run(const char *suites) {
    char path[4096];
    json_error_t problem;
    snprintf(path, sizeof path, "%s/articles/ground-truth.json", suites);
    json_t *truth = json_load_file(path, 0, &problem);
    if (truth == NULL) {
        fprintf(stderr, "articles: skipped: %s: %s\n", path, problem.text);
        return;
    }
    double precision = 0;
    double recall = 0;
    const char *id = NULL;
    json_t *page = NULL;
    json_object_foreach(truth, id, page) {
        struct arena *arena = arena_create();
        snprintf(path, sizeof path, "%s/articles/html/%s.html.gz", suites, id);
        struct span want = json_span(json_object_get(page, "articleBody"));
        struct span got = extract(file_read(path, arena), arena);
        struct overlap score = match(shingles_of(want, arena), shingles_of(got, arena));
        bool perfect = score.fp == 0 && score.fn == 0;
        precision += share(score.tp, score.fp, perfect);
        recall += share(score.tp, score.fn, perfect);
        if (getenv("V") != NULL) {
            fprintf(stderr, "articles: %.16s precision %.3f recall %.3f size %zu of %zu\n", id,
                    share(score.tp, score.fp, perfect), share(score.tp, score.fn, perfect),
                    got.size, want.size);
        }
        arena_free(arena);
    }
    size_t n = json_object_size(truth);
    precision /= (double)n;
    recall /= (double)n;
    printf("articles f1 %.3f n %zu precision %.3f recall %.3f\n",
           2 * precision * recall / (precision + recall), n, precision, recall);
    json_decref(truth);
}

/* --- segments --------------------------------------------------------------------------------- */

static struct span folded(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    text = span_trim(text);
    for (size_t i = 0; i < text.size; i++) {
        bool space = byte_is_space(text.data[i]);
        if (!space || (size > 0 && out[size - 1] != ' ')) {
            out[size++] = space ? ' ' : text.data[i];
        }
    }
    return (struct span){out, size};
}

static size_t found_in(struct span text, const json_t *segments, struct arena *arena,
                       const char *url, bool wanted) {
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(segments); i++) {
        struct span segment = folded(json_span(json_array_get(segments, i)), arena);
        bool is_there = span_find(text, segment) != SPAN_NOT_FOUND;
        found += is_there;
        if (is_there != wanted && getenv("V") != NULL) {
            fprintf(stderr, "segments: %s: %s \"%.*s\"\n", url, wanted ? "misses" : "has",
                    SPAN_ARG(segment));
        }
    }
    return found;
}

static void segments_run(const char *suites) {
    char path[4096];
    json_error_t problem;
    snprintf(path, sizeof path, "%s/segments/cases.json", suites);
    json_t *cases = json_load_file(path, 0, &problem);
    if (cases == NULL) {
        fprintf(stderr, "segments: skipped: %s: %s\n", path, problem.text);
        return;
    }
    size_t tp = 0;
    size_t fp = 0;
    size_t fn = 0;
    const char *url = NULL;
    json_t *one = NULL;
    json_object_foreach(cases, url, one) {
        struct arena *arena = arena_create();
        snprintf(path, sizeof path, "%s/segments/html/%s", suites,
                 json_string_value(json_object_get(one, "file")));
        struct span text = folded(extract(file_read(path, arena), arena), arena);
        const json_t *with = json_object_get(one, "with");
        size_t found = found_in(text, with, arena, url, true);
        tp += found;
        fn += json_array_size(with) - found;
        fp += found_in(text, json_object_get(one, "without"), arena, url, false);
        arena_free(arena);
    }
    double precision = share((double)tp, (double)fp, false);
    double recall = share((double)tp, (double)fn, false);
    printf("segments f %.3f precision %.3f recall %.3f n %zu\n",
           2 * precision * recall / (precision + recall), precision, recall,
           json_object_size(cases));
    json_decref(cases);
}

int main(int argc, char **argv) {
    const char *suites = argc > 1 ? argv[1] : ".";
    articles_run(suites);
    segments_run(suites);
    return 0;
}
