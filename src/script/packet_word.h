/* What the numbers of the protocols are called in Lua: kinds of messages, records, headers. A
 * number without a name is told as it is. */
#pragma once

#include <lua.h>

#include <stdint.h>

struct mh_packet_word {
    const char *name; /* NULL: the end */
    uint8_t value;
};

extern const struct mh_packet_word mh_mld_words[];
extern const struct mh_packet_word mh_record_words[];
extern const struct mh_packet_word mh_pim_words[];
extern const struct mh_packet_word mh_extension_words[]; /* of IPv6 */

/* Sets the field of the table on top of the stack to the name, or to the number. */
void mh_set_word(
    lua_State *L, const char *name, const struct mh_packet_word *words, uint8_t value);
/* A name or a number up to `most`. Raises "packet: <name>: ..." */
uint8_t mh_get_word(lua_State *L, int table, const char *name,
    const struct mh_packet_word *words, lua_Integer most);
