#!/usr/bin/env bash
# Deploys template.yaml to ministack, an emulator we did not write, and plays a journey through it.
#   infra/independent/run.sh [DIRECTORY OF BUILT BINARIES]
# The default is the newest debug build. Nothing is built here. Exit code 0: every check passed.
# LIMIT_S (180) bounds everything after the first installation of the tools. TEMPLATE tries another template file.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
limit=${LIMIT_S:-180}

newest_build() {
    # `shop` is built with the functions, so its age is the build's.
    ls -t "${CARGO_TARGET_DIR:-$root/target}/debug/shop" "$root/target/debug/shop" 2>/dev/null | head -n 1 | xargs -r dirname
}
binaries=${1:-$(newest_build)}
[[ -n $binaries ]] || { echo "no build found: run \`cargo build --workspace\`, or name the directory" >&2; exit 2; }

# The tools live outside the repository and are installed when the pinned list changes.
venv=${XDG_CACHE_HOME:-$HOME/.cache}/doorstep/venv-independent
if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
    echo "installing ministack into $venv (once)"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed.txt"
fi

work=$(mktemp -d)
ministack=
finish() {
    if [[ -n $ministack ]]; then
        # Its own process group: the functions it started end with it.
        kill -TERM -- "-$ministack" 2>/dev/null || true
        for _ in $(seq 50); do kill -0 -- "-$ministack" 2>/dev/null || break; sleep 0.1; done
        kill -KILL -- "-$ministack" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

port=$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# Nothing of the caller's environment: functions inherit ministack's, and must live on what the template gives them.
clean=(env -i PATH="$PATH" HOME="$work" TMPDIR="$work" LANG=C.UTF-8 TEMPLATE="${TEMPLATE:-}" AWS_EC2_METADATA_DISABLED=true)
# AWS_ENDPOINT_URL: functions get it from here; without it they would call the real AWS.
# AUTH: every call is signed and judged by the policies of the role of the function that makes it.
# IOT_MTLS_ENABLED=0: no second port that another run may have.
set -m # a process group for the next job
"${clean[@]}" AWS_ENDPOINT_URL="http://127.0.0.1:$port" GATEWAY_PORT="$port" BIND_HOST=127.0.0.1 AUTH="${AUTH:-true}" \
    LAMBDA_EXECUTOR=local IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LOG_LEVEL=INFO "$venv/bin/ministack" >"$work/ministack.log" 2>&1 &
ministack=$!
set +m

# What is left of the limit; `timeout` ends the step with 124 when it is used up.
left() { local s=$((limit - SECONDS)); echo $((s > 1 ? s : 1)); }
step() { "${clean[@]}" timeout --kill-after=5 "$(left)" "$venv/bin/python" -B "$@"; }
explain() {
    local code=$?
    if ((code == 124 || code == 137)); then echo "FAIL  not finished within $limit s"; fi
    echo "--- the end of ministack's log"
    grep -vE '"(GET|POST|PUT|HEAD) ' "$work/ministack.log" | tail -n "${LOG_LINES:-30}"
    exit "$((code == 0 ? 1 : code))"
}

SECONDS=0
until "$venv/bin/python" -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$port/_ministack/health', timeout=1)" 2>/dev/null; do
    ((SECONDS < 30)) && kill -0 "$ministack" 2>/dev/null || { echo "ministack does not start"; explain; }
    sleep 0.1
done
step "$here/deploy.py" "$port" "$binaries" "$work/deployed.json" || explain
step "$here/journey.py" "$work/deployed.json" || explain
echo "the unchanged ${TEMPLATE:-template.yaml} works on ministack ($SECONDS s)"
