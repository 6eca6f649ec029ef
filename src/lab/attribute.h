/* Finds one netlink attribute by the path of its nests. Private to the lab layer. */
#pragma once

#include <libmnl/libmnl.h>

#include <stddef.h>
#include <stdint.h>

enum { MH_ATTRIBUTE_DEPTH = 4 };

/* Types from the outermost in, ended by 0 when shorter than the array. */
struct mh_attribute_path {
    uint16_t types[MH_ATTRIBUTE_DEPTH];
};

/* NULL when it is not there. `header_size` is that of the message's family header. */
const struct nlattr *mh_attribute_find(
    const struct nlmsghdr *message, size_t header_size, struct mh_attribute_path path);
/* Its value, whatever its size (1, 2, 4 or 8 bytes); `otherwise` for NULL. */
uint64_t mh_attribute_number(const struct nlattr *attribute, uint64_t otherwise);
