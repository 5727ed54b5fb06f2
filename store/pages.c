#include "store/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define META_MAGIC 0xBEEFC0DEu
#define META_VERSION 1u
#define PAGE_BRANCH 0x01u
#define PAGE_LEAF 0x02u
#define PAGE_OVERFLOW 0x04u
#define PAGE_META 0x08u
#define PAGE_HEADER 16u
#define PAGE_SIZE_MAX 65536u
#define NODE_HEADER 8u
#define NODE_BIG 0x01u   /* the data is the number of an overflow page */
#define NODE_TABLE 0x02u /* the data is a struct tree */
#define TREE_INTEGER_KEYS 0x08u
#define DEPTH_MAX 32u /* LMDB's own */
#define NO_ROOT UINT64_MAX

/* Pages at the end that a transaction took and let go are counted but never written: at most as
 * many as a transaction may touch. */
#define UNWRITTEN_MAX 131072u

struct tree { /* MDB_db */
    uint32_t pad;
    uint16_t flags;
    uint16_t depth;
    uint64_t branch_pages;
    uint64_t leaf_pages;
    uint64_t overflow_pages;
    uint64_t entries;
    uint64_t root;
};

struct meta { /* MDB_meta */
    uint32_t magic;
    uint32_t version;
    uint64_t address;
    uint64_t map_size;
    struct tree free;
    struct tree main;
    uint64_t last_page;
    uint64_t transaction;
};

struct page { /* MDB_page's head */
    uint64_t number;
    uint16_t pad;
    uint16_t flags;
    uint16_t lower; /* or, of an overflow page, the low half of its count of pages */
    uint16_t upper;
};

_Static_assert(sizeof(struct tree) == 48 && sizeof(struct meta) == 136 &&
                   sizeof(struct page) == PAGE_HEADER,
               "LMDB's structures on 64 bits");

struct walk {
    int descriptor;
    uint32_t page_size;
    uint64_t last_page;
    uint64_t file_pages;
    bool leaves;
    uint8_t *seen;     /* bit per page */
    uint8_t *levels;   /* one page per level of the tree */
    bool subtrees;     /* the tree at hand is the main one, with tables in it */
    struct tree found; /* counts of the tree at hand */
    struct error *error;
};

static bool damaged(struct error *error, uint64_t page, const char *what) {
    return error_set(error, ERROR_STORE, "the store is damaged: page %llu %s",
                     (unsigned long long)page, what);
}

/* --- Meta pages ------------------------------------------------------------------------------- */

static bool meta_read(int descriptor, off_t offset, struct meta *meta) {
    uint8_t bytes[PAGE_HEADER + sizeof *meta];
    struct page page;
    if (pread(descriptor, bytes, sizeof bytes, offset) != (ssize_t)sizeof bytes) {
        return false;
    }
    memcpy(&page, bytes, sizeof page);
    memcpy(meta, bytes + PAGE_HEADER, sizeof *meta);
    uint32_t size = meta->free.pad;
    return page.flags == PAGE_META && meta->magic == META_MAGIC && meta->version == META_VERSION &&
           size >= 512 && size <= PAGE_SIZE_MAX && (size & (size - 1)) == 0 &&
           meta->free.flags == TREE_INTEGER_KEYS && meta->main.flags == 0 && meta->last_page > 0;
}

static bool metas_read(int descriptor, struct meta metas[2], struct error *error) {
    struct stat file;
    if (!meta_read(descriptor, 0, &metas[0])) {
        return damaged(error, 0, "is no meta page");
    }
    if (!meta_read(descriptor, metas[0].free.pad, &metas[1]) ||
        metas[1].free.pad != metas[0].free.pad) {
        return damaged(error, 1, "is no meta page");
    }
    if (fstat(descriptor, &file) != 0) {
        return error_set_errno(error, errno, "the store's file");
    }
    uint64_t pages = (uint64_t)file.st_size / metas[0].free.pad;
    for (uint64_t i = 0; i < 2; i++) {
        if (metas[i].last_page >= pages + UNWRITTEN_MAX) {
            return damaged(error, i, "speaks of more pages than there are: the file was cut short");
        }
    }
    return true;
}

