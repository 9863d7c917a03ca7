#!/usr/bin/env bash
# The attacks of the threat list on the sandbox, on moto_server and on ministack: every answer that
# differs has its reason in cross_check_differences.json, and every reason there its difference.
#
# Builds nothing. Takes TRAILKEEPER (default target/debug/trailkeeper), moto_server from MOTO_SERVER,
# ministack from MINISTACK and Python with boto3 from PYTHON. Prints a line `FAIL …` for each
# difference without a reason and each reason without a difference; exit 1 if there is one.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/external/python.sh
source "$here/python.sh"
run_checks "$here/cross_check.py" "$@"
