# Sourced by demo, test and check (by own_python.py for the scripts in Python): makes .venv in the checkout, or brings it up
# to pyproject.toml.
# Needs Python 3.11 or newer with its venv module, and a PyPI mirror; nothing else, and no root.
# Usage: . scripts/environment.sh; environment [GROUP...]     (dependency groups of pyproject.toml)

# As on a user's machine: without compiled modules every start of litwatch takes twice as long.
unset PYTHONDONTWRITEBYTECODE

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV="$ROOT/.venv"

find_python() {
    local candidate
    for candidate in "${LITWATCH_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "litwatch needs Python 3.11 or newer with its venv module (Debian: apt-get install python3-venv)" >&2
    return 2
}

# uv takes a tenth of pip's time, but knows nothing of pip's own settings: where it finds no mirror by them, pip installs.
with_uv() {
    local index
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.9' || return 1
    index=$("$VENV/bin/python" -m pip config get global.index-url 2>/dev/null) || index=${PIP_INDEX_URL:-}
    UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$index}} UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS:-}} \
        "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --editable "$ROOT" "$@"
}

with_pip() {
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' || return 1
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$ROOT" "$@"
}

# What is installed is stamped, so that a second run starts at once and a changed pyproject.toml is seen.
environment() {
    local python wanted group
    local groups=()
    for group in "$@"; do groups+=(--group "$ROOT/pyproject.toml:$group"); done
    if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -c pass 2>/dev/null; then
        python=$(find_python) || return 2
        echo "Setting up $VENV with $python" >&2
        rm -rf "$VENV"
        "$python" -m venv "$VENV" || return 1
    fi
    for group in runtime "$@"; do
        wanted="$ROOT $(cksum < "$ROOT/pyproject.toml")"
        if [ "$(cat "$VENV/.litwatch-$group" 2>/dev/null)" != "$wanted" ]; then
            echo "Installing litwatch and what it needs ($*)" >&2
            with_uv "${groups[@]}" || with_pip "${groups[@]}" || return 1
            for group in runtime "$@"; do echo "$wanted" > "$VENV/.litwatch-$group"; done
            return
        fi
    done
}
