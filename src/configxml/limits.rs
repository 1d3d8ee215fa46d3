//! How much of a file is read. Each bound is many times what the largest known configurations need.

/// Bytes of one file. Large configurations have 5 MB; a backup may carry the round-robin databases (`rrddata`),
/// compressed and in base64, which add up to 40 MB.
pub(super) const FILE: u64 = 128 << 20;

/// Bytes of one piece: a tag or a text. The longest are lists of an alias and round-robin databases.
pub(super) const PIECE: u64 = 8 << 20;

/// Elements within each other; the deepest recorded one is the eighth.
pub(super) const DEPTH: usize = 64;

/// Bytes of everything kept, counted as what it takes in memory until it is rows: 50,000 firewall rules take 120 MB.
pub(super) const KEPT: usize = 144 << 20;
