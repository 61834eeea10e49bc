# Shared by the scripts here: the Python environment, background processes that end with the script, and running a
# program with planted names. To be sourced at the root of the project, with `out_name` set.
set -euo pipefail

here=$PWD/tests/real
out=$PWD/target/real
venv=$out/venv
logs=$out/$out_name
python=$venv/bin/python
export PYTHONDONTWRITEBYTECODE=1
export NO_PROXY="127.0.0.1${NO_PROXY:+,$NO_PROXY}" no_proxy="127.0.0.1${no_proxy:+,$no_proxy}"

pids=()
stop() {
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

install() {
    if cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
        return
    fi
    rm -rf "$venv"
    mkdir -p "$out"
    if ! python3 -m venv "$venv"; then
        # Debian ships a part of the module in a separate package.
        apt-get install --yes --no-install-recommends python3-venv
        python3 -m venv --clear "$venv"
    fi
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
    "$venv/bin/pip" check
    cp "$here/requirements.txt" "$venv/requirements.txt"
}

# Waits until a file exists, and fails after ten seconds.
await() {
    for _ in $(seq 100); do
        [ -e "$1" ] && return
        sleep 0.1
    done
    echo "expected $1 within 10 s, found nothing" >&2
    return 1
}

# Usage: `run_planted NAME=VALUE COMMAND…`, where the variable tells the program the server's address. The user's and
# the host's name are planted: nobody has them by chance, so that any occurrence is a leak. Only an administrator can
# plant a host name; otherwise the machine's own name is used.
run_planted() {
    export CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}" RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}"
    export PLANTED_USER=grace_hopper_1906
    export PLANTED_HOME=$logs/home/$PLANTED_USER PLANTED_CONFIG=$logs/config
    mkdir -p "$PLANTED_HOME"
    local planted=(env -u CRAWL4AI_TELEMETRY_DEBUG -u CRAWL4AI_TELEMETRY_EMAIL -u DO_NOT_TRACK
        "HOME=$PLANTED_HOME" "USER=$PLANTED_USER" "LOGNAME=$PLANTED_USER"
        "CRAWL4AI_CONFIG_DIR=$PLANTED_CONFIG" CRAWL4AI_TELEMETRY=1 "$1")
    shift
    if unshare --uts true 2>/dev/null; then
        export PLANTED_HOST=telemetry-host-7f3a
        # shellcheck disable=SC2016
        planted=(unshare --uts sh -c 'hostname "$0" && exec "$@"' "$PLANTED_HOST" "${planted[@]}")
    fi
    # In the background, because a trap waits for what runs in the foreground.
    timeout 1800 "${planted[@]}" "$@" </dev/null >"$logs/program.log" 2>&1 &
    pids+=($!)
    local code=0
    wait $! || code=$?
    unset 'pids[-1]'
    # The exit code is not checked, because an example of crashes may end with an error.
    echo "the program ended with $code; the end of what it printed:"
    tail -n 15 "$logs/program.log" | sed 's/^/  | /'
}

# Prepares the Python environment and an empty folder for the logs, and runs the unit tests of the checks.
begin() {
    install
    rm -rf "$logs"
    mkdir -p "$logs"
    (cd "$here" && "$python" -m unittest --quiet "$1" 2>"$logs/selftest.log") || {
        cat "$logs/selftest.log" >&2
        exit 1
    }
}
