#include "parsers/date_words.h"

#include "base/date.h"

struct word_row {
    enum date_word_kind kind;
    int64_t value;
    const char *words; /* each with a space on both sides */
};

/* Months by full names; a beginning of three letters or more that fits one month only will do:
 * "sept", "janv", "ene". Hungarian is here because its dates have come up in feeds. */
static const struct word_row month_rows[] = {
    {DATE_WORD_MONTH, 1, " january enero janeiro gennaio januar janner janvier "},
    {DATE_WORD_MONTH, 2, " february febrero fevereiro febbraio februar feber fevrier "},
    {DATE_WORD_MONTH, 3, " march marzo marco marz maerz mars marcius mrz "},
    {DATE_WORD_MONTH, 4, " april abril aprile avril aprilis "},
    {DATE_WORD_MONTH, 5, " may mayo maio maggio mai majus "},
    {DATE_WORD_MONTH, 6, " june junio junho giugno juni juin junius "},
    {DATE_WORD_MONTH, 7, " july julio julho luglio juli juillet julius "},
    {DATE_WORD_MONTH, 8, " august agosto aout augusztus "},
    {DATE_WORD_MONTH, 9,
     " september septiembre setiembre setembro settembre szeptember septembre "},
    {DATE_WORD_MONTH, 10, " october octubre outubro ottobre oktober octobre "},
    {DATE_WORD_MONTH, 11, " november noviembre novembro novembre "},
    {DATE_WORD_MONTH, 12, " december diciembre dezembro dicembre dezember decembre "},
};

static const struct word_row absolute_rows[] = {
    {DATE_WORD_FILLER, 0,
     " of de del di da do d the at a al alle as um uhr le la les il el on en em klo h hs hrs and e "
     "y den der dem ore ora alas las l "},
    {DATE_WORD_WEEKDAY, 0,
     " mon monday tue tues tuesday wed wednes wednesday thu thur thurs thursday fri friday sat "
     "saturday sun sunday lun lunes lunedi lundi martes martedi mardi mie miercoles mer mercoledi "
     "mercredi jue jueves gio giovedi jeu jeudi vie viernes ven venerdi vendredi sab sabado sabato "
     "sam samedi dom domingo domenica dim dimanche seg segunda ter terca qua quarta qui quinta sex "
     "sexta feira mo montag di dienstag mi mittwoch donnerstag fr freitag sa samstag sonnabend so "
     "sonntag κυρ δευ τρι τετ πεμ παρ σαβ Κυρ Δευ Τρι Τετ Πεμ Παρ Σαβ "},
    {DATE_WORD_MONTH, 1, " Ιαν "},
    {DATE_WORD_MONTH, 2, " Φεβ "},
    {DATE_WORD_MONTH, 3, " Μάώ Μαώ Μαρ Μάρ "},
    {DATE_WORD_MONTH, 4, " Απρ "},
    {DATE_WORD_MONTH, 5, " Μάι Μαϊ Μαι "},
    {DATE_WORD_MONTH, 6, " Ιούν Ιον Ιουν "},
    {DATE_WORD_MONTH, 7, " Ιούλ Ιολ Ιουλ "},
    {DATE_WORD_MONTH, 8, " Αύγ Αυγ "},
    {DATE_WORD_MONTH, 9, " Σεπ "},
    {DATE_WORD_MONTH, 10, " Οκτ "},
    {DATE_WORD_MONTH, 11, " Νοέ Νοε "},
    {DATE_WORD_MONTH, 12, " Δεκ "},
    {DATE_WORD_HALF, 0, " am "},
    {DATE_WORD_HALF, 12, " pm "},
    {DATE_WORD_HALF_KOREAN, 0, " 오전 "},
    {DATE_WORD_HALF_KOREAN, 12, " 오후 "},
    {DATE_WORD_ZONE, 0, " z gmt ut utc wet "},
    {DATE_WORD_ZONE, 60, " cet met bst west mez "},
    {DATE_WORD_ZONE, 120, " cest mest mesz eet sast "},
    {DATE_WORD_ZONE, 180, " eest msk "},
    {DATE_WORD_ZONE, 240, " msd "},
    {DATE_WORD_ZONE, 330, " ist "},
    {DATE_WORD_ZONE, 480, " hkt sgt awst "},
    {DATE_WORD_ZONE, 540, " jst kst "},
    {DATE_WORD_ZONE, 570, " acst "},
    {DATE_WORD_ZONE, 600, " aest "},
    {DATE_WORD_ZONE, 660, " aedt "},
    {DATE_WORD_ZONE, 720, " nzst "},
    {DATE_WORD_ZONE, 780, " nzdt "},
    {DATE_WORD_ZONE, -150, " ndt "},
    {DATE_WORD_ZONE, -180, " adt brt art clst "},
    {DATE_WORD_ZONE, -210, " nst "},
    {DATE_WORD_ZONE, -240, " edt ast clt "},
    {DATE_WORD_ZONE, -300, " est et cdt "},
    {DATE_WORD_ZONE, -360, " cst ct mdt "},
    {DATE_WORD_ZONE, -420, " mst mt pdt "},
    {DATE_WORD_ZONE, -480, " pst pt akdt "},
    {DATE_WORD_ZONE, -540, " akst "},
    {DATE_WORD_ZONE, -600, " hst "},
};

