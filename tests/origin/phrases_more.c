/* Portuguese, Italian, German, French: enough to be heard, not to be counted by topic in depth. */
#include "tests/origin/phrases.h"

#define GOOD POLARITY_POSITIVE
#define BAD POLARITY_NEGATIVE
#define FLAT POLARITY_NEUTRAL

static const struct phrase pt_phrases[] = {
    {TOPIC_DELIVERY, BAD, "O meu pedido da {b} está {n} semanas atrasado, uma vergonha."},
    {TOPIC_DELIVERY, GOOD, "A {b} entregou em {n} dias, rápido e bem embalado."},
    {TOPIC_DELIVERY, FLAT, "A {b} entrega em {k}?"},
    {TOPIC_PRICE, BAD, "A {b} cobra {m}, caro demais."},
    {TOPIC_PRICE, GOOD, "Ótimo preço na {b}, recomendo."},
    {TOPIC_SUPPORT, BAD, "O suporte da {b} é péssimo e nunca responde."},
    {TOPIC_SUPPORT, GOOD, "O atendimento da {b} foi excelente, muito obrigado!"},
    {TOPIC_QUALITY, BAD, "{p} da {b} quebrou depois de {n} dias. Horrível."},
    {TOPIC_QUALITY, GOOD, "{p} da {b} é maravilhoso, adoro."},
    {TOPIC_QUALITY, FLAT, "{p} da {b} pesa {n}00 gramas."},
    {TOPIC_USABILITY, BAD, "O aplicativo da {b} trava o tempo todo."},
    {TOPIC_USABILITY, GOOD, "O aplicativo da {b} é fácil de usar."},
    {TOPIC_GENERAL, BAD, "Que decepção, {b}."},
    {TOPIC_GENERAL, BAD, "Não recomendo."},
    {TOPIC_GENERAL, GOOD, "Adoro a {b}!"},
    {TOPIC_GENERAL, GOOD, "Muito bom."},
    {TOPIC_GENERAL, FLAT, "A {b} vai abrir um escritório em {k}."},
    {TOPIC_GENERAL, FLAT, "Comprei na {d}."},
};
static const struct comparison pt_comparisons[] = {
    {GOOD, BAD, "Adoro a {b}, detesto a {c}."},
    {BAD, GOOD, "A {b} é péssima, a {c} é ótima."},
};
static const char *const pt_unrelated[] = {"Chuva em {k} outra vez.", "O museu de {x} fecha cedo."};
static const char *const pt_bad[] = {"Decepção", "Muito ruim", NULL};
static const char *const pt_flat[] = {"Normal", NULL};
static const char *const pt_good[] = {"Excelente", "Muito bom", NULL};
static const char *const pt_closings[] = {"É isso.", "Vamos ver.", NULL};
static const char *const pt_products[] = {"o controle", "o teclado", "o carregador", NULL};
static const char *const pt_towns[] = {"Porto", "Recife", "Braga", NULL};
static const char *const pt_days[] = {"segunda", "quarta", "sexta", NULL};

const struct phrasebook phrases_pt = {
    .language = "pt",
    .phrases = pt_phrases,
    .phrase_count = sizeof pt_phrases / sizeof pt_phrases[0],
    .comparisons = pt_comparisons,
    .comparison_count = sizeof pt_comparisons / sizeof pt_comparisons[0],
    .unrelated = pt_unrelated,
    .unrelated_count = sizeof pt_unrelated / sizeof pt_unrelated[0],
    .titles = {NULL, pt_bad, pt_flat, pt_good},
    .closings = pt_closings,
    .products = pt_products,
    .towns = pt_towns,
    .days = pt_days,
    .money = "R$ %d",
    .nobody = "empresa",
};

