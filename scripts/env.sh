# Sourced by scripts/test, scripts/demo and .ci/run: an environment that holds this checkout.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

# Print the first Python that the project and TensorFlow both have releases for.
find_python() {
    local name
    for name in ${OMLINT_PYTHON:+"$OMLINT_PYTHON"} python3.12 python3.11 python3.13 python3 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
                2>/dev/null; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    say "no Python 3.11, 3.12 or 3.13 on PATH; install one, or name it in OMLINT_PYTHON"
    return 1
}

# make_venv FOLDER: create it unless it is there.
make_venv() {
    local python
    [ -x "$1/bin/python" ] && return 0
    python=$(find_python) || return 1
    say "making the environment $1 with $("$python" --version 2>&1)"
    if ! "$python" -m venv "$1"; then
        rm -rf "$1"
        say "cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"
        return 1
    fi
}

pip_install() {
    local venv=$1
    shift
    "$venv/bin/python" -m pip install --quiet --quiet --no-input --disable-pip-version-check \
        --progress-bar off "$@"
}

# ensure_venv FOLDER EXTRAS MODULE...: FOLDER can import every MODULE and holds this checkout.
# An environment that already has the modules is used as it is; one that we made is brought up to
# date when pyproject.toml changes.
ensure_venv() {
    local venv=$1 extras=$2 stamp want
    shift 2
    stamp="$venv/.omlint-installed"
    want="$extras $(cksum <pyproject.toml)"
    if [ -x "$venv/bin/python" ]; then
        [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && return 0
        [ ! -f "$stamp" ] && has_modules "$venv" "$@" && return 0
    fi
    make_venv "$venv" || return 1
    say "installing omlint[$extras] into $venv (the first time takes some minutes)"
    pip_install "$venv" --editable ".[$extras]" || return 1
    printf '%s' "$want" >"$stamp"
}

has_modules() {
    local venv=$1
    shift
    "$venv/bin/python" - "$@" <<'PYTHON'
import importlib.util
import sys

sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))
PYTHON
}
