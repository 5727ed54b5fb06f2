/* What the files of the configuration share. */
#ifndef BASE_CONFIG_PARTS_H
#define BASE_CONFIG_PARTS_H

#include "base/config.h"
#include "base/schema.h"
#include "base/yaml.h"

#define CONFIG_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CONFIG_SECTION(text, table)                                                                \
    { .noun = (text), .rows = (table), .count = CONFIG_COUNT(table), .size = sizeof(struct config) }

/* The table of all options (config.c), and its parts about who is told what (config_people.c). */
extern const struct schema config_schema;
extern const struct schema config_mail_schema, config_alerts_schema, config_digest_schema;
extern const struct schema config_person_schema, config_webhook_schema;

/* What one option cannot tell alone: names that refer to each other, options that need each other,
 * defaults that depend on the rest. `root` is the file's tree. */
void config_check(struct schema_reader *reader, const struct yaml_node *root,
                  struct config *config);

/* Single values, for the table's `check`. The error says what would be right. */
bool config_check_web_url(struct span text, struct error *error);
bool config_check_source_url(struct span text, struct error *error); /* or a mailbox: imaps: */
bool config_check_mail_url(struct span text, struct error *error);
bool config_check_email(struct span text, struct error *error);
bool config_check_language(struct span text, struct error *error);
bool config_check_country(struct span text, struct error *error);
bool config_check_zone(struct span text, struct error *error);
bool config_check_time_of_day(struct span text, struct error *error);
bool config_check_hours(struct span text, struct error *error);
bool config_check_rhythm(struct span text, struct error *error);
bool config_check_listen(struct span text, struct error *error);

/* "host:port", "[::1]:port". False when it is neither. */
bool config_split_address(struct span text, struct span *host, int64_t *port);

/* Whether a host name or address means this machine only. */
bool config_is_loopback(struct span host);

/* The host of a URL, without brackets; empty when there is none. */
struct span config_url_host(struct span url, struct arena *arena);

#endif