static const struct phrase it_phrases[] = {
    {TOPIC_DELIVERY, BAD, "Il mio ordine {b} è in ritardo di {n} settimane, vergognoso."},
    {TOPIC_DELIVERY, GOOD, "{b} ha consegnato in {n} giorni, velocissimi."},
    {TOPIC_DELIVERY, FLAT, "{b} spedisce a {k}?"},
    {TOPIC_PRICE, BAD, "{m} per un prodotto {b} è una truffa."},
    {TOPIC_PRICE, GOOD, "Con {b} ho speso poco e sono contento."},
    {TOPIC_SUPPORT, BAD, "L'assistenza di {b} è pessima e non risponde mai."},
    {TOPIC_SUPPORT, GOOD, "L'assistenza di {b} è stata gentile ed eccellente, grazie!"},
    {TOPIC_QUALITY, BAD, "{p} di {b} si è rotto dopo {n} giorni. Orribile."},
    {TOPIC_QUALITY, GOOD, "{p} di {b} è fantastico, lo adoro."},
    {TOPIC_QUALITY, FLAT, "{p} di {b} pesa {n}00 grammi."},
    {TOPIC_USABILITY, BAD, "L'app di {b} si blocca sempre."},
    {TOPIC_USABILITY, GOOD, "L'app di {b} è semplice e bellissima."},
    {TOPIC_GENERAL, BAD, "Che delusione, {b}."},
    {TOPIC_GENERAL, BAD, "Non lo consiglio."},
    {TOPIC_GENERAL, GOOD, "Adoro {b}!"},
    {TOPIC_GENERAL, GOOD, "Ottimo."},
    {TOPIC_GENERAL, FLAT, "{b} apre un ufficio a {k}."},
    {TOPIC_GENERAL, FLAT, "Comprato di {d}."},
};
static const struct comparison it_comparisons[] = {
    {GOOD, BAD, "Adoro {b}, odio {c}."},
    {BAD, GOOD, "{b} è pessimo, {c} è ottimo."},
};
static const char *const it_unrelated[] = {"Piove ancora a {k}.", "Il museo di {x} chiude presto."};
static const char *const it_bad[] = {"Delusione", "Pessimo", NULL};
static const char *const it_flat[] = {"Normale", NULL};
static const char *const it_good[] = {"Ottimo", "Fantastico", NULL};
static const char *const it_closings[] = {"Tutto qui.", "Vedremo.", NULL};
static const char *const it_products[] = {"il controller", "il microfono", "il caricatore", NULL};
static const char *const it_towns[] = {"Trieste", "Lecce", "Parma", NULL};
static const char *const it_days[] = {"lunedì", "giovedì", "sabato", NULL};

const struct phrasebook phrases_it = {
    .language = "it",
    .phrases = it_phrases,
    .phrase_count = sizeof it_phrases / sizeof it_phrases[0],
    .comparisons = it_comparisons,
    .comparison_count = sizeof it_comparisons / sizeof it_comparisons[0],
    .unrelated = it_unrelated,
    .unrelated_count = sizeof it_unrelated / sizeof it_unrelated[0],
    .titles = {NULL, it_bad, it_flat, it_good},
    .closings = it_closings,
    .products = it_products,
    .towns = it_towns,
    .days = it_days,
    .money = "%d €",
    .nobody = "questa azienda",
};

static const struct phrase de_phrases[] = {
    {TOPIC_DELIVERY, BAD, "Meine Bestellung bei {b} ist {n} Wochen zu spät, eine Frechheit."},
    {TOPIC_DELIVERY, GOOD, "{b} hat in {n} Tagen geliefert, schnell und gut verpackt."},
    {TOPIC_DELIVERY, FLAT, "Liefert {b} nach {k}?"},
    {TOPIC_PRICE, BAD, "{m} bei {b} sind Wucher."},
    {TOPIC_PRICE, GOOD, "Bei {b} stimmt der Preis, sehr günstig und gut."},
    {TOPIC_SUPPORT, BAD, "Der Kundendienst von {b} ist furchtbar und antwortet nie."},
    {TOPIC_SUPPORT, GOOD, "Der Kundendienst von {b} war freundlich und hilfreich, danke!"},
    {TOPIC_QUALITY, BAD, "{p} von {b} war nach {n} Tagen kaputt. Schrecklich."},
    {TOPIC_QUALITY, GOOD, "{p} von {b} ist großartig, ich liebe ihn."},
    {TOPIC_QUALITY, FLAT, "{p} von {b} wiegt {n}00 Gramm."},
    {TOPIC_USABILITY, BAD, "Die App von {b} stürzt ständig ab."},
    {TOPIC_USABILITY, GOOD, "Die App von {b} ist einfach und wunderbar."},
    {TOPIC_GENERAL, BAD, "Was für eine Enttäuschung, {b}."},
    {TOPIC_GENERAL, BAD, "Nicht zu empfehlen."},
    {TOPIC_GENERAL, GOOD, "Ich liebe {b}!"},
    {TOPIC_GENERAL, GOOD, "Sehr gut."},
    {TOPIC_GENERAL, FLAT, "{b} eröffnet ein Büro in {k}."},
    {TOPIC_GENERAL, FLAT, "Gekauft am {d}."},
};
static const struct comparison de_comparisons[] = {
    {GOOD, BAD, "Ich liebe {b} und hasse {c}."},
    {BAD, GOOD, "{b} ist furchtbar, {c} ist ausgezeichnet."},
};
static const char *const de_unrelated[] = {"Schon wieder Regen in {k}.",
                                           "Das Museum in {x} hat zu."};
