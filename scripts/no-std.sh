#!/usr/bin/env bash
# Proves that the pure libraries need no std: checks them against a sysroot that has core and alloc, and nothing else.
# `#![no_std]` alone proves little, for a dependency may still link std on a host that has it.
#
# usage: scripts/no-std.sh [crate …]          without crates: the three that promise it
set -euo pipefail
cd "$(dirname "$0")/.."

crates=("$@")
if [ ${#crates[@]} -eq 0 ]; then
  crates=(bttc-core bttc-staking bttc-checkpoint)
fi

host=$(rustc -vV | sed -n 's/^host: //p')
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
export CARGO_TARGET_DIR="$PWD/target/no-std" # its own: other flags would rebuild the usual one
sysroot="$CARGO_TARGET_DIR/sysroot-$commit"

# core, alloc and what they are linked from, copied out of the installed toolchain: no second target is needed.
if [ ! -d "$sysroot" ]; then
  from="$(rustc --print sysroot)/lib/rustlib/$host/lib"
  part=$(mktemp -d -p "${TMPDIR:-/tmp}")
  mkdir -p "$part/lib/rustlib/$host/lib"
  for name in core alloc compiler_builtins rustc_std_workspace_core; do
    find "$from" -maxdepth 1 \( -name "lib$name-*.rlib" -o -name "lib$name-*.rmeta" \) \
      -exec cp {} "$part/lib/rustlib/$host/lib/" \;
  done
  mkdir -p "$CARGO_TARGET_DIR"
  mv "$part" "$sysroot" # whole or not at all
fi

# With --target the flags reach the crates but neither build scripts nor procedural macros, which run on the host.
check() {
  RUSTFLAGS="--sysroot=$sysroot" cargo check --quiet --target "$host" --lib "$@"
}

# The check is worth something only if it can fail: a crate that names std must not get through.
canary=$(mktemp -d)
trap 'rm -rf "$canary"' EXIT
mkdir "$canary/src"
cat > "$canary/Cargo.toml" <<'TOML'
[package]
name = "canary"
version = "0.0.0"
edition = "2024"

[workspace]
TOML
echo '#![no_std] extern crate std; pub use std::time::Instant;' > "$canary/src/lib.rs"
if said=$(check --manifest-path "$canary/Cargo.toml" 2>&1); then
  echo "no-std: a crate that uses std got through, so this check proves nothing" >&2
  exit 1
elif [[ $said != *E0463* ]]; then
  echo "no-std: the canary failed for another reason than a missing std:" >&2
  echo "$said" >&2
  exit 1
fi
# And one that does not name it must.
echo '#![no_std] extern crate alloc; pub use alloc::vec::Vec;' > "$canary/src/lib.rs"
check --manifest-path "$canary/Cargo.toml"

for crate in "${crates[@]}"; do
  check --locked --package "$crate" --no-default-features
  echo "no-std: $crate needs core and alloc only"
done
