//! Whether this CPU has the instructions. The one module of the crate that is not safe Rust throughout: a function for
//! instructions that not every CPU has is safe to call once the CPU has been asked, and only its caller knows that.
#![allow(
    unsafe_code,
    reason = "calls functions for instructions that the CPU was found to have, and does nothing else"
)]

use super::{avx2, avx512};

/// Proof that this CPU has AVX-512 F.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx512(());

/// Proof that this CPU has AVX2.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx2(());

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        std::arch::is_x86_feature_detected!("avx512f").then_some(Self(()))
    }

    pub(super) fn hash<const W: usize>(self, messages: &[[u64; W]; 8]) -> [[u64; 4]; 8] {
        // SAFETY: `self` exists only where `detect` found the feature.
        unsafe { avx512::hash(messages) }
    }

    pub(super) fn permutations(self, count: usize) -> u64 {
        // SAFETY: `self` exists only where `detect` found the feature.
        unsafe { avx512::permutations(count) }
    }
}

impl Avx2 {
    pub(super) fn detect() -> Option<Self> {
        std::arch::is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    pub(super) fn hash<const W: usize>(self, messages: &[[u64; W]; 4]) -> [[u64; 4]; 4] {
        // SAFETY: `self` exists only where `detect` found the feature.
        unsafe { avx2::hash(messages) }
    }

    pub(super) fn permutations(self, count: usize) -> u64 {
        // SAFETY: `self` exists only where `detect` found the feature.
        unsafe { avx2::permutations(count) }
    }
}
