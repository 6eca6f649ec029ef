#!/bin/sh
# tools/check-state accepts the libraries of this build, and finds each kind of mutable state.
# Usage: check_state_test.sh SOURCE_DIR BUILD_DIR COMPILER
set -eu
command -v objdump >/dev/null && command -v ar >/dev/null || exit 77
check=$1/tools/check-state
compiler=$3
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

"$check" "$2" || failures=1

# verdict_on CODE: what the check says of a library made of it.
verdict_on() {
	printf '%s\n' "$1" >"$tree/x.c"
	"$compiler" -O1 -fPIE -fdata-sections -c "$tree/x.c" -o "$tree/x.o"
	rm -f "$tree/libmh_x.a"
	ar rc "$tree/libmh_x.a" "$tree/x.o"
	if "$check" "$tree" >/dev/null; then echo clean; else echo stateful; fi
}

expect() {
	[ "$(verdict_on "$2")" = "$1" ] || {
		echo "not $1: $2"
		failures=1
	}
}

expect stateful 'int counter;'
expect stateful 'static int counter = 3; int next(void) { return counter++; }'
expect stateful 'int next(void) { static int n; return ++n; }'
expect stateful '_Thread_local int counter;'
expect stateful 'const char *word = "changeable pointer";'
expect clean 'const int limit = 3; int f(void) { return limit; }'
expect clean 'const char *const words[] = {"a", "b"};'
exit $failures
