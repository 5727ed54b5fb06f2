#include "parsers/article_tree.h"

/* Lines that stand between an article's paragraphs on any site, in the words of six languages. What
 * such a line leads to ("Read also: Globex buys Acme") is another article. */
static const struct furniture {
    const char *words;
    size_t more; /* bytes that may follow in the line; 0: nothing but marks and numbers */
} furniture[] = {
    /* English */
    {"advertisement", 0},
    {"all rights reserved", 0},
    {"credit:", 80},
    {"filed under", 80},
    {"follow us", 40},
    {"get our newsletter", 80},
    {"if you enjoyed reading this", 120},
    {"image credit", 80},
    {"leave a comment", 20},
    {"leave a reply", 20},
    {"more from", 60},
    {"photo credit", 80},
    {"photograph by", 60},
    {"post a comment", 20},
    {"read also", 120},
    {"read more", 120},
    {"read next", 120},
    {"related articles", 20},
    {"related coverage", 20},
    {"related posts", 20},
    {"related stories", 20},
    {"share this", 40},
    {"sign up for", 100},
    {"skip advertisement", 0},
    {"story continues below", 40},
    {"subscribe to", 100},
    {"this entry was posted", 160},
    {"you may also like", 40},
    {"you might also like", 40},
    /* German */
    {"anzeige", 0},
    {"artikel bewerten", 20},
    {"artikel drucken", 0},
    {"auch interessant", 20},
    {"das könnte dich auch interessieren", 20},
    {"das könnte sie auch interessieren", 20},
    {"der beitrag wurde am", 160},
    {"dieser beitrag wurde am", 160},
    {"dieser eintrag wurde", 160},
    {"kommentar schreiben", 20},
    {"kommentare", 0},
    {"kommentare schreiben", 20},
    {"lade weitere", 40},
    {"lesen sie auch", 120},
    {"lesen sie hier", 120},
    {"lesen sie mehr", 120},
    {"lies auch", 120},
    {"mehr aus", 60},
    {"mehr zum thema", 60},
    {"noch keine bewertungen", 10},
    {"schreibe einen kommentar", 40},
    {"seite drucken", 0},
    {"verwandte artikel", 20},
    {"verwandte themen", 20},
    {"weitere artikel", 40},
    {"weitere informationen", 0},
    {"weiterlesen", 40},
    {"zur startseite", 0},
    {"ähnliche artikel", 20},
    {"ähnliche beiträge", 20},
    /* French */
    {"abonnez-vous", 80},
    {"articles liés", 20},
    {"crédit photo", 80},
    {"image illustrative", 20},
    {"laisser un commentaire", 20},
    {"lire aussi", 120},
    {"lire la suite", 20},
    {"partager", 0},
    {"publicité", 0},
    {"sur le même sujet", 20},
    {"à lire aussi", 120},
    {"à lire également", 120},
    {"À lire aussi", 120},
    {"À lire également", 120},
    /* Spanish */
    {"artículos relacionados", 20},
    {"compartir", 0},
    {"deja un comentario", 20},
    {"lea también", 120},
    {"lee también", 120},
    {"leer más", 40},
    {"más información", 0},
    {"noticias relacionadas", 20},
    {"publicidad", 0},
    {"suscríbete", 80},
    {"también te puede interesar", 40},
    {"te puede interesar", 40},
    /* Italian */
    {"articoli correlati", 20},
    {"condividi", 0},
    {"iscriviti alla newsletter", 60},
    {"lascia un commento", 20},
    {"leggi anche", 120},
    {"potrebbe interessarti", 40},
    {"pubblicità", 0},
    /* Portuguese */
    {"artigos relacionados", 20},
    {"compartilhe", 40},
    {"deixe um comentário", 20},
    {"deixe uma resposta", 20},
    {"inscreva-se", 80},
    {"leia mais", 120},
    {"leia também", 120},
    {"notícias relacionadas", 20},
    {"publicidade", 0},
    {"veja também", 120},
};

static bool only_marks(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        if (byte_is_alpha(text.data[i]) || (unsigned char)text.data[i] >= 0xC3) {
            return false;
        }
    }
    return true;
}

static bool is_furniture(struct span line) {
    while (line.size > 0 && strchr("([{-*> ", line.data[0]) != NULL) {
        line = span_from(line, 1);
    }
    for (size_t i = 0; i < sizeof furniture / sizeof furniture[0]; i++) {
        struct span words = span_of(furniture[i].words);
        if (!span_starts_with_nocase(line, words)) {
            continue;
        }
        struct span rest = span_from(line, words.size);
        bool word_ends = rest.size == 0 || !byte_is_alpha(rest.data[0]);
        if (word_ends && (only_marks(rest) || rest.size <= furniture[i].more)) {
            return true;
        }
    }
    return false;
}

struct span article_without_furniture(struct span text, struct arena *arena) {
    char *out = ARENA_ARRAY(arena, char, text.size + 1);
    size_t size = 0;
    struct span line;
    while (span_split(&text, '\n', &line)) {
        if (!is_furniture(line)) {
            memcpy(out + size, line.data, line.size);
            size += line.size;
            out[size++] = '\n';
        }
    }
    return span_trim((struct span){out, size});
}
