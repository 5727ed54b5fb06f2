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

#endif
