# The recipes that CI runs too (.ci/run calls the same commands in the same order).

# lists the recipes
default:
    @just --list --unsorted

# everything that CI does
ci:
    bash .ci/run

# formats
fmt:
    cargo fmt --all

# formatting, as CI checks it
fmt-check:
    cargo fmt --all --check

# lints
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# the documentation, every link resolved
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# the tests
test:
    cargo test --workspace

# the conversions from and to ethers, recovery by libsecp256k1
test-features:
    cargo test --package bttc-core --features ethers,secp256k1 --locked

# the chain as other hosts embed it
test-hosts:
    cargo test --package bttc-evm --features alloy-evm,network --locked --test alloy_evm --test network

# Ethereum's state tests at Berlin, whole
state-tests *paths:
    scripts/state-tests.sh {{ paths }}

# core and alloc are enough for the pure libraries
no-std *crates:
    scripts/no-std.sh {{ crates }}

# each fuzz target for so many seconds
fuzz *args:
    scripts/fuzz.sh {{ args }}

# licences, bans and sources of what is depended on
deny:
    cargo deny --locked check bans licenses sources

# packs the libraries and uses each alone
package *crates:
    scripts/package.sh {{ crates }}

# half a thousand blocks of the devnet, at full speed
devnet:
    cargo run --release --package devnet --locked -- --fast --blocks 512 --seed 7

# the side chain's contracts: they are what their sources compile to, and behave
contracts:
    bttc-evm/contracts/build.sh --check
    npm --prefix bttc-evm/contracts test

# payloads of npm's maticjs beside ours, and maticjs as a client
maticjs:
    scripts/maticjs.sh

# ethers, viem, hardhat and web3.py against the devnet
clients *names:
    scripts/clients.sh {{ names }}

# spelling
spell:
    typos

# benchmarks
bench *args:
    cargo bench --package benches {{ args }}
