#!/usr/bin/env bash
# Unmodified clients against the devnet: ethers, viem and hardhat from npm, web3 from PyPI, at the versions that are
# written down. They deploy an ERC-20, transfer, read logs, subscribe, trace and estimate.
#   scripts/clients.sh [ethers] [viem] [hardhat] [web3_py]
set -euo pipefail
cd "$(dirname "$0")/.."

clients=("${@:-ethers viem hardhat web3_py}")
read -ra clients <<< "${clients[*]}"
for program in node npm python3; do
  command -v "$program" >/dev/null || { echo "$program is missing" >&2; exit 1; }
done

# Hardhat wants node 22, and npm leaves out what the node it runs on is too old for.
npm --prefix scripts/clients/node ci --silent --no-audit --no-fund
export PATH="$PWD/scripts/clients/node/node_modules/.bin:$PATH"
npm --prefix scripts/clients ci --silent --no-audit --no-fund
venv=scripts/clients/venv
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement scripts/clients/requirements.txt

told=$(mktemp)
cargo build --release --package devnet --locked
"${CARGO_TARGET_DIR:-target}/release/devnet" --rpc 127.0.0.1:0 --json > "$told" &
devnet=$!
trap 'kill "$devnet" 2>/dev/null || true; rm -f "$told"' EXIT

# The address and the mnemonic, once it says that it serves.
said() { # event, field
  python3 -c 'import json, sys
for line in open(sys.argv[1]):
    line = json.loads(line)
    if line["event"] == sys.argv[2]:
        print(line["data"][sys.argv[3]])' "$told" "$1" "$2"
}
for _ in $(seq 100); do
  grep -q '"event":"rpc"' "$told" && break
  kill -0 "$devnet" || exit 1
  sleep 0.1
done
address=$(said rpc address)
[ -n "$address" ] || { echo "the devnet does not serve" >&2; exit 1; }
MNEMONIC=$(said accounts mnemonic)
export MNEMONIC RPC_URL="http://$address" WS_URL="ws://$address" HARDHAT_DISABLE_TELEMETRY_PROMPT=true

failed=()
cd scripts/clients
for client in "${clients[@]}"; do
  printf '\n--- %s\n' "$client"
  case "$client" in
    web3_py) command=(venv/bin/python web3_py.py --verbose) ;;
    ethers | viem | hardhat) command=(node --test --test-reporter=spec "$client.mjs") ;;
    *) echo "no such client: $client" >&2; exit 2 ;;
  esac
  timeout 180 "${command[@]}" || failed+=("$client")
done
if [ "${#failed[@]}" -gt 0 ]; then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
