/* Who has said that it is enough: a mark in the store, set by the link in a mail (List-Unsubscribe, with
 * one click: RFC 8058) or by hand. The link names person and kind and is signed with `serve.token`, so
 * that nobody can silence another; there is one where the dashboard is reached by https and has a token. */
#ifndef REPORT_MUTE_H
#define REPORT_MUTE_H

#include "report/report.h"

/* "https://earshot.example/unsubscribe/alerts.6164...e.5f0c..."; empty where there is none. `kind` is
 * "alerts" or the name of a rhythm. */
struct span mute_link(struct arena *arena, const struct config *config, const char *kind,
                      struct span email);

/* Whom and what the path of a link (behind the "/unsubscribe/") is for. False: it is none of ours. */
MUST_CHECK bool mute_read(struct arena *arena, const struct config *config, struct span path,
                          const char **kind, struct span *email);

/* Whether a person gets no mail of that kind any more. */
bool mute_is_set(const struct snapshot *snapshot, const char *kind, struct span email);

/* From now on, or (false) no longer. */
MUST_CHECK bool mute_set(struct store *store, const char *kind, struct span email, bool muted,
                         int64_t now_ms, struct error *error);

#define MUTE_ALERTS "alerts"

#endif
