# Sourced by github.sh and by gitlab.yml: which models a change touches.
# shellcheck shell=bash

# find_models BASE GLOB...: put the tracked models that the globs name into MODELS; where BASE is a
# commit, those that differ from it and are still there.
find_models() {
    local base=$1 glob
    local -a specs=()
    shift
    for glob in "$@"; do specs+=(":(glob)$glob"); done
    MODELS=()
    if [ -n "$base" ] && git rev-parse --quiet --verify "$base^{commit}" >/dev/null 2>&1; then
        mapfile -d '' -t MODELS < <(git diff --name-only -z --diff-filter=d "$base" -- "${specs[@]}")
    else
        [ -z "$base" ] || printf 'the commit %s is not here: all models are checked\n' "$base" >&2
        mapfile -d '' -t MODELS < <(git ls-files -z -- "${specs[@]}")
    fi
}

# split_lines TEXT: put the lines of TEXT that are not empty into LINES.
split_lines() {
    local line
    LINES=()
    while IFS= read -r line; do
        line=${line#"${line%%[![:space:]]*}"}
        line=${line%"${line##*[![:space:]]}"}
        [ -z "$line" ] || LINES+=("$line")
    done <<<"$1"
}
