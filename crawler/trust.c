#include "crawler/trust.h"

#include "base/memory.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

struct trust {
    FILE *both;    /* without a name; NULL when not needed */
    char path[64]; /* its path all the same */
    const char *used;
};

static bool append_file(FILE *out, const char *path) {
    char block[16384];
    size_t size;
    FILE *in = path == NULL ? NULL : fopen(path, "r");
    if (in == NULL) {
        return false;
    }
    while ((size = fread(block, 1, sizeof block, in)) > 0) {
        fwrite(block, 1, size, out);
    }
    bool read = ferror(in) == 0;
    fclose(in);
    return read && fputc('\n', out) != EOF; /* a last line may lack its end */
}

struct trust *trust_open(struct span ca_file) {
    struct trust *trust = NEW(struct trust);
    if (ca_file.size == 0) {
        return trust;
    }
    trust->used = ca_file.data;
    trust->both = tmpfile();
    if (trust->both == NULL) {
        return trust;
    }
    snprintf(trust->path, sizeof trust->path, "/dev/fd/%d", fileno(trust->both));
    append_file(trust->both, curl_version_info(CURLVERSION_NOW)->cainfo);
    if (append_file(trust->both, ca_file.data) && fflush(trust->both) == 0) {
        trust->used = trust->path;
    }
    return trust;
}

void trust_close(struct trust *trust) {
    if (trust->both != NULL) {
        fclose(trust->both);
    }
    free(trust);
}

const char *trust_path(const struct trust *trust) {
    return trust->used;
}