static const char *const de_bad[] = {"Enttäuschend", "Sehr schlecht", NULL};
static const char *const de_flat[] = {"Geht so", NULL};
static const char *const de_good[] = {"Ausgezeichnet", "Sehr zufrieden", NULL};
static const char *const de_closings[] = {"Das war es.", "Mal sehen.", NULL};
static const char *const de_products[] = {"der Controller", "der Kopfhörer", "der Adapter", NULL};
static const char *const de_towns[] = {"Kassel", "Lübeck", "Graz", NULL};
static const char *const de_days[] = {"Montag", "Mittwoch", "Samstag", NULL};

const struct phrasebook phrases_de = {
    .language = "de",
    .phrases = de_phrases,
    .phrase_count = sizeof de_phrases / sizeof de_phrases[0],
    .comparisons = de_comparisons,
    .comparison_count = sizeof de_comparisons / sizeof de_comparisons[0],
    .unrelated = de_unrelated,
    .unrelated_count = sizeof de_unrelated / sizeof de_unrelated[0],
    .titles = {NULL, de_bad, de_flat, de_good},
    .closings = de_closings,
    .products = de_products,
    .towns = de_towns,
    .days = de_days,
    .money = "%d Euro",
    .nobody = "dieser Firma",
};

static const struct phrase fr_phrases[] = {
    {TOPIC_DELIVERY, BAD, "Ma commande {b} a {n} semaines de retard, une honte."},
    {TOPIC_DELIVERY, GOOD, "{b} a livré en {n} jours, rapide et bien emballé."},
    {TOPIC_DELIVERY, FLAT, "Est-ce que {b} livre à {k} ?"},
    {TOPIC_PRICE, BAD, "{m} chez {b}, c'est du vol."},
    {TOPIC_PRICE, GOOD, "Très bon prix chez {b}, je recommande."},
    {TOPIC_SUPPORT, BAD, "Le service client de {b} est nul et ne répond jamais."},
    {TOPIC_SUPPORT, GOOD, "Le service client de {b} est aimable et efficace, merci !"},
    {TOPIC_QUALITY, BAD, "{p} de {b} est cassé après {n} jours. Horrible."},
    {TOPIC_QUALITY, GOOD, "{p} de {b} est magnifique, je l'adore."},
    {TOPIC_QUALITY, FLAT, "{p} de {b} pèse {n}00 grammes."},
    {TOPIC_USABILITY, BAD, "L'application de {b} plante sans arrêt."},
    {TOPIC_USABILITY, GOOD, "L'application de {b} est simple et agréable."},
    {TOPIC_GENERAL, BAD, "Quelle déception, {b}."},
    {TOPIC_GENERAL, BAD, "Je ne recommande pas."},
    {TOPIC_GENERAL, GOOD, "J'adore {b} !"},
    {TOPIC_GENERAL, GOOD, "Excellent."},
    {TOPIC_GENERAL, FLAT, "{b} ouvre un bureau à {k}."},
    {TOPIC_GENERAL, FLAT, "Acheté {d}."},
};
static const struct comparison fr_comparisons[] = {
    {GOOD, BAD, "J'adore {b}, je déteste {c}."},
    {BAD, GOOD, "{b} est nul, {c} est excellent."},
};
static const char *const fr_unrelated[] = {"Encore de la pluie à {k}.",
                                           "Le musée de {x} est fermé."};
static const char *const fr_bad[] = {"Déception", "Très mauvais", NULL};
static const char *const fr_flat[] = {"Moyen", NULL};
static const char *const fr_good[] = {"Excellent", "Très content", NULL};
static const char *const fr_closings[] = {"Voilà.", "On verra.", NULL};
static const char *const fr_products[] = {"le casque", "le clavier", "le chargeur", NULL};
static const char *const fr_towns[] = {"Nantes", "Namur", "Lille", NULL};
static const char *const fr_days[] = {"lundi", "jeudi", "samedi", NULL};

const struct phrasebook phrases_fr = {
    .language = "fr",
    .phrases = fr_phrases,
    .phrase_count = sizeof fr_phrases / sizeof fr_phrases[0],
    .comparisons = fr_comparisons,
    .comparison_count = sizeof fr_comparisons / sizeof fr_comparisons[0],
    .unrelated = fr_unrelated,
    .unrelated_count = sizeof fr_unrelated / sizeof fr_unrelated[0],
    .titles = {NULL, fr_bad, fr_flat, fr_good},
    .closings = fr_closings,
    .products = fr_products,
    .towns = fr_towns,
    .days = fr_days,
    .money = "%d €",
    .nobody = "cette entreprise",
};

const struct phrasebook *phrasebook_find(const char *language) {
    static const struct phrasebook *const books[] = {&phrases_en, &phrases_es, &phrases_pt,
                                                     &phrases_it, &phrases_de, &phrases_fr};
    for (size_t i = 0; i < sizeof books / sizeof books[0]; i++) {
        if (strcmp(books[i]->language, language) == 0) {
            return books[i];
        }
    }
    return &phrases_en;
}
