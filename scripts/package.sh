#!/usr/bin/env bash
# Packs the five libraries as they would be published, then lets a stranger use each one alone: a program outside this
# workspace, built from the packed files, with default features and nothing of the family but the library and core's words.
#
# usage: scripts/package.sh [crate …]         without crates: all five; else a crate with those it depends on
# PACKAGE_FLAGS=--allow-dirty packs uncommitted files too.
set -euo pipefail
cd "$(dirname "$0")/.."

family=(bttc-core bttc-staking bttc-checkpoint bttc-evm bttc-validator)
crates=("$@")
if [ ${#crates[@]} -eq 0 ]; then
  crates=("${family[@]}")
fi

# Packed together, for they depend on each other and none is published. cargo's own build of the packed files is left
# out (--no-verify): the build below uses the same files, each library by itself.
# shellcheck disable=SC2086 # several flags in one variable
cargo package --quiet --locked --no-verify ${PACKAGE_FLAGS:-} "${crates[@]/#/--package=}"

version_of() {
  cargo pkgid --locked --package "$1" | sed 's/.*[#@]//'
}

embed="$PWD/target/embed"
rm -rf "$embed/family" "$embed/users"
mkdir -p "$embed/family" "$embed/users"
for crate in "${crates[@]}"; do
  packed="$crate-$(version_of "$crate")"
  # As new, or cargo would take what an earlier run built: packed files are all of one time.
  tar -xmzf "target/package/$packed.crate" -C "$embed/family"
  mv "$embed/family/$packed" "$embed/family/$crate"
done

# The program is the first Rust example of the library's README, so that it cannot go stale either.
example_of() {
  awk '/^```rust/ { inside = 1; next } /^```/ { if (inside) exit } inside' "$embed/family/$1/README.md"
}
members=()
for crate in "${crates[@]}"; do
  user="$embed/users/$crate"
  mkdir -p "$user/src"
  example_of "$crate" > "$user/src/main.rs"
  cat > "$user/Cargo.toml" <<TOML
[package]
name = "uses-$crate"
version = "0.0.0"
edition = "2024"

[dependencies]
$crate = "$(version_of "$crate")"
alloy-primitives = { version = "1.7", default-features = false } # the vocabulary; adds no feature
TOML
  if [ "$crate" != bttc-core ]; then
    echo "bttc-core = { version = \"$(version_of bttc-core)\", default-features = false }" >> "$user/Cargo.toml"
  fi
  members+=("\"users/$crate\"")
done

{
  echo '[workspace]'
  echo 'resolver = "3"'
  echo "members = [$(IFS=,; echo "${members[*]}")]"
  echo '[patch.crates-io]'
  for crate in "${crates[@]}"; do
    echo "$crate = { path = \"family/$crate\" }"
  done
} > "$embed/Cargo.toml"
cp Cargo.lock "$embed/Cargo.lock" # the versions that the tests ran with

# One at a time: building them together would switch on the features of all for each.
for crate in "${crates[@]}"; do
  CARGO_TARGET_DIR="$embed" CARGO_PROFILE_DEV_DEBUG=0 \
    cargo run --quiet --manifest-path "$embed/Cargo.toml" --package "uses-$crate"
  echo "embed: $crate works alone"
done
