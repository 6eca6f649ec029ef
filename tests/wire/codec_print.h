/* How codec_tool prints fields. */
#pragma once

#include "wire/checksum.h"

void print_number(const char *name, uint64_t value);
void print_bytes(const char *name, struct mh_span span);
void print_addr(const char *name, struct mh_addr addr);
void print_malformed(const char *layer);
void print_pim(struct mh_span payload, const struct mh_pseudo_header *pseudo);
