//! Identifiers that look drawn and are computed, so that they survive every change of the world.

/// FNV-1a, 64 bit: stable across releases of Rust, unlike the hasher of the standard library.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// A generator that depends on nothing but `seed` and `label`.
pub(super) fn rng_for(seed: u64, label: &str) -> fastrand::Rng {
    let start = FNV_OFFSET ^ seed.wrapping_mul(FNV_PRIME);
    let hash =
        label.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    fastrand::Rng::with_seed(hash)
}

/// A random-looking UUID (version 4) of the thing called `label`.
pub(super) fn uuid(seed: u64, label: &str) -> String {
    let bits = rng_for(seed, label).u128(..);
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// 32 hexadecimal digits, as the firewall labels rules that have no UUID.
pub(super) fn digest(seed: u64, label: &str) -> String {
    format!("{:032x}", rng_for(seed, label).u128(..))
}
