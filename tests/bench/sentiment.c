/* What scoring costs: megabytes of text a second of CPU time, by language.
 *
 *   sentiment [SECONDS [FILE.jsonl...]]     lines {"text":...}; default: made-up posts
 *   sentiment --write FILE.jsonl            the made-up posts, for peers
 *
 * Every row tells the language and scores the whole text as a post, its topics, journey stage and
 * urgency; then the same with a target in it, then with all reasons. English stands there once more
 * as reviews and as news, for which words were learned. The last rows let threads share one engine:
 * what each then does, beside what one does alone. */
#include "sentiment/sentiment.h"

#include "base/buffer.h"

#include <jansson.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { TEXTS_MOST = 200000, MADE_TEXTS = 20000, THREADS_MOST = 64 };

struct text {
    struct span text;
    struct sentiment_place place;
    struct span language; /* as found */
};

struct bench {
    struct sentiment *sentiment;
    struct arena *arena;
    struct text *list;
    size_t count;
    double seconds;
};

enum way { WAY_WHOLE, WAY_TARGET, WAY_EXPLAINED, WAY_COUNT };

struct group { /* what a row of the table scores */
    const char *name;
    const char *language; /* as found; NULL: any */
    enum genre genre;
};

static double seconds_spent(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- Texts -------------------------------------------------------------------------------------- */

static void text_add(struct bench *bench, struct span text, size_t begin, size_t size) {
    if (bench->count < TEXTS_MOST && text.size > 0) {
        bench->list[bench->count++] =
            (struct text){.text = arena_copy(bench->arena, text),
                          .place = {(uint32_t)begin, (uint32_t)(begin + size)}};
    }
}

static struct span sentence_of(uint64_t random) {
    static const char *const sentences[] = {
        "Acme lost my parcel again and nobody answers the phone. ",
        "Really love the new Acme kettle, it's so quick!!! ",
        "@globex why is my order 4471 still not here? #fail ",
        "The support at Globex wasn't helpful, but the refund came within two days :) ",
        "Half of the stations on the line were closed this morning, says the operator. ",
        "El pedido de Acme llegó tarde y el embalaje estaba roto \xF0\x9F\x98\xA1 ",
        "Muy contentos con la atención, volveremos sin duda. ",
        "O aplicativo da Acme trava toda hora, não recomendo. ",
        "Adorei o atendimento, chegou antes do prazo! ",
        "La spedizione di Globex è stata velocissima, complimenti. ",
        "Non funziona niente, soldi buttati. ",
        "Der Kundendienst von Acme meldet sich seit Wochen nicht, eine Frechheit. ",
        "Das Gerät ist leise und sieht gut aus, bin sehr zufrieden. ",
        "Livraison en retard et colis abîmé, Acme ne répond pas. ",
        "Très bon produit, je ne regrette pas mon achat. ",
    };
    return span_of(sentences[random % (sizeof sentences / sizeof *sentences)]);
}

/* Posts of one to three sentences. */
static void texts_make(struct bench *bench) {
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < MADE_TEXTS; i++) {
        struct buffer post;
        buffer_init(&post, 4096);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        for (uint64_t j = 0; j <= random % 3; j++) {
            (void)buffer_append(&post, sentence_of((random >> 8) + j));
        }
        text_add(bench, buffer_span(&post), 0, 4);
        buffer_done(&post);
    }
}

static bool texts_read(struct bench *bench, const char *path) {
    FILE *stream = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    while (stream != NULL && getline(&line, &size, stream) > 0) {
        json_t *row = json_loads(line, 0, NULL);
        struct span text = span_of(json_string_value(json_object_get(row, "text")));
        size_t word = 0;
        while (word < text.size && !byte_is_space(text.data[word])) {
            word++;
        }
        text_add(bench, text, 0, word);
        json_decref(row);
    }
    free(line);
    return stream != NULL && fclose(stream) == 0;
}

static bool texts_write(const struct bench *bench, const char *path) {
    FILE *stream = fopen(path, "w");
    for (size_t i = 0; stream != NULL && i < bench->count; i++) {
        json_t *row =
            json_pack("{ss%}", "text", bench->list[i].text.data, bench->list[i].text.size);
        (void)json_dumpf(row, stream, 0);
        (void)fputc('\n', stream);
        json_decref(row);
    }
    return stream != NULL && fclose(stream) == 0;
}

/* --- Timing ------------------------------------------------------------------------------------- */

static size_t score_text(const struct bench *bench, const struct text *text, enum genre genre,
                         enum way way, struct arena *arena) {
    struct sentiment_target target = {.name = SPAN("Acme"), .places = &text->place};
    target.place_count = 1;
    struct sentiment_request request = {.text = text->text,
                                        .genre = genre,
                                        .targets = &target,
                                        .target_count = way == WAY_WHOLE ? 0 : 1,
                                        .explain = way == WAY_EXPLAINED};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, arena, &result);
    arena_reset(arena);
    return text->text.size;
}

