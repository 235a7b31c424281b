#!/usr/bin/env bash
# Payloads of npm's maticjs beside ours, made from the same server; and maticjs as a client of ours.
#   scripts/maticjs.sh
set -euo pipefail
cd "$(dirname "$0")/.."

command -v node >/dev/null || { echo "node is missing" >&2; exit 1; }
npm --prefix scripts/maticjs ci --silent --no-audit --no-fund
cargo test --package bttc-checkpoint --features rpc --test rpc --locked -- --ignored --exact maticjs::payloads_are_the_same_where_maticjs_is_right
cargo test --package withdraw --test maticjs --locked -- --ignored
