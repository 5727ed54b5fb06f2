/* A look at the file before LMDB trusts it.
 *
 * LMDB keeps no checksums and follows what its pages say: a file cut short ends the process with
 * SIGBUS, a flipped bit in a page's header with SIGSEGV. Here the same pages are read with pread()
 * and checked for everything LMDB relies on: that every page is inside the file, is what it should
 * be, has its nodes inside itself and is reached once; that counts agree; that no free page is in
 * use. The bytes of the values are the records' own checksums' business.
 *
 * Layout: LMDB 0.9 on 64 bits, native byte order (lmdb's mdb.c: MDB_page, MDB_node, MDB_meta). */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "base/error.h"

/* Before the file is opened: both meta pages are whole. True also when there is no file, or an
 * empty one. */
MUST_CHECK bool pages_check_file(const char *path, struct error *error);

enum pages_outcome {
    PAGES_SOUND,
    PAGES_DAMAGED, /* the error says where */
    PAGES_MOVED,   /* `transaction` is no longer one of the two newest: take a newer snapshot */
};

/* All pages that the committed transaction can reach, through the environment's own descriptor.
 * The caller holds a snapshot of that transaction, so that no page is reused meanwhile. Not `deep`:
 * leaves are not read when the file is large (over PAGES_SHALLOW_ABOVE) and of full length. */
#define PAGES_SHALLOW_ABOVE ((uint64_t)4096)
enum pages_outcome pages_check(int descriptor, uint64_t transaction, bool deep,
                               struct error *error);

#endif
