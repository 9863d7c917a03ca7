# Sourced by the scripts of this folder: finds Python, and runs checks that stop their servers.
# shellcheck shell=bash

missing() {
  echo "error: $1" >&2
  exit 1
}

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  missing "$python is no Python 3.11 or newer; set PYTHON"

need_aws_cli() {
  command -v "${AWS_CLI:-aws}" >/dev/null ||
    missing "the AWS CLI is not there; use run_all.sh, or set AWS_CLI"
}

# Runs a script of checks; it stops its servers when it is told to end.
run_checks() {
  "$python" "$@" &
  checks=$!
  trap 'kill -TERM "$checks" 2>/dev/null || true; wait "$checks" 2>/dev/null || true' EXIT
  wait "$checks"
}
