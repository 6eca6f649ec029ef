#!/bin/sh
# The demo needs no root where the kernel lets users make user namespaces.
# Usage: without_root.sh PROGRAM
set -eu
[ "$(id -u)" -eq 0 ] || exit 77 # then every other test shows it
nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
$nobody unshare --user --map-root-user --net true 2>/dev/null || {
	echo 'this kernel allows users no user namespaces'
	exit 77
}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"
cp "$1" "$place/mcast-harness" # where anybody may read it
cd "$place"
$nobody "$place/mcast-harness" demo --color never
