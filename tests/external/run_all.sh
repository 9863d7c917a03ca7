#!/usr/bin/env bash
# Runs every script of this folder that needs tools from outside the workspace.
#
# Python comes from VENV, a virtual environment with .ci/requirements.txt installed; without VENV
# one is made under target/external-venv. ministack comes from MINISTACK, its executable; without
# that it is installed, as .ci/ministack-requirements.txt says, under target/ministack-venv. moto's
# server comes from MOTO_SERVER; without that, as .ci/moto-requirements.txt says, target/moto-venv.
# cloudsplaining comes from CLOUDSPLAINING_PYTHON, a Python that has it; without that, as
# .ci/policy-peer-requirements.txt says, under target/policy-peer-venv. The executables: see
# real_binaries.sh and managed_policies.sh.
#
# With --install it ends when everything is installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

# Makes a virtual environment of pinned packages; what was installed is kept beside it, so that
# changed pins make a new one.
environment() {
  local place=$1 requirements=$2
  cmp -s "$requirements" "$place/requirements.txt" && return
  rm -rf "$place"
  "${PYTHON:-python3}" -m venv "$place"
  "$place/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$place/requirements.txt"
}

if [[ -z ${VENV:-} ]]; then
  VENV=$root/target/external-venv
  environment "$VENV" "$root/.ci/requirements.txt"
fi
if [[ -z ${MINISTACK:-} ]]; then
  environment "$root/target/ministack-venv" "$root/.ci/ministack-requirements.txt"
  MINISTACK=$root/target/ministack-venv/bin/ministack
fi
if [[ -z ${MOTO_SERVER:-} ]]; then
  environment "$root/target/moto-venv" "$root/.ci/moto-requirements.txt"
  MOTO_SERVER=$root/target/moto-venv/bin/moto_server
fi
if [[ -z ${CLOUDSPLAINING_PYTHON:-} ]]; then
  environment "$root/target/policy-peer-venv" "$root/.ci/policy-peer-requirements.txt"
  CLOUDSPLAINING_PYTHON=$root/target/policy-peer-venv/bin/python
fi
[[ ${1:-} != --install ]] || exit 0
export MINISTACK MOTO_SERVER CLOUDSPLAINING_PYTHON
export PYTHON=$VENV/bin/python AWS_CLI=$VENV/bin/aws

failed=()
run() {
  echo "== $1"
  "${@:2}" || failed+=("$1")
}
# The newest archive of a function that `trailkeeper package --out target/packages` made, if any.
archive() {
  find "$root/target/packages" -name "$1-*.zip" -printf '%T@ %p\n' 2>/dev/null |
    sort -n | tail -n 1 | cut -d ' ' -f 2-
}
evaluator=${EVALUATOR:-$(archive evaluator || true)}
remediator=${REMEDIATOR:-$(archive remediator || true)}

run "self-test of the runtime API stub" "$PYTHON" "$here/runtime_api_test.py"
run "acceptance of the built functions" bash "$here/real_binaries.sh"
run "runbook and remediation by the AWS CLI" bash "$here/runbook_and_remediation.sh"
run "instances by the AWS CLI" bash "$here/instances.sh"
run "SARIF against its schema" bash "$here/sarif.sh"
# These two wait more than they work, so they run side by side.
crossed=$(mktemp)
bash "$here/cross_check.sh" >"$crossed" 2>&1 &
crossing=$!
trap 'kill "$crossing" 2>/dev/null || true; rm -f "$crossed"' EXIT
run "least privilege of the template's roles" \
  env EVALUATOR="$evaluator" REMEDIATOR="$remediator" bash "$here/least_privilege.sh"
await_crossed() {
  local code=0
  wait "$crossing" || code=$?
  cat "$crossed"
  return "$code"
}
run "attacks on moto and ministack too" await_crossed
run "managed policies of AWS" \
  env TRAILKEEPER="${TRAILKEEPER:-$root/target/debug/trailkeeper}" bash "$here/managed_policies.sh"
run "start-up, memory and size" "$PYTHON" "$here/start_up.py" --processes "${PROCESSES:-11}"

if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
