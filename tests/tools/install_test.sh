#!/bin/sh
# What `cmake --install` puts into an empty place is complete, and works there.
# Usage: install_test.sh SOURCE_DIR BUILD_DIR VERSION
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failures=0
cmake --install "$2" --prefix "$place" >"$place/log" || {
	cat "$place/log"
	exit 1
}

complain() {
	echo "$*"
	failures=1
}

present() {
	for path; do
		[ -s "$place/$path" ] || complain "missing: $path"
	done
}

share=share/mcast-harness
present bin/mcast-harness $share/lua/mcast.lua
present share/doc/mcast-harness/README.md share/doc/mcast-harness/LICENSE
for internal in core.lua job.lua; do
	[ ! -e "$place/$share/lua/$internal" ] || complain "internal, but installed: $internal"
done
for folder in scenarios topologies; do
	for file in "$1/$folder"/*.lua; do
		present "$share/$folder/$(basename "$file")"
	done
done
if command -v scdoc >/dev/null; then
	present share/man/man1/mcast-harness.1
fi

said=$("$place/bin/mcast-harness" version)
case $said in
*"$3"*) ;;
*) complain "the installed program says '$said', expected version $3" ;;
esac
exit $failures