bool pages_check_file(const char *path, struct error *error) {
    struct meta metas[2];
    struct stat file;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return errno == ENOENT || error_set_errno(error, errno, "%s", path);
    }
    bool sound = (fstat(descriptor, &file) == 0 && file.st_size == 0) ||
                 metas_read(descriptor, metas, error);
    close(descriptor);
    return sound;
}

/* --- One page --------------------------------------------------------------------------------- */

/* Notes that `count` pages from `number` on are used; false when one is outside or used twice. */
static bool walk_claim(struct walk *walk, uint64_t number, uint64_t count) {
    if (number < 2 || number > walk->last_page || count > walk->last_page - number + 1) {
        return damaged(walk->error, number, "is outside of the file");
    }
    for (uint64_t page = number; page < number + count; page++) {
        uint8_t bit = (uint8_t)(1u << (page & 7));
        if ((walk->seen[page >> 3] & bit) != 0) {
            return damaged(walk->error, page, "is used twice");
        }
        walk->seen[page >> 3] |= bit;
    }
    return true;
}

static bool walk_read(struct walk *walk, uint64_t number, uint8_t *bytes, size_t size) {
    ssize_t done = pread(walk->descriptor, bytes, size, (off_t)(number * walk->page_size));
    return done == (ssize_t)size ||
           damaged(walk->error, number, "is missing: the file was cut short");
}

static struct page page_head(const uint8_t *bytes) {
    struct page page;
    memcpy(&page, bytes, sizeof page);
    return page;
}

static uint16_t read_u16(const uint8_t *bytes) {
    uint16_t value = 0;
    memcpy(&value, bytes, sizeof value);
    return value;
}

struct node {       /* MDB_node, unpacked */
    uint64_t child; /* of a branch */
    uint32_t data;  /* bytes, of a leaf */
    unsigned flags; /* of a leaf */
    struct span key;
    const uint8_t *value;
    size_t room; /* bytes from `value` to the end of the page */
};

/* The page's node at an index; false when any of it lies outside of the page. */
static bool page_node(const struct walk *walk, const uint8_t *bytes, unsigned index, bool leaf,
                      struct node *node) {
    struct page page = page_head(bytes);
    size_t at = read_u16(bytes + PAGE_HEADER + (size_t)index * 2);
    if (at < page.upper || at + NODE_HEADER > walk->page_size) {
        return false;
    }
    uint32_t low = read_u16(bytes + at) | (uint32_t)read_u16(bytes + at + 2) << 16;
    unsigned flags = read_u16(bytes + at + 4);
    size_t key = read_u16(bytes + at + 6);
    size_t value = at + NODE_HEADER + key;
    if (value > walk->page_size) {
        return false;
    }
    node->child = low | (uint64_t)flags << 32;
    node->data = low;
    node->flags = flags;
    node->key = (struct span){(const char *)bytes + at + NODE_HEADER, key};
    node->value = bytes + value;
    node->room = walk->page_size - value;
    size_t inside = leaf ? ((flags & NODE_BIG) != 0 ? sizeof(uint64_t) : node->data) : 0;
    return inside <= node->room;
}

static bool page_is_sound(const struct walk *walk, const uint8_t *bytes, uint64_t number,
                          bool leaf) {
    struct page page = page_head(bytes);
    return page.number == number && page.flags == (leaf ? PAGE_LEAF : PAGE_BRANCH) &&
           page.lower >= PAGE_HEADER && page.lower % 2 == 0 && page.lower <= page.upper &&
           page.upper <= walk->page_size && (leaf || page.lower >= PAGE_HEADER + 4);
}

