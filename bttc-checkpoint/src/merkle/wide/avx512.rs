//! Eight lanes: a rotation and any function of three words are one instruction each.

use core::arch::x86_64::{
    __m512i, _mm256_extract_epi64, _mm512_extracti64x4_epi64, _mm512_rol_epi64, _mm512_set_epi64, _mm512_set1_epi64,
    _mm512_shuffle_i64x2, _mm512_ternarylogic_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

keccak!("avx512f", __m512i, 8);

#[target_feature(enable = "avx512f")]
#[inline]
fn xor(a: __m512i, b: __m512i) -> __m512i {
    _mm512_xor_si512(a, b)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    // Bit 4a + 2b + c of the constant is the result: those with an odd number of ones.
    _mm512_ternarylogic_epi64::<0b1001_0110>(a, b, c)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn chi(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    // a where not (b = 0 and c = 1), else ¬a.
    _mm512_ternarylogic_epi64::<0b1101_0010>(a, b, c)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn rotated<const LEFT: i32, const REST: i32>(a: __m512i) -> __m512i {
    _mm512_rol_epi64::<LEFT>(a)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn splat(word: u64) -> __m512i {
    _mm512_set1_epi64(word.cast_signed())
}

#[target_feature(enable = "avx512f")]
#[inline]
fn loaded(&[a, b, c, d, e, f, g, h]: &[u64; 8]) -> __m512i {
    _mm512_set_epi64(
        h.cast_signed(),
        g.cast_signed(),
        f.cast_signed(),
        e.cast_signed(),
        d.cast_signed(),
        c.cast_signed(),
        b.cast_signed(),
        a.cast_signed(),
    )
}

#[target_feature(enable = "avx512f")]
#[inline]
fn stored(a: __m512i) -> [u64; 8] {
    let (low, high) = (_mm512_extracti64x4_epi64::<0>(a), _mm512_extracti64x4_epi64::<1>(a));
    [
        _mm256_extract_epi64::<0>(low).cast_unsigned(),
        _mm256_extract_epi64::<1>(low).cast_unsigned(),
        _mm256_extract_epi64::<2>(low).cast_unsigned(),
        _mm256_extract_epi64::<3>(low).cast_unsigned(),
        _mm256_extract_epi64::<0>(high).cast_unsigned(),
        _mm256_extract_epi64::<1>(high).cast_unsigned(),
        _mm256_extract_epi64::<2>(high).cast_unsigned(),
        _mm256_extract_epi64::<3>(high).cast_unsigned(),
    ]
}

#[target_feature(enable = "avx512f")]
#[inline]
fn transposed([a, b, c, d, e, f, g, h]: [__m512i; 8]) -> [__m512i; 8] {
    // Pairs of rows, their even and their odd lanes; a quarter of these is two lanes of one column.
    let even = [
        _mm512_unpacklo_epi64(a, b),
        _mm512_unpacklo_epi64(c, d),
        _mm512_unpacklo_epi64(e, f),
        _mm512_unpacklo_epi64(g, h),
    ];
    let odd = [
        _mm512_unpackhi_epi64(a, b),
        _mm512_unpackhi_epi64(c, d),
        _mm512_unpackhi_epi64(e, f),
        _mm512_unpackhi_epi64(g, h),
    ];
    let ([a, c, e, g], [b, d, f, h]) = (gathered(even), gathered(odd));
    [a, b, c, d, e, f, g, h]
}

/// The first quarters of four rows together, the second ones, the third, the last.
#[target_feature(enable = "avx512f")]
#[inline]
fn gathered([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    const FIRST_AND_THIRD: i32 = 0b10_00_10_00;
    const SECOND_AND_LAST: i32 = 0b11_01_11_01;
    let (e, f) = (_mm512_shuffle_i64x2::<FIRST_AND_THIRD>(a, b), _mm512_shuffle_i64x2::<FIRST_AND_THIRD>(c, d));
    let (g, h) = (_mm512_shuffle_i64x2::<SECOND_AND_LAST>(a, b), _mm512_shuffle_i64x2::<SECOND_AND_LAST>(c, d));
    [
        _mm512_shuffle_i64x2::<FIRST_AND_THIRD>(e, f),
        _mm512_shuffle_i64x2::<FIRST_AND_THIRD>(g, h),
        _mm512_shuffle_i64x2::<SECOND_AND_LAST>(e, f),
        _mm512_shuffle_i64x2::<SECOND_AND_LAST>(g, h),
    ]
}
