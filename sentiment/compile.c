/* Run by the build: the text lexicons as an image, on standard output (sentiment/image.h). */
#include "sentiment/draft.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
    struct error error = {0};
    struct draft *draft = draft_create();
    if (!draft_read_built_in(draft, &error)) {
        (void)fprintf(stderr, "sentiment/lexicons/%s (line %u)\n", error.message, error.line);
        return 1;
    }
    draft_inflect(draft);
    size_t size = 0;
    char *image = draft_write(draft, &size);
    bool written = fwrite(image, 1, size, stdout) == size && fflush(stdout) == 0;
    free(image);
    draft_free(draft);
    return written ? 0 : 1;
}
