#!/usr/bin/env bash
# Runs every script of this folder that needs tools from outside the workspace.
#
# Python comes from VENV, a virtual environment with .ci/requirements.txt installed; without VENV
# one is made under target/external-venv. The executables: see real_binaries.sh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
requirements=$root/.ci/requirements.txt

if [[ -z ${VENV:-} ]]; then
  VENV=$root/target/external-venv
  # What was installed is kept beside it, so that changed pins make a new one.
  if ! cmp -s "$requirements" "$VENV/requirements.txt"; then
    rm -rf "$VENV"
    "${PYTHON:-python3}" -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$VENV/requirements.txt"
  fi
fi
export PYTHON=$VENV/bin/python AWS_CLI=$VENV/bin/aws

failed=()
run() {
  echo "== $1"
  "${@:2}" || failed+=("$1")
}
run "self-test of the runtime API stub" "$PYTHON" "$here/runtime_api_test.py"
run "acceptance of the built functions" bash "$here/real_binaries.sh"
run "start-up, memory and size" "$PYTHON" "$here/start_up.py" --processes "${PROCESSES:-11}"

if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
