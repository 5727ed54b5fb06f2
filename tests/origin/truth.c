#include "base/limits.h"
#include "base/print.h"
#include "tests/origin/json.h"
#include "tests/origin/world.h"

#include <errno.h>
#include <inttypes.h>

static void print_brands(struct buffer *out, const struct world *world, const struct post *post) {
    const char *comma = "";
    buffer_append_string(out, "\"brands\":[");
    for (size_t i = 0; i < WORLD_BRANDS; i++) {
        if (post->brands[i] == POLARITY_ABSENT) {
            continue;
        }
        buffer_print(out, "%s{\"name\":\"", comma);
        print_json(out, world->options.brands[i]);
        buffer_print(out, "\",\"polarity\":\"%s\",\"named\":%s}", polarity_name(post->brands[i]),
                     post->named[i] ? "true" : "false");
        comma = ",";
    }
    buffer_append_string(out, "],");
}

static void print_rating(struct buffer *out, const struct post *post) {
    if (post->rating == 0) {
        buffer_append_string(out, "\"rating\":null,");
        return;
    }
    int best = 5;
    int worst = 1;
    int rating = post->rating;
    if (post->site->kind == SITE_STEAM) {
        rating = rating > 3 ? 1 : 0;
        best = 1;
        worst = 0;
    } else if (post->site->kind == SITE_BAZAAR) {
        rating *= 2;
        best = 10;
    }
    buffer_print(out, "\"rating\":%d,\"rating_worst\":%d,\"rating_best\":%d,", rating, worst, best);
}

void world_print_post(struct buffer *out, const struct world *world, const struct post *post) {
    char moment[DATE_TEXT_SIZE];
    buffer_append_byte(out, '{');
    json_text(out, "source", span_of(post->site->name));
    json_text(out, "id", post->id);
    json_text(out, "url", post->url);
    buffer_print(out, "\"published\":\"%s\",\"published_ms\":%" PRId64 ",",
                 date_print(post->published_ms, moment), post->published_ms);
    json_text(out, "language", span_of(post->language));
    if (site_is_review(post->site)) {
        json_text(out, "country", span_of(post->country));
    }
    print_brands(out, world, post);
    json_text(out, "topic", span_of(topic_name(post->topic)));
    print_rating(out, post);
    if (post->cluster == 0) {
        buffer_append_string(out, "\"cluster\":null,");
    } else {
        buffer_print(out, "\"cluster\":%u,", post->cluster);
    }
    buffer_print(out, "\"incident\":%s,", post->incident ? "true" : "false");
    json_text(out, "author", post->author);
    json_text(out, "title", post->title);
    buffer_append_string(out, "\"text\":\"");
    print_json(out, post->text);
    buffer_append_string(out, "\"}\n");
}

bool world_write_truth(const struct world *world, FILE *stream, struct error *error) {
    struct buffer line;
    buffer_init(&line, LIMIT_DOCUMENT);
    bool written = true;
    for (size_t i = 0; i < world->count && written; i++) {
        buffer_clear(&line);
        world_print_post(&line, world, &world->posts[i]);
        written = fwrite(line.data, 1, line.size, stream) == line.size;
    }
    written = fflush(stream) == 0 && written;
    buffer_done(&line);
    return written || error_set_errno(error, errno, "the truth cannot be written");
}
