#!/bin/sh
# tools/count-tests counts what ctest really writes: a small project with one test of each fate.
# Usage: count_tests_test.sh SOURCE_DIR GENERATOR
set -eu
count=$1/tools/count-tests
generator=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# expect LINE STATUS TESTS: what must be said of a project with these tests.
expect() {
	rm -rf "$tree/build" "$tree/results.xml"
	printf 'cmake_minimum_required(VERSION 3.22)\nproject(sample NONE)\nenable_testing()\n%s\n' \
		"$3" >"$tree/CMakeLists.txt"
	cmake -S "$tree" -B "$tree/build" -G "$generator" >"$tree/log" 2>&1 || cat "$tree/log"
	ctest --test-dir "$tree/build" --output-junit "$tree/results.xml" >"$tree/log" 2>&1 || :
	status=0
	said=$("$count" "$tree/results.xml") || status=$?
	if [ "$said" != "$1" ] || [ $status -ne "$2" ]; then
		echo "expected '$1' and $2, got '$said' and $status"
		failures=1
	fi
}

passing='add_test(NAME good COMMAND true)'
skipping='add_test(NAME skips COMMAND sh -c "exit 77")
set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME off COMMAND true)
set_tests_properties(off PROPERTIES DISABLED true)'
# The first prints a line that looks like a passed test.
failing='add_test(NAME bad COMMAND sh -c "echo \"	<testcase name=x status=run>\"; false")
add_test(NAME absent COMMAND ./no-such-program)
add_test(NAME crash COMMAND sh -c "kill -SEGV $$")
add_test(NAME setup COMMAND false)
set_tests_properties(setup PROPERTIES FIXTURES_SETUP place)
add_test(NAME dependent COMMAND true)
set_tests_properties(dependent PROPERTIES FIXTURES_REQUIRED place)'

expect '1 passed, 0 failed, 0 skipped' 0 "$passing"
expect '1 passed, 0 failed, 2 skipped' 0 "$passing
$skipping"
expect '1 passed, 5 failed, 2 skipped' 1 "$passing
$skipping
$failing"
expect '0 passed, 0 failed, 2 skipped' 1 "$skipping"

said=$("$count" "$tree/absent.xml") && failures=1
[ "$said" = '0 passed, 1 failed, 0 skipped' ] || failures=1
exit $failures
