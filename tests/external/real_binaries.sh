#!/usr/bin/env bash
# Acceptance: the built functions and the AWS CLI against the served sandbox.
#
# Builds nothing. Takes the executables from EVALUATOR, REMEDIATOR (default target/release/) and
# TRAILKEEPER (default target/debug/trailkeeper), and the AWS CLI from AWS_CLI (default: `aws`).
# Every check prints a line `ok …` or `FAIL …`; exit 1 if any failed. All servers end with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/external/python.sh
source "$here/python.sh"
need_aws_cli
run_checks "$here/real_binaries.py"