/* --- Trees ------------------------------------------------------------------------------------ */

static bool walk_overflow(struct walk *walk, const struct node *node) {
    uint64_t number = 0;
    uint8_t head[PAGE_HEADER];
    memcpy(&number, node->value, sizeof number);
    if (number > walk->last_page || !walk_read(walk, number, head, sizeof head)) {
        return damaged(walk->error, number, "is missing");
    }
    struct page page = page_head(head);
    uint64_t count = page.lower | (uint64_t)page.upper << 16;
    uint64_t needed = (PAGE_HEADER + (uint64_t)node->data + walk->page_size - 1) / walk->page_size;
    walk->found.overflow_pages += count;
    if (page.number != number || page.flags != PAGE_OVERFLOW || count != needed) {
        return damaged(walk->error, number, "is not the overflow page it should be");
    }
    if (number + count > walk->file_pages) {
        return damaged(walk->error, number, "is missing: the file was cut short");
    }
    return walk_claim(walk, number, count);
}

/* Free pages of one old transaction: a count, then numbers in descending order. */
static bool walk_free_list(struct walk *walk, const struct node *node) {
    if (node->data % sizeof(uint64_t) != 0 || node->data < sizeof(uint64_t)) {
        return damaged(walk->error, 0, "has a list of free pages that cannot be read");
    }
    uint64_t *list = memory_new(node->data, 1);
    bool sound = true;
    if ((node->flags & NODE_BIG) == 0) {
        memcpy(list, node->value, node->data);
    } else {
        uint64_t number = 0;
        memcpy(&number, node->value, sizeof number);
        off_t at = (off_t)(number * walk->page_size + PAGE_HEADER);
        sound = pread(walk->descriptor, list, node->data, at) == (ssize_t)node->data;
    }
    sound = sound && list[0] < node->data / sizeof(uint64_t);
    for (uint64_t i = 1; sound && i <= list[0]; i++) {
        sound = (i == 1 || list[i] < list[i - 1]) && walk_claim(walk, list[i], 1);
    }
    free(list);
    return sound || damaged(walk->error, 0, "has a list of free pages that cannot be true");
}

static bool walk_tree(struct walk *walk, const struct tree *tree, bool subtrees);

/* A table in the main tree: walked with levels and counts of its own. */
static bool walk_table(const struct walk *walk, const struct node *node) {
    struct walk inner = *walk;
    struct tree tree;
    if (node->data != sizeof tree) {
        return damaged(walk->error, 0, "has a table of unknown shape");
    }
    memcpy(&tree, node->value, sizeof tree);
    if (tree.flags != 0) {
        return damaged(walk->error, 0, "has a table of unknown kind");
    }
    return walk_tree(&inner, &tree, false);
}

static bool walk_leaf_node(struct walk *walk, const struct tree *tree, const struct node *node) {
    if ((node->flags & ~(NODE_BIG | NODE_TABLE)) != 0 ||
        ((node->flags & NODE_TABLE) != 0) != walk->subtrees) {
        return damaged(walk->error, 0, "has an entry of unknown kind");
    }
    walk->found.entries++;
    if ((node->flags & NODE_BIG) != 0 && !walk_overflow(walk, node)) {
        return false;
    }
    if (tree->flags == TREE_INTEGER_KEYS) {
        return (node->key.size == sizeof(uint64_t) && walk_free_list(walk, node)) ||
               damaged(walk->error, 0, "has a list of free pages that cannot be true");
    }
    return !walk->subtrees || walk_table(walk, node);
}

static bool walk_page(struct walk *walk, const struct tree *tree, uint64_t number, unsigned level);

