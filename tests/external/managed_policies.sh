#!/usr/bin/env bash
# `trailkeeper policy check` on the managed policies of AWS, as the Python package moto carries
# them.
#
# Builds nothing. Takes the executable from TRAILKEEPER (default target/release/trailkeeper), the
# package's wheel from MOTO_WHEEL (default: downloaded to target/moto), and shows cloudsplaining on
# the same folder if CLOUDSPLAINING_PYTHON names a Python that has it. Every check prints a line
# `ok …` or `FAIL …`; exit 1 if a check failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/external/python.sh
source "$here/python.sh"
moto=moto==5.2.5
if [[ -z ${MOTO_WHEEL:-} ]]; then
  MOTO_WHEEL=$root/target/moto/moto-${moto#*==}-py3-none-any.whl
  [[ -f $MOTO_WHEEL ]] ||
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps \
      --dest "$root/target/moto" "$moto"
fi
export MOTO_WHEEL
run_checks "$here/managed_policies.py" "$@"
