#include "sentiment/emoticon.h"

#include <string.h>

/* Faces that are not eyes, nose and mouth; longer ones first. */
static const char *const others[] = {
    "\\o/", "T_T", "T.T", "^_^", "^-^", "-_-", "-.-", ">_<", ">.<",
    ">:(",  "</3", "D:<", "o_O", "O_o", "o_o", "O_O", "o.O", "O.o",
    "._.",  ";_;", "^.^", "<3",  "^^",  "D:",  "(:",  "(;",  "(=",
};

static bool is_word_byte(char byte) {
    return byte_is_alpha(byte) || byte_is_digit(byte) || (unsigned char)byte >= 0x80;
}

static size_t match_other(struct span text, char key[EMOTICON_SIZE]) {
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct span face = span_of(others[i]);
        if (face.data[0] == text.data[0] && span_starts_with(text, face)) {
            memcpy(key, face.data, face.size + 1);
            return face.size;
        }
    }
    return 0;
}

/* Eyes, tear, nose, mouth, mouth again. */
static size_t match_face(struct span text, char key[EMOTICON_SIZE]) {
    size_t at = 1;
    size_t used = 0;
    if (text.size < 2 || strchr(":;=xX", text.data[0]) == NULL || text.data[0] == '\0') {
        return 0;
    }
    key[used++] = text.data[0];
    if (text.data[at] == '\'' && at + 1 < text.size) {
        key[used++] = text.data[at++];
    }
    if (at + 1 < text.size && text.data[at] != '\0' && strchr("-o^", text.data[at]) != NULL) {
        at++;
    }
    bool letters = byte_is_alpha(text.data[0]);
    char mouth = text.data[at];
    if (mouth == '\0' || strchr(letters ? "D" : ")(DPpOo/\\|*$[]3sS@", mouth) == NULL) {
        return 0;
    }
    key[used++] = mouth;
    key[used] = '\0';
    while (at < text.size && text.data[at] == mouth) {
        at++;
    }
    return at;
}

size_t emoticon_match(struct span text, char before, char key[EMOTICON_SIZE]) {
    size_t size = match_other(text, key);
    if (size == 0) {
        size = match_face(text, key);
    }
    if (size == 0) {
        return 0;
    }
    char behind = size < text.size ? text.data[size] : ' ';
    char last = text.data[size - 1];
    bool bracket = last == ')' || last == '(';
    /* "great:)" is a face, "10:30", "note:D" and "ratio 4:3" are not. */
    if (is_word_byte(before) && !(bracket && byte_is_alpha(before))) {
        return 0;
    }
    return is_word_byte(behind) ? 0 : size;
}
