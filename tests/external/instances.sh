#!/usr/bin/env bash
# Acceptance: the AWS CLI on the instances of the demo's account: verdicts, profiles, policies.
#
# Builds nothing. Takes TRAILKEEPER (default target/debug/trailkeeper) and the AWS CLI from AWS_CLI
# (default: `aws`). Every check prints a line `ok …` or `FAIL …`; exit 1 if any failed. The sandbox
# ends with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/external/python.sh
source "$here/python.sh"
need_aws_cli
run_checks "$here/instances.py"
