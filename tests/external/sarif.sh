#!/usr/bin/env bash
# `trailkeeper policy check --format sarif` gives a log that the SARIF 2.1.0 schema takes.
#
# Builds nothing. Takes TRAILKEEPER (default target/debug/trailkeeper), Python with jsonschema from
# PYTHON, and the schema from SARIF_SCHEMA; without that from the archive of the crate serde-sarif,
# which carries the OASIS schema and is downloaded to target/sarif. Every check prints a line
# `ok …` or `FAIL …`; exit 1 if any failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/external/python.sh
source "$here/python.sh"
crate=serde-sarif-0.8.0
crate_sha256=a053c46f18a8043570d4e32fefc4c6377f82bf29ec310a33e93f273048e3b0be
schema_sha256=af47e7b67f24efe74076621fd3a5fbe7398add9e84fe820c971219a385895cea
if [[ -z ${SARIF_SCHEMA:-} ]]; then
  folder=$root/target/sarif
  SARIF_SCHEMA=$folder/$crate/src/schema.json
  if [[ ! -f $SARIF_SCHEMA ]]; then
    mkdir -p "$folder"
    "$python" -c 'import sys, urllib.request as r; r.urlretrieve(*sys.argv[1:])' \
      "https://static.crates.io/crates/serde-sarif/$crate.crate" "$folder/$crate.crate"
    echo "$crate_sha256  $folder/$crate.crate" | sha256sum --check --quiet
    tar -xzf "$folder/$crate.crate" -C "$folder" "$crate/src/schema.json"
  fi
  echo "$schema_sha256  $SARIF_SCHEMA" | sha256sum --check --quiet
fi
export SARIF_SCHEMA
run_checks "$here/sarif.py" "$@"
