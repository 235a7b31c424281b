#!/usr/bin/env bash
# Runs each fuzz target for some seconds, from the committed corpus. Fails on the first input that a target cannot take:
# that input then becomes a test.
#
# usage: scripts/fuzz.sh [seconds [target …]]          60 seconds, all targets
#
# Needs the pinned toolchain and a C++ compiler for libFuzzer, nothing else: the coverage that guides it comes from LLVM's
# own pass, which the stable compiler can be told to run. No sanitizer watches memory, for the targets have no unsafe code.
# What is found on the way is kept under target/fuzz/corpus, what fails under fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for file in fuzz/fuzz_targets/*.rs; do
    targets+=("$(basename "$file" .rs)")
  done
fi
command -v c++ > /dev/null || { echo "fuzz: no C++ compiler (c++) to build libFuzzer with" >&2; exit 1; }

host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR="$PWD/target/fuzz" # its own: other flags would rebuild the usual one
coverage=(
  -Cpasses=sancov-module
  -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
  -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares
  -Ccodegen-units=1
)
# With --target the flags reach the crates but neither build scripts nor procedural macros, which run on the host.
RUSTFLAGS="${coverage[*]} --cfg fuzzing" cargo build --quiet --release --manifest-path fuzz/Cargo.toml --target "$host" --bins

for target in "${targets[@]}"; do
  seeds="fuzz/corpus/$target"
  [ -d "$seeds" ] || { echo "fuzz: $target has no corpus; scripts/fuzz-corpus.py writes them" >&2; exit 1; }
  kept="$CARGO_TARGET_DIR/corpus/$target"
  mkdir -p "$kept" "fuzz/artifacts/$target"
  log="$CARGO_TARGET_DIR/$target.log"
  if ! "$CARGO_TARGET_DIR/$host/release/$target" "$kept" "$seeds" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
    -rss_limit_mb=2048 -artifact_prefix="fuzz/artifacts/$target/" -print_final_stats=1 > "$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "fuzz: $target failed, see $log" >&2
    exit 1
  fi
  # Without coverage the run would prove little.
  grep -q 'INFO: Loaded .* modules .*inline 8-bit counters' "$log" || { echo "fuzz: $target has no coverage" >&2; exit 1; }
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  covered=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
  echo "fuzz: $target: $runs runs in $seconds s, $covered"
done
