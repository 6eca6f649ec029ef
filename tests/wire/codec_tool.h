#pragma once

#include "wire/bytes.h"

/* " name=value" for every field, a name as often as the frame has it; " malformed=LAYER" where
 * it ends too early. */
void print_frame(struct mh_span frame);
/* Changes `text`. Returns writer->error. */
int build_frame(char *text, struct mh_writer *writer);
