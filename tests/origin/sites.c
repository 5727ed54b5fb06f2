#include "tests/origin/world.h"

#define ENGLISH                                                                                    \
    { "en", "us", 100 }
#define SPANISH                                                                                    \
    { "es", "es", 100 }
#define MANY                                                                                       \
    {"en", "us", 50}, {"es", "es", 28}, {"pt", "br", 6}, {"it", "it", 5}, {"de", "de", 6}, {       \
        "fr", "fr", 5                                                                              \
    }

const struct site sites[] = {
    {"hn", SITE_HN, "Hacker News", "news.ycombinator.com", NULL, 13, 9, {ENGLISH}},
    {"mastodon", SITE_MASTODON, "Mastodon", "social.example", NULL, 25, 40, {MANY}},
    {"stackexchange", SITE_STACK, "Super User", "superuser.com", NULL, 5, 2, {ENGLISH}},
    {"appstore",
     SITE_APPSTORE,
     "App Store",
     "itunes.apple.com",
     NULL,
     15,
     18,
     {{"en", "us", 34},
      {"en", "gb", 16},
      {"es", "es", 20},
      {"es", "mx", 10},
      {"pt", "br", 5},
      {"it", "it", 5},
      {"de", "de", 5},
      {"fr", "fr", 5}}},
    {"steam", SITE_STEAM, "Steam", "steamcommunity.com", NULL, 13, 12, {MANY}},
    {"shop", SITE_SHOP, "Padlock Games Shop", "shop.example", NULL, 5, 7, {ENGLISH}},
    {"bazaar", SITE_BAZAAR, "Bazar del Mando", "bazar.example", NULL, 4, 6, {SPANISH}},
    {"harbor-gazette",
     SITE_RSS2,
     "Harbor Gazette",
     "harborgazette.example",
     "/feeds/harbor-gazette.xml",
     3,
     1,
     {ENGLISH}},
    {"circuit-wire",
     SITE_ATOM,
     "Circuit Wire",
     "circuitwire.example",
     "/feeds/circuit-wire.atom",
     4,
     1,
     {ENGLISH}},
    {"northern-ledger",
     SITE_RSS1,
     "Northern Ledger",
     "northernledger.example",
     "/feeds/northern-ledger.rdf",
     2,
     1,
     {ENGLISH}},
    {"pixel-notes",
     SITE_JSONFEED,
     "Pixel Notes",
     "pixelnotes.example",
     "/feeds/pixel-notes.json",
     3,
     1,
     {ENGLISH}},
    {"el-faro",
     SITE_RSS2,
     "El Faro Digital",
     "elfaro.example",
     "/feeds/el-faro.xml",
     3,
     1,
     {SPANISH}},
    {"onda-tecnica",
     SITE_ATOM,
     "Onda Técnica",
     "ondatecnica.example",
     "/feeds/onda-tecnica.atom",
     2,
     1,
     {SPANISH}},
    {"diario-del-muelle",
     SITE_RSS2_LATIN1,
     "Diario del Muelle",
     "diariodelmuelle.example",
     "/feeds/diario-del-muelle.xml",
     2,
     1,
     {SPANISH}},
    {"cuaderno-azul",
     SITE_JSONFEED,
     "Cuaderno Azul",
     "cuadernoazul.example",
     "/feeds/cuaderno-azul.json",
     1,
     0,
     {SPANISH}},
};
const size_t site_count = sizeof sites / sizeof sites[0];

bool site_is_feed(const struct site *site) {
    return site->path != NULL;
}

bool site_is_review(const struct site *site) {
    return site->kind == SITE_APPSTORE || site->kind == SITE_STEAM || site->kind == SITE_SHOP ||
           site->kind == SITE_BAZAAR;
}
