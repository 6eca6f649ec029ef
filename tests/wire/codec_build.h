/* Builds a frame from words: "LAYER NAME=VALUE ... | LAYER NAME=VALUE ... | ...", the outermost
 * layer first. A name that may stand several times is an entry of a list; its parts are
 * separated by
 * "/", lists in them by "+", parts of these by "@". */
#pragma once

#include "wire/checksum.h"

enum { LAYER_BYTES = 66000 };

/* The text behind "NAME=" from `from` on, or NULL. */
const char *word_find(const char *from, const char *name);
uint32_t word_number(const char *layer, const char *name); /* 0 when there is none */
/* Up to the next of " /+@|" or the end. */
struct mh_addr word_to_addr(const char *text);
struct mh_addr word_addr(
    const char *layer, const char *name); /* AF_UNSPEC when there is none */
void word_write_hex(struct mh_writer *writer, const char *hex);
/* The bytes of a value, in the memory of `list`. */
struct mh_span word_bytes(struct mh_writer *list, const char *layer, const char *name);
/* Behind the next `separator` of this word, or NULL. */
const char *word_after(const char *text, char separator);
/* The same within one part of a word. */
const char *word_next_in_part(const char *text, char separator);
bool word_is_empty(const char *part);

void build_pim(const char *layer, const struct mh_pseudo_header *pseudo, struct mh_writer *list,
    struct mh_writer *writer);
