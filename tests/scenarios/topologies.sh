#!/bin/sh
# Shipped scenarios on shipped topologies: each fits, and where a topology is to make a difference it
# does.
# Usage: topologies.sh MCAST_HARNESS     in the folder that has scenarios/ and topologies/
set -u
program=$1
failures=0

# on TOPOLOGY STATUS SCENARIOS...
on() {
	topology=topologies/$1.lua
	wanted=$2
	shift 2
	"$program" run --color never --topology "$topology" "$@"
	status=$?
	[ $status -eq "$wanted" ] || {
		echo "$topology with $*: exit status $status, expected $wanted"
		failures=1
	}
}

on igmpv2-lan 0 scenarios/acknowledge.lua scenarios/snooping.lua
# A switch that knows no sources carries those that nobody asked for.
on igmpv2-lan 1 scenarios/source-specific.lua -k "does not even carry"
on igmpv2-lan 0 scenarios/source-specific.lua -k "that it asked for"
on campus 0 scenarios/acknowledge.lua scenarios/link-local-groups.lua
on ring-of-routers 0 scenarios/static-route.lua
on rfc3918-router 0 scenarios/rfc3918/*.lua --param frame_sizes=256 --param repetitions=1 --param groups=2 --param resolution=0.2

# None is left out.
for file in topologies/*.lua; do
	name=$(basename "$file" .lua)
	grep -q "^on $name 0 " "$0" || {
		echo "$file: no scenario runs on it"
		failures=1
	}
done
exit $failures
