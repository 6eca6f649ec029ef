/* What a network device leaves undone because the one behind it may do it better (ethtool(8)).
 */
#pragma once

#include "base/error.h"

/* Checksums are computed and large packets cut before frames enter this device, so that who
 * takes them out of it finds them as they are on a wire. */
int mh_offload_switch_off(int netns_fd, const char *device, struct mh_error *err);
