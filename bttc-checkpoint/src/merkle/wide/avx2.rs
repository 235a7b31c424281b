//! Four lanes.

use core::arch::x86_64::{
    __m256i, _mm256_andnot_si256, _mm256_extract_epi64, _mm256_or_si256, _mm256_permute2x128_si256, _mm256_set_epi64x,
    _mm256_set1_epi64x, _mm256_slli_epi64, _mm256_srli_epi64, _mm256_unpackhi_epi64, _mm256_unpacklo_epi64,
    _mm256_xor_si256,
};

keccak!("avx2", __m256i, 4);

#[target_feature(enable = "avx2")]
#[inline]
fn xor(a: __m256i, b: __m256i) -> __m256i {
    _mm256_xor_si256(a, b)
}

#[target_feature(enable = "avx2")]
#[inline]
fn xor3(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    xor(xor(a, b), c)
}

#[target_feature(enable = "avx2")]
#[inline]
fn chi(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    xor(a, _mm256_andnot_si256(b, c))
}

#[target_feature(enable = "avx2")]
#[inline]
fn rotated<const LEFT: i32, const REST: i32>(a: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi64::<LEFT>(a), _mm256_srli_epi64::<REST>(a))
}

#[target_feature(enable = "avx2")]
#[inline]
fn splat(word: u64) -> __m256i {
    _mm256_set1_epi64x(word.cast_signed())
}

#[target_feature(enable = "avx2")]
#[inline]
fn loaded(&[a, b, c, d]: &[u64; 4]) -> __m256i {
    _mm256_set_epi64x(d.cast_signed(), c.cast_signed(), b.cast_signed(), a.cast_signed())
}

#[target_feature(enable = "avx2")]
#[inline]
fn stored(a: __m256i) -> [u64; 4] {
    [
        _mm256_extract_epi64::<0>(a).cast_unsigned(),
        _mm256_extract_epi64::<1>(a).cast_unsigned(),
        _mm256_extract_epi64::<2>(a).cast_unsigned(),
        _mm256_extract_epi64::<3>(a).cast_unsigned(),
    ]
}

#[target_feature(enable = "avx2")]
#[inline]
fn transposed([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    const LOW_HALVES: i32 = 0x20;
    const HIGH_HALVES: i32 = 0x31;
    // Pairs of rows, their even and their odd lanes; a half of these is two lanes of one column.
    let (even, even_below) = (_mm256_unpacklo_epi64(a, b), _mm256_unpacklo_epi64(c, d));
    let (odd, odd_below) = (_mm256_unpackhi_epi64(a, b), _mm256_unpackhi_epi64(c, d));
    [
        _mm256_permute2x128_si256::<LOW_HALVES>(even, even_below),
        _mm256_permute2x128_si256::<LOW_HALVES>(odd, odd_below),
        _mm256_permute2x128_si256::<HIGH_HALVES>(even, even_below),
        _mm256_permute2x128_si256::<HIGH_HALVES>(odd, odd_below),
    ]
}
