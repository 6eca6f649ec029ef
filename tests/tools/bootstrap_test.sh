#!/bin/sh
# ./bootstrap on other people's machines: strange options, distributions and missing rights.
# The package managers of other distributions are stand-ins that write down how they are called.
# Usage: bootstrap_test.sh SOURCE_DIR
set -eu
root=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
failures=0

# run EXPECTED_STATUS ARGUMENT...: the output is in $said.
run() {
	expected=$1
	shift
	status=0
	said=$(PATH="$place/bin:$PATH" OS_RELEASE="$place/os-release" POLICY_RC_D="$place/policy" \
		APART_DIR="$place/apart" \
		"$root/bootstrap" "$@" 2>&1 </dev/null) || status=$?
	[ $status -eq "$expected" ] || complain "exit code $status instead of $expected for: $*"
}

complain() {
	echo "$*"
	echo "$said" | sed 's/^/    /'
	failures=1
}

expect() {
	echo "$said" | grep -q -e "$1" || complain "expected in the output: $1"
}

refuse() {
	! echo "$said" | grep -q -e "$1" || complain "not expected in the output: $1"
}

# stand_in NAME COMMANDS: a program that is found before the machine's own.
stand_in() {
	printf '#!/bin/sh\n%s\n' "$2" >"$place/bin/$1"
	chmod +x "$place/bin/$1"
}

no_stand_ins() {
	rm -f "$place"/bin/* "$place/calls"
}

distribution() {
	printf 'ID=%s\nID_LIKE="%s"\n' "$1" "${2:-}" >"$place/os-release"
}

# ---- words
distribution debian
run 0 --help
expect 'Usage: ./bootstrap'
run 2 --frobnicate
expect "unknown option '--frobnicate'"
run 2 install
expect "unknown job 'install'"
run 2 --prefix
expect '--prefix needs a directory'
run 2 --prefix -y
expect '--prefix needs a directory'

# ---- every row of the list has a purpose and a column for each distribution
awk '/^[^#]/ && (NF != 4 || $1 !~ /^(build|test|apart|lint)$/) { print "bad row: " $0; bad = 1 }
	END { exit bad }' "$root/packaging/deps.txt" || failures=1

# ---- distributions
distribution plan9
run 0 packages
expect 'Unknown distribution'

distribution rocky 'rhel centos fedora'
stand_in rpm 'exit 1'
stand_in dnf "echo dnf \"\$@\" >>$place/calls"
run 0 packages
expect 'Packages to install: .*libuv-devel'
refuse 'libuv1-dev'
said=$(cat "$place/calls")
expect '^dnf install -y .*libmnl-devel'
no_stand_ins

distribution alpine
stand_in apk "[ \"\$1\" = info ] || echo apk \"\$@\" >>$place/calls; [ \"\$3\" = cmake ]"
run 1 packages
expect 'could not be installed'
said=$(cat "$place/calls")
expect '^apk add --no-cache .*libuv-dev'
refuse ' cmake '
no_stand_ins

# ---- Debian: an index is fetched when a package is unknown, and only then
distribution linuxmint 'ubuntu debian'
stand_in dpkg-query 'exit 1'
stand_in apt-cache "[ -e $place/fetched ]"
stand_in apt-get "echo apt-get \"\$@\" >>$place/calls; [ \$1 != update ] || touch $place/fetched"
run 0 packages
said=$(cat "$place/calls")
expect '^apt-get update'
rm "$place/calls"
run 0 packages
said=$(cat "$place/calls")
refuse '^apt-get update'

# ---- Debian: what is installed for the tests does not start its services
stand_in apt-get "cat $place/policy >>$place/calls; [ ! -e $place/fail ] || exit 100"
run 0 packages
expect 'systemctl disable frr'
said=$(cat "$place/calls")
expect '^exit 101'
[ ! -e "$place/policy" ] || complain 'the policy is left behind'
touch "$place/fail"
run 1 packages
[ ! -e "$place/policy" ] || complain 'the policy is left behind after a failure'
rm "$place/fail"
echo mine >"$place/policy"
run 0 packages
refuse 'systemctl disable frr'
said=$(cat "$place/policy")
expect '^mine'
rm "$place/policy" "$place/calls"

# ---- Debian: what conflicts with others is unpacked, once
stand_in apt-get "[ \$1 != download ] || { echo \"\$@\" >>$place/calls; touch \$3_1.deb; }"
stand_in dpkg "[ ! -e $place/fail ] || exit 1; echo dpkg \"\$@\" >>$place/calls"
touch "$place/fail"
run 0 packages
expect 'pimd could not be unpacked: its tests will be skipped'
rm "$place/fail" "$place/calls"
run 0 packages
run 0 packages
said=$(cat "$place/calls")
expect '^dpkg -x pimd_1.deb .'
[ "$(grep -c download "$place/calls")" -eq 1 ] || complain 'unpacked more than once'
no_stand_ins
stand_in dpkg-query 'exit 1'

# ---- nobody to ask, no rights, no network, nothing wanted
run 1
expect 'run ./bootstrap -y'
stand_in apt-get 'echo "Could not resolve host" >&2; exit 100'
run 1 -y
expect 'Is this machine online'
stand_in id 'echo 1000'
stand_in sudo 'echo "sudo: a password is required" >&2; exit 1'
run 1 -y
expect 'may you use sudo'
expect 'By hand: sudo apt-get install'
no_stand_ins

# ---- a cmake of long ago
distribution plan9
stand_in cmake 'echo cmake version 3.18.4'
run 1 --no-install
expect 'cmake 3.18.4 is too old: 3.22'
exit $failures
