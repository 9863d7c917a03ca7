#!/usr/bin/env bash
# Deployed least privilege: the built functions under the role policies of the template.
#
# Builds nothing. Takes the executables from EVALUATOR, REMEDIATOR (default target/release/) and
# TRAILKEEPER (default target/debug/trailkeeper), and ministack from MINISTACK (default:
# `ministack`). Every check prints a line `ok …` or `FAIL …`; a table says how each permission
# was shown to be needed; exit 1 if a check failed. All servers end with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/external/python.sh
source "$here/python.sh"
run_checks "$here/least_privilege.py" "$@"
