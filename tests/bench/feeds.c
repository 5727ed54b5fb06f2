/* What parsing costs: megabytes a second of CPU time, from bytes to finished items.
 *
 *   feeds [FILE...]      default: generated feeds; or the files named, of any format
 *   feeds --write DIR    the generated feeds as files, for peers
 *
 * Beside it the same bytes through libxml2's own tree and one walk over it, which is what one could
 * at best have by asking libxml2 for a tree. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"
#include "parsers/parsers.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BODIES_MOST 1000
#define SECONDS_LEAST 1.0

struct bodies {
    struct span list[BODIES_MOST];
    size_t count;
    size_t bytes;
};

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void body_add(struct bodies *bodies, struct arena *arena, struct buffer *buffer) {
    struct span body = arena_copy(arena, buffer_span(buffer));
    if (bodies->count < BODIES_MOST) {
        bodies->list[bodies->count++] = body;
        bodies->bytes += body.size;
    }
    buffer_clear(buffer);
}

static void paragraphs_print(struct buffer *out, int number) {
    for (int i = 0; i < 1 + number % 5; i++) {
        buffer_print(out,
                     "&lt;p&gt;The kettle &lt;b&gt;number %d&lt;/b&gt; boils, says &amp;quot;the "
                     "caf\xC3\xA9&amp;quot;, and &lt;a href=\"https://a.example/%d\"&gt;the shop"
                     "&lt;/a&gt; sells it at 20&amp;nbsp;\xE2\x82\xAC.&lt;/p&gt;\n",
                     number, i);
    }
}

static void rss_make(struct buffer *out, int items) {
    buffer_append_string(out,
                         "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>R</title>");
    for (int i = 0; i < items; i++) {
        buffer_print(
            out,
            "<item>\n<title>Item %d &amp; more</title>\n<link>https://a.example/%d</link>\n"
            "<guid isPermaLink=\"false\">r-%d</guid>\n"
            "<pubDate>Sat, 07 Feb 2026 10:%02d:00 +0100</pubDate>\n<description>",
            i, i, i, i % 60);
        paragraphs_print(out, i);
        buffer_append_string(out, "</description>\n</item>\n");
    }
    buffer_append_string(out, "</channel></rss>");
}

static void atom_make(struct buffer *out, int entries) {
    buffer_append_string(out, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">"
                              "<title>A</title>");
    for (int i = 0; i < entries; i++) {
        buffer_print(out,
                     "<entry>\n<id>tag:a.example,2026:%d</id>\n<title>Entry %d</title>\n"
                     "<link rel=\"alternate\" href=\"https://a.example/a/%d\"/>\n"
                     "<author><name>Jo %d</name></author>\n"
                     "<updated>2026-02-07T10:%02d:00Z</updated>\n<content type=\"html\">",
                     i, i, i, i % 7, i % 60);
        paragraphs_print(out, i);
        buffer_append_string(out, "</content>\n</entry>\n");
    }
    buffer_append_string(out, "</feed>");
}

static void bodies_make(struct bodies *bodies, struct arena *arena) {
    struct buffer buffer;
    buffer_init(&buffer, LIMIT_BODY);
    for (int i = 0; i < 20; i++) {
        rss_make(&buffer, 20 + i * 10);
        body_add(bodies, arena, &buffer);
        atom_make(&buffer, 20 + i * 10);
        body_add(bodies, arena, &buffer);
    }
    buffer_done(&buffer);
}

static void file_add(struct bodies *bodies, struct arena *arena, const char *path) {
    struct span body;
    struct error error;
    if (!file_read(path, LIMIT_BODY, arena, &body, &error)) {
        fprintf(stderr, "%s: %s\n", path, error.message);
    } else if (bodies->count < BODIES_MOST) {
        bodies->list[bodies->count++] = body;
        bodies->bytes += body.size;
    }
}

static size_t parse_all(const struct bodies *bodies, struct arena *arena, size_t *bytes) {
    size_t count = 0;
    for (size_t i = 0; i < bodies->count; i++) {
        struct items items = {.arena = arena};
        if (document_parse(bodies->list[i], SPAN(""), SPAN(""), arena, &items, NULL, NULL)) {
            count += items.count;
            *bytes += bodies->list[i].size;
        }
        arena_reset(arena);
    }
    return count;
}

static size_t walk_all(const struct bodies *bodies, size_t *bytes) {
    size_t nodes = 0;
    for (size_t i = 0; i < bodies->count; i++) {
        xmlDoc *document = xmlReadMemory(
            bodies->list[i].data, (int)bodies->list[i].size, NULL, NULL,
            XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        xmlNode *root = document == NULL ? NULL : xmlDocGetRootElement(document);
        for (xmlNode *node = root; node != NULL; nodes++) {
            xmlNode *next = node->children;
            while (next == NULL && node != root) {
                next = node->next;
                node = next == NULL ? node->parent : node;
            }
            node = next;
        }
        *bytes += root == NULL ? 0 : bodies->list[i].size;
        xmlFreeDoc(document);
    }
    return nodes;
}

static int bodies_write(const struct bodies *bodies, const char *folder) {
    char path[4096];
    for (size_t i = 0; i < bodies->count; i++) {
        snprintf(path, sizeof path, "%s/%zu.xml", folder, i);
        FILE *file = fopen(path, "wb");
        if (file == NULL || fwrite(bodies->list[i].data, 1, bodies->list[i].size, file) == 0 ||
            fclose(file) != 0) {
            fprintf(stderr, "%s: cannot be written\n", path);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    struct arena *arena = arena_create();
    struct arena *scratch = arena_create();
    struct bodies *bodies = NEW(struct bodies);
    bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
    for (int i = 1; i < argc && !write; i++) {
        file_add(bodies, arena, argv[i]);
    }
    if (bodies->count == 0) {
        bodies_make(bodies, arena);
    }
    if (write) {
        return bodies_write(bodies, argv[2]);
    }
    size_t bytes = 0;
    size_t items = 0;
    double begin = cpu_seconds();
    while (cpu_seconds() - begin < SECONDS_LEAST) {
        items += parse_all(bodies, scratch, &bytes);
    }
    double seconds = cpu_seconds() - begin;
    printf("%-24s%7.1f MB/s  %9.0f items/s  (%zu documents, %.1f MB)\n", "earshot, to items",
           (double)bytes / seconds / 1e6, (double)items / seconds, bodies->count,
           (double)bodies->bytes / 1e6);
    bytes = 0;
    begin = cpu_seconds();
    while (cpu_seconds() - begin < SECONDS_LEAST) {
        walk_all(bodies, &bytes);
    }
    printf("%-24s%7.1f MB/s\n", "libxml2, tree walk",
           (double)bytes / (cpu_seconds() - begin) / 1e6);
    free(bodies);
    arena_free(scratch);
    arena_free(arena);
    return 0;
}
