/* The expressions of an nf_tables rule: what a packet must be, one after the other, and what
 * then becomes of it (linux/netfilter/nf_tables.h; the numbers are its own). Private to the lab
 * layer. */
#pragma once

#include <libmnl/libmnl.h>

#include <stddef.h>
#include <stdint.h>

/* Each goes on with a packet that is as told. They are put into NFTA_RULE_EXPRESSIONS. */
void mh_nft_put_meta_is(struct nlmsghdr *message, uint32_t key, uint8_t value);
void mh_nft_put_bytes_are(
    struct nlmsghdr *message, uint32_t base, uint32_t offset, const void *value, size_t size);
void mh_nft_put_counter(struct nlmsghdr *message);
void mh_nft_put_drop(struct nlmsghdr *message);

/* Adds what the counters of a rule, as the kernel tells of it, have counted. */
void mh_nft_add_counters(const struct nlmsghdr *rule, uint64_t *packets, uint64_t *bytes);
