#!/bin/sh
# The man page has exactly the commands' options: what --help lists, no more and no less. And what its examples
# run is there.
# Usage: manual_test.sh SOURCE_DIR PROGRAM
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# Long options and one-letter options, one a line.
options_in() {
	grep -oE '(^|[^A-Za-z0-9-])(--[a-z][a-z-]+|-[A-Za-z])($|[^A-Za-z-])' |
		grep -oE -- '--?[A-Za-z][a-z-]*' | sort -u
}

for command in run list demo version; do
	"$2" "$command" --help >>"$place/help"
done
# A second pass finds neighbours that share the character between them.
sed 's/[][,|=<>()]/ & /g; s/ /  /g' "$place/help" | options_in >"$place/program"
sed 's/[][*_,|=<>()\\]/ & /g; s/ /  /g' "$1/docs/mcast-harness.1.scd" | options_in >"$place/manual"

[ "$(wc -l <"$place/program")" -ge 10 ] || {
	echo "hardly any options found in --help:"
	cat "$place/program"
	exit 1
}
diff -U0 "$place/program" "$place/manual" || {
	echo 'Lines with - are options that docs/mcast-harness.1.scd lacks; with +, options that do not exist.'
	exit 1
}

# Listed, not run; reports belong to running.
sed -n 's/^\tmcast-harness run //p' "$1/docs/mcast-harness.1.scd" | sed 's/--report [a-z=.]*//g' >"$place/examples"
[ -s "$place/examples" ] || {
	echo 'no examples found in docs/mcast-harness.1.scd'
	exit 1
}
while read -r arguments; do
	(cd "$1" && eval "\"$2\" list $arguments" >"$place/listed") && [ -s "$place/listed" ] || {
		echo "docs/mcast-harness.1.scd: nothing there to run: mcast-harness run $arguments"
		exit 1
	}
done <"$place/examples"