static void languages_find(struct bench *bench) {
    struct arena *arena = arena_create();
    for (size_t i = 0; i < bench->count; i++) {
        struct sentiment_request request = {.text = bench->list[i].text};
        struct sentiment_result result;
        sentiment_score(bench->sentiment, &request, arena, &result);
        bench->list[i].language = result.language;
        arena_reset(arena);
    }
    arena_free(arena);
}

static bool is_in(const struct text *text, const struct group *group) {
    return group->language == NULL || span_equal(text->language, span_of(group->language));
}

/* Bytes a second of CPU time, over and over the texts of a group: the best round, for what else the
 * machine does only ever takes time away. */
static double time_texts(const struct bench *bench, const struct group *group, enum way way) {
    struct arena *arena = arena_create();
    double best = 0;
    for (double left = bench->seconds; left > 0;) {
        size_t bytes = 0;
        double begin = seconds_spent();
        for (size_t i = 0; i < bench->count; i++) {
            if (is_in(&bench->list[i], group)) {
                bytes += score_text(bench, &bench->list[i], group->genre, way, arena);
            }
        }
        double spent = seconds_spent() - begin + 1e-9;
        best = (double)bytes / spent > best ? (double)bytes / spent : best;
        left -= spent + 1e-3;
    }
    arena_free(arena);
    return best;
}

static void bench_group(const struct bench *bench, const struct group *group) {
    size_t texts = 0;
    size_t bytes = 0;
    for (size_t i = 0; i < bench->count; i++) {
        if (is_in(&bench->list[i], group)) {
            texts++;
            bytes += bench->list[i].text.size;
        }
    }
    if (texts == 0) {
        return;
    }
    printf("%-24s%8zu texts %6.2f MB", group->name, texts, (double)bytes / 1e6);
    for (int way = 0; way < WAY_COUNT; way++) {
        printf("%12.1f", time_texts(bench, group, (enum way)way) / 1e6);
        (void)fflush(stdout);
    }
    printf("\n");
}

static const struct group groups[] = {
    {"all", NULL, GENRE_SOCIAL},
    {"en", "en", GENRE_SOCIAL},
    {"en, as reviews", "en", GENRE_REVIEW},
    {"en, as news", "en", GENRE_NEWS},
    {"es", "es", GENRE_SOCIAL},
    {"pt", "pt", GENRE_SOCIAL},
    {"it", "it", GENRE_SOCIAL},
    {"de", "de", GENRE_SOCIAL},
    {"fr", "fr", GENRE_SOCIAL},
    {"no language of ours", "", GENRE_SOCIAL},
};

struct worker {
    const struct bench *bench;
    pthread_t thread;
    double speed;
};

static void *worker_run(void *context) {
    struct worker *worker = context;
    worker->speed = time_texts(worker->bench, &groups[0], WAY_TARGET);
    return NULL;
}

/* By the CPU time of each: what shows is whether they are in each other's way, in memory or locks,
 * and not what else the machine does. */
static double bench_threads(const struct bench *bench, int threads, double alone) {
    struct worker workers[THREADS_MOST];
    double sum = 0;
    for (int i = 0; i < threads; i++) {
        workers[i] = (struct worker){.bench = bench};
        if (pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]) != 0) {
            fatal("no thread");
        }
    }
    for (int i = 0; i < threads; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        sum += workers[i].speed;
    }
    printf("%2d thread%s                %8.1f MB/s together%s", threads, threads > 1 ? "s" : " ",
           sum / 1e6, threads > 1 ? "" : "\n");
    if (threads > 1) {
        printf(", each %.2f of one alone\n", sum / threads / alone);
    }
    return sum;
}

static void bench_all(struct bench *bench) {
    languages_find(bench);
    printf("%-24s%25s%12s%12s%12s\n", "earshot, MB/s", "", "whole", "+ target", "explained");
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        bench_group(bench, &groups[i]);
    }
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    double alone = bench_threads(bench, 1, 0);
    for (int threads = 2; threads <= cores && threads <= THREADS_MOST; threads *= 2) {
        (void)bench_threads(bench, threads, alone);
    }
}

int main(int argc, char **argv) {
    struct bench bench = {.arena = arena_create(), .seconds = 1};
    struct error error = {0};
    bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
    memory_keep_freed();
    bench.list = NEW_ARRAY(struct text, TEXTS_MOST);
    if (!write && argc > 1 &&
        (!span_to_double(span_of(argv[1]), &bench.seconds) || bench.seconds <= 0)) {
        (void)fprintf(stderr, "usage: sentiment [SECONDS [FILE.jsonl...]] | --write FILE.jsonl\n");
        return 2;
    }
    if (!sentiment_open(&bench.sentiment, &error)) {
        fatal("%s", error.message);
    }
    for (int i = 2; !write && i < argc; i++) {
        if (!texts_read(&bench, argv[i])) {
            fatal("cannot read %s", argv[i]);
        }
    }
    if (argc <= 2 || write) {
        texts_make(&bench);
    }
    if (write && !texts_write(&bench, argv[2])) {
        fatal("cannot write %s", argv[2]);
    }
    if (!write) {
        bench_all(&bench);
    }
    sentiment_close(bench.sentiment);
    free(bench.list);
    arena_free(bench.arena);
    return 0;
}