static const struct word_row relative_rows[] = {
    {DATE_WORD_FILLER, 0,
     " at um uhr alle las les il y about less than over almost circa etwa environ unos cerca de "
     "mas "
     "menos plus moins hui "},
    {DATE_WORD_UNIT, SECOND_MS,
     " s sec secs second seconds segundo segundos secondo secondi sekunde sekunden seconde "
     "secondes "
     "sek seg "},
    {DATE_WORD_UNIT, MINUTE_MS, " m min mins minute minutes minuto minutos minuti minuten "},
    {DATE_WORD_UNIT, HOUR_MS,
     " h hr hrs hour hours hora horas ora ore stunde stunden std heure heures "},
    {DATE_WORD_UNIT, DAY_MS, " d day days dia dias giorno giorni tag tage tagen jour jours j "},
    {DATE_WORD_UNIT, 7 * DAY_MS,
     " w wk wks week weeks semana semanas settimana settimane woche wochen semaine semaines "},
    {DATE_WORD_MONTHS, 1, " mo mos month months mes meses mese mesi monat monate monaten mois "},
    {DATE_WORD_MONTHS, 12,
     " yr yrs year years ano anos anno anni jahr jahre jahren annee annees ans "},
    {DATE_WORD_COUNT, 1, " a an one un una uno um uma ein eine einem einer une "},
    {DATE_WORD_COUNT, 3, " few "},
    {DATE_WORD_AGO, 0, " ago hace ha atras vor fa "},
    {DATE_WORD_DAY, 0, " today hoy hoje oggi heute aujourd "},
    {DATE_WORD_DAY, 1, " yesterday ayer ontem ieri gestern hier "},
    {DATE_WORD_DAY, 2, " anteayer anteontem vorgestern "},
    {DATE_WORD_NOW, 0, " now just agora ahora adesso jetzt eben gerade maintenant moment momento "},
    {DATE_WORD_HALF, 0, " am "},
    {DATE_WORD_HALF, 12, " pm "},
};

#define ROWS(table) (table), sizeof(table) / sizeof(table)[0]

static bool row_has(const char *words, struct span word) {
    const char *at = words;
    while ((at = strchr(at, ' ')) != NULL) {
        at++;
        if (strncmp(at, word.data, word.size) == 0 && at[word.size] == ' ') {
            return true;
        }
    }
    return false;
}

static struct date_word rows_find(const struct word_row *rows, size_t count, struct span word) {
    for (size_t i = 0; i < count && word.size > 0; i++) {
        if (row_has(rows[i].words, word)) {
            return (struct date_word){rows[i].kind, rows[i].value};
        }
    }
    return (struct date_word){DATE_WORD_UNKNOWN, 0};
}

static bool row_has_beginning(const char *words, struct span beginning) {
    const char *at = words;
    while ((at = strchr(at, ' ')) != NULL) {
        at++;
        if (strncmp(at, beginning.data, beginning.size) == 0) {
            return true;
        }
    }
    return false;
}

static struct date_word month_find(struct span word) {
    struct date_word found = rows_find(ROWS(month_rows), word);
    if (found.kind != DATE_WORD_UNKNOWN || word.size < 3) {
        return found;
    }
    size_t fitting = 0;
    for (size_t i = 0; i < sizeof month_rows / sizeof month_rows[0]; i++) {
        if (row_has_beginning(month_rows[i].words, word)) {
            found = (struct date_word){DATE_WORD_MONTH, month_rows[i].value};
            fitting++;
        }
    }
    return fitting == 1 ? found : (struct date_word){DATE_WORD_UNKNOWN, 0};
}

struct date_word date_word_absolute(struct span folded) {
    struct date_word found = month_find(folded);
    return found.kind != DATE_WORD_UNKNOWN ? found : rows_find(ROWS(absolute_rows), folded);
}

struct date_word date_word_relative(struct span folded) {
    return rows_find(ROWS(relative_rows), folded);
}

/* U+00C0..U+00FF without their accents; '\0': left as it is. */
static const char plain_latin[64 + 1] =
    "aaaaaaaceeeeiiii\0nooooo\0ouuuuy\0saaaaaaaceeeeiiii\0nooooo\0ouuuuy\0y";

struct span date_word_fold(struct span word, char *out, size_t capacity) {
    size_t size = 0;
    for (size_t i = 0; i < word.size && size < capacity; i++) {
        unsigned char next = i + 1 < word.size ? (unsigned char)word.data[i + 1] : 0;
        if (word.data[i] == '\xC3' && next >= 0x80 && next <= 0xBF &&
            plain_latin[next - 0x80] != '\0') {
            out[size++] = plain_latin[next - 0x80];
            i++;
        } else {
            out[size++] = byte_to_lower(word.data[i]);
        }
    }
    return (struct span){out, size};
}
