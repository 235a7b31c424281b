#!/usr/bin/env bash
# Payloads of npm's maticjs beside ours, made from the same server; and maticjs as a client of ours.
#   scripts/maticjs.sh
set -euo pipefail
cd "$(dirname "$0")/.."

command -v node >/dev/null || { echo "node is missing" >&2; exit 1; }
npm --prefix scripts/maticjs ci --silent --no-audit --no-fund
# Of the whole workspace, as the tests are: nothing has to be built anew for it.
cargo test --workspace --locked --test rpc --test maticjs -- --ignored
