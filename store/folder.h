/* The folder that a store lies in: its files, and who may write them. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include "base/error.h"

/* FOLDER/NAME; free() it. */
char *folder_path(const char *folder, const char *name);

/* The folder and those above it, as far as they are missing, for the owner only. */
MUST_CHECK bool folder_make(const char *folder, struct error *error);

/* Gives a file in the folder another name, and waits until the disk knows it by that. */
MUST_CHECK bool folder_rename(const char *folder, const char *from, const char *to,
                              struct error *error);

/* Takes the writer's lock of the folder, which is made if need be; `*lock` is a descriptor to
 * close(). Refused by name when another process has it. */
MUST_CHECK bool folder_lock(const char *folder, int *lock, struct error *error);

/* Edits go beside the writer, and beside each other, but not while the file is put in another's place:
 * whoever does that keeps them out (`alone`). */
MUST_CHECK bool folder_lock_edits(const char *folder, bool alone, int *lock, struct error *error);

#endif
