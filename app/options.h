/* The command line, understood by the tables of app/app.h. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "app/app.h"

/* Fills `app` from the arguments. False when there is nothing to run (help and version were
 * printed, or the words were wrong and a message said so): `*code` is the exit code then. The app
 * must be given to options_done() in either case. */
MUST_CHECK bool options_understand(int argument_count, char **arguments, struct app *app,
                                   enum exit_code *code);
void options_done(struct app *app);

/* The nearest name among `count` names, for "did you mean"; NULL when none is near. */
const char *options_suggest(const char *word, const char *const *names, size_t count);

#endif
