/* The usual slips in filters of libpcap's language. */
#pragma once

/* What to write instead, for an expression that did not compile; NULL where nothing is known.
 */
const char *mh_filter_hint(const char *expression);
