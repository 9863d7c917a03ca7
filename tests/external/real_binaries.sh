#!/usr/bin/env bash
# Acceptance: the built functions and the AWS CLI against the served sandbox.
#
# Builds nothing. Takes the executables from EVALUATOR, REMEDIATOR (default target/release/) and
# TRAILKEEPER (default target/debug/trailkeeper), and the AWS CLI from AWS_CLI (default: `aws`).
# Every check prints a line `ok …` or `FAIL …`; exit 1 if any failed. All servers end with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

missing() {
  echo "error: $1" >&2
  exit 1
}

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  missing "$python is no Python 3.11 or newer; set PYTHON"
command -v "${AWS_CLI:-aws}" >/dev/null ||
  missing "the AWS CLI is not there; use run_all.sh, or set AWS_CLI"

"$python" "$here/real_binaries.py" &
checks=$!
# The checks stop their servers when they are told to end.
trap 'kill -TERM "$checks" 2>/dev/null || true; wait "$checks" 2>/dev/null || true' EXIT
wait "$checks"
