//! How hard the property tests try.

/// Times the usual number of random cases: 1, or `OPNDEX_TEST_EFFORT`.
pub(crate) fn effort() -> u32 {
    let given = std::env::var("OPNDEX_TEST_EFFORT").ok();
    given.map_or(1, |text| text.parse().expect("OPNDEX_TEST_EFFORT is a number"))
}
