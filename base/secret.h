/* Secrets from outside the configuration file. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/arena.h"
#include "base/error.h"

/* The contents of a file that only its owner may read, one trailing line end stripped. Refuses
 * files that group or others may read, anything that is not a plain file, and contents that are
 * not fit to be a secret. The value is in no error. */
MUST_CHECK bool secret_read_file(struct span path, struct arena *arena, struct span *value,
                                 struct error *error);

enum secret_found { SECRET_FOUND, SECRET_NOT_GIVEN, SECRET_UNREADABLE };

/* $CREDENTIALS_DIRECTORY/NAME (systemd; its folder is private, so that file modes do not matter),
 * then environment variable EARSHOT_NAME in upper case, everything but letters and digits as "_".
 * `name` is dotted: "mail.password". The error is filled for SECRET_UNREADABLE. */
enum secret_found secret_find(struct span name, struct arena *arena, struct span *value,
                              struct error *error);

/* Whether a value is fit to be a secret: something, not too long, and one line unless it is a key in
 * PEM form or a JSON object, as sites give out files of keys. */
bool secret_is_acceptable(struct span value, struct error *error);

/* Whether an option or parameter of that name probably holds a secret ("password", "api_key", a
 * mistyped "pasword"), for printing. Names of files with secrets ("token_file") do not. */
bool secret_is_named(struct span name);

/* The name of the environment variable: "EARSHOT_MAIL_PASSWORD". */
struct span secret_variable(struct span name, struct arena *arena);

#endif