static bool walk_nodes(struct walk *walk, const struct tree *tree, uint64_t number,
                       unsigned level) {
    const uint8_t *bytes = walk->levels + (size_t)level * walk->page_size;
    bool leaf = level + 1 == tree->depth;
    unsigned count = (page_head(bytes).lower - PAGE_HEADER) / 2;
    struct span before = {NULL, 0};
    for (unsigned i = 0; i < count; i++) {
        struct node node;
        if (!page_node(walk, bytes, i, leaf, &node)) {
            return damaged(walk->error, number, "has an entry outside of itself");
        }
        bool first = i == 0 || (!leaf && i == 1); /* a branch's first key is empty */
        if (!first && tree->flags == 0 && span_compare(before, node.key) >= 0) {
            return damaged(walk->error, number, "has its entries out of order");
        }
        before = node.key;
        if (leaf ? !walk_leaf_node(walk, tree, &node)
                 : !walk_page(walk, tree, node.child, level + 1)) {
            return false;
        }
    }
    return true;
}

static bool walk_page(struct walk *walk, const struct tree *tree, uint64_t number, unsigned level) {
    uint8_t *bytes = walk->levels + (size_t)level * walk->page_size;
    bool leaf = level + 1 == tree->depth;
    if (!walk_claim(walk, number, 1)) {
        return false;
    }
    walk->found.leaf_pages += leaf;
    walk->found.branch_pages += !leaf;
    if (leaf && !walk->leaves && tree->flags == 0 && !walk->subtrees) {
        return true;
    }
    if (!walk_read(walk, number, bytes, walk->page_size)) {
        return false;
    }
    if (!page_is_sound(walk, bytes, number, leaf)) {
        return damaged(walk->error, number, "is not the page it should be");
    }
    return walk_nodes(walk, tree, number, level);
}

static bool tree_counts_agree(const struct walk *walk, const struct tree *tree) {
    const struct tree *found = &walk->found;
    bool pages = found->branch_pages == tree->branch_pages && found->leaf_pages == tree->leaf_pages;
    bool whole = walk->leaves || tree->flags != 0 || walk->subtrees;
    return pages && (!whole || (found->entries == tree->entries &&
                                found->overflow_pages == tree->overflow_pages));
}

static bool walk_tree(struct walk *walk, const struct tree *tree, bool subtrees) {
    walk->found = (struct tree){0};
    walk->subtrees = subtrees;
    if (tree->root == NO_ROOT) {
        return tree->depth == 0 || damaged(walk->error, 0, "has a tree without a root");
    }
    if (tree->depth == 0 || tree->depth > DEPTH_MAX) {
        return damaged(walk->error, tree->root, "has a tree of impossible depth");
    }
    walk->levels = memory_new(tree->depth, walk->page_size);
    bool sound = walk_page(walk, tree, tree->root, 0);
    if (sound && !tree_counts_agree(walk, tree)) {
        sound = damaged(walk->error, tree->root, "has a tree that is not as large as noted");
    }
    free(walk->levels);
    return sound;
}

enum pages_outcome pages_check(int descriptor, uint64_t transaction, bool deep,
                               struct error *error) {
    struct meta metas[2];
    struct stat file;
    if (!metas_read(descriptor, metas, error)) {
        return PAGES_DAMAGED;
    }
    if (metas[0].transaction != transaction && metas[1].transaction != transaction) {
        return PAGES_MOVED;
    }
    const struct meta *meta = &metas[metas[0].transaction == transaction ? 0 : 1];
    struct walk walk = {.descriptor = descriptor,
                        .page_size = meta->free.pad,
                        .last_page = meta->last_page,
                        .error = error};
    walk.file_pages = fstat(descriptor, &file) == 0 ? (uint64_t)file.st_size / walk.page_size : 0;
    walk.leaves =
        deep || meta->last_page < PAGES_SHALLOW_ABOVE || walk.file_pages <= meta->last_page;
    walk.seen = memory_new(meta->last_page / 8 + 1, 1);
    bool sound = walk_tree(&walk, &meta->main, true) && walk_tree(&walk, &meta->free, false);
    free(walk.seen);
    return sound ? PAGES_SOUND : PAGES_DAMAGED;
}
