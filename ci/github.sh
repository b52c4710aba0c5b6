#!/usr/bin/env bash
# The step of action.yml that checks: annotations and a summary for the step, SARIF, and a comment.
#
# GATE_MODELS globs, GATE_TARGET targets and GATE_ARGS flags, one a line; GATE_BASE the commit to compare with, or
# nothing for all models; GATE_SARIF and GATE_COMMENT paths, or nothing.
set -euo pipefail
# shellcheck source=ci/models.sh
. "$(dirname "${BASH_SOURCE[0]}")/models.sh"

output() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }

split_lines "${GATE_MODELS:?}"
find_models "${GATE_BASE:-}" "${LINES[@]}"
output models "${#MODELS[@]}"
if [ "${#MODELS[@]}" -eq 0 ]; then
    echo "no model has changed"
    output exit-code 0
    exit 0
fi
flags=(--format github)
split_lines "${GATE_TARGET:-}"
for target in "${LINES[@]}"; do flags+=(--target "$target"); done
[ -z "${GATE_SARIF:-}" ] || flags+=(--format "sarif:$GATE_SARIF")
[ -z "${GATE_COMMENT:-}" ] || flags+=(--format "markdown:$GATE_COMMENT")
split_lines "${GATE_ARGS:-}"
code=0
omlint check "${flags[@]}" "${LINES[@]}" -- "${MODELS[@]}" || code=$?
output exit-code "$code"
exit "$code"
