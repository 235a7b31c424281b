#!/usr/bin/env bash
# Runs the Berlin part of Ethereum's general state tests, whole, on this chain's executor.
#
# usage: scripts/state-tests.sh [PATH …]      folders, archives or files; without: the archive below BTTC_CHAIN_DATA
set -euo pipefail
cd "$(dirname "$0")/.."

paths=("$@")
if [ ${#paths[@]} -eq 0 ]; then
  paths=("${BTTC_CHAIN_DATA:?names the folder of the public chains\' data}/state-tests/berlin.tar.gz")
fi
cargo run --quiet --locked --package state-tests -- "${paths[@]}"
