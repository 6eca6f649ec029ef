#!/bin/sh
# tools/check-layers accepts this checkout, and finds each kind of violation in a small tree.
# Usage: check_layers_test.sh SOURCE_DIR
set -eu
root=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

"$root/tools/check-layers" "$root" || failures=1

# plant FILE LINE: a tree whose only file holds LINE.
plant() {
	rm -rf "$tree/src"
	mkdir -p "$tree/$(dirname "$1")"
	printf '%s\n' "$2" >"$tree/$1"
}

# expect_complaint FILE LINE PATTERN: such a file must be refused, with this reason.
expect_complaint() {
	plant "$1" "$2"
	if said=$("$root/tools/check-layers" "$tree"); then
		echo "accepted in $1: $2"
		failures=1
	elif ! echo "$said" | grep -q "$3"; then
		echo "wrong reason for $2 in $1: $said"
		failures=1
	fi
}

expect_silence() {
	plant "$1" "$2"
	"$root/tools/check-layers" "$tree" || {
		echo "refused in $1: $2"
		failures=1
	}
}

expect_complaint src/net/x.c '#include "lab/lab.h"' "'net' may not include 'lab'"
expect_complaint src/base/x.h '#include "script/vm.h"' "'base' may not include 'script'"
expect_complaint src/net/x.c '#include <libmnl/libmnl.h>' 'may not include <libmnl/libmnl.h>'
expect_complaint src/lab/x.c '#include <uv.h>' 'may not include <uv.h>'
expect_complaint src/traffic/x.c '#include <lauxlib.h>' 'may not include <lauxlib.h>'
expect_complaint src/app/x.c '#include <jansson.h>' 'may not include <jansson.h>'
expect_complaint src/wire/x.c '#include <linux/igmp.h>' 'may not include <linux/igmp.h>'
expect_complaint src/script/x.c '    printf("x");' 'may not call: printf'
expect_complaint src/loop/x.c 'if (x) exit(1);' 'may not call: exit'
expect_complaint src/lab/x.c '    usleep(1);' 'may not call: usleep'
expect_complaint src/app/x.c '    return system("ip link");' 'may not call: system'
expect_complaint src/util/x.c 'int x;' "'util' is no layer"
expect_silence src/net/x.c '    snprintf(a, b, c); /* not printf() */ object->exit(); mh_exit();'
expect_silence src/app/main.c '    printf("x"); exit(1);'
exit $failures
