//! Cutting a state into content-addressed chunks, and a tree of their hashes above them. Pure.
//!
//! Leaves are cut where the hash of a row's identity says so, so an inserted or deleted row moves no
//! other boundary: a changed row costs its leaf and one node per level above it. Cutting by count would
//! re-write every chunk behind an insertion. The anchor is Dolt's prolly tree.
//!
//! A chunk that came from another is stored as its difference from it ([`super::splice`]), since a leaf that is
//! written anew whole costs fifty times the row that changed. Measured with `benches/history.rs` (1,000 devices, four
//! domains, a run every five minutes, 3,260 changed rows a day, 30 days): 1,380 differences of leaves a day of 75
//! bytes, 600 of nodes of 90, 16 leaves whole of 4.5 KB; the table and its index add 60 bytes to each. Leaves of
//! 40 KB were tried with the differences of before (LZ4): a tenth fewer, and as much in all.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::domain::RawRows;
use crate::types::ContentHash;

use super::error::StoreError;
use super::splice;

/// A leaf ends after a row whose identity hashes below its share of this: 24 KB on average, which is 128 leases.
/// By bytes and not by rows, so that rows of every domain make leaves of one size.
const LEAF_BYTES: u64 = 24 << 10;

/// A leaf ends here at the latest, whatever the hashes say, unless one row is larger.
const MOST_LEAF_BYTES: usize = 40 << 10;

/// A node ends after a child whose hash is a multiple of this: 64 hashes are 2 KB.
const CHILDREN_PER_NODE: u64 = 64;

/// A node never grows beyond this many children, whatever the hashes say.
const MOST_ITEMS: usize = 4_096;

/// No content is larger: volatile fields of a million rows are 60 MB.
const MOST_BYTES: usize = 1 << 30;

/// JSON lines compress to a sixth by themselves; a difference of a twentieth needs no comparison with that.
const WORTH: usize = 20;

const HASH_LEN: usize = 32;

/// How [`RawRows::write_stable`] begins and ends a line.
const LINE_BEGINS: &[u8] = b"{\"@\":";
const LINE_ENDS: &[u8] = b"}\n";

/// The content address of `bytes`.
pub(super) fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::new(*blake3::hash(bytes).as_bytes())
}

/// A piece of content under its address.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) hash: ContentHash,
    pub(super) content: Vec<u8>,
    /// Compressed ahead of the write, when it is known that it will be written.
    ahead: Option<Vec<u8>>,
}

/// Content as it is stored: an LZ4 block, or a difference from the content of another chunk.
#[derive(Debug)]
pub(super) struct Packed<'c> {
    pub(super) data: Cow<'c, [u8]>,
    pub(super) is_delta: bool,
}

impl Chunk {
    pub(super) fn new(content: Vec<u8>) -> Self {
        Self { hash: hash(&content), content, ahead: None }
    }

    pub(super) fn pack(&mut self) {
        self.ahead = Some(compress(&self.content));
    }

    /// An LZ4 block; the size before compression travels beside it.
    pub(super) fn packed(&self) -> Cow<'_, [u8]> {
        match &self.ahead {
            Some(packed) => Cow::Borrowed(packed),
            None => Cow::Owned(compress(&self.content)),
        }
    }

    /// The smaller of both: what differs from `base`, or all of it.
    pub(super) fn packed_after(&self, base: Option<&[u8]>) -> Packed<'_> {
        let whole = || Packed { data: self.packed(), is_delta: false };
        let Some(base) = base else { return whole() };
        let delta =
            Packed { data: Cow::Owned(splice::encode(base, &self.content)), is_delta: true };
        // A chunk of its own is read faster: a difference must be worth its base.
        if delta.data.len() < self.content.len() / WORTH {
            return delta;
        }
        let whole = whole();
        if delta.data.len() < whole.data.len() / 5 * 4 { delta } else { whole }
    }
}

/// A leaf: consecutive rows, one JSON line each.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) chunk: Chunk,
    /// Positions of its rows in the state.
    pub(super) rows: Range<usize>,
}

/// Everything above the leaves.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: ContentHash,
    /// Levels of nodes; 0 when the one leaf is the root.
    pub(super) height: u32,
    /// Nodes of each level, the lowest first.
    pub(super) levels: Vec<Vec<Chunk>>,
}

/// At least one leaf, an empty one for an empty state.
pub(super) fn leaves(rows: &RawRows) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let (mut content, mut identity, mut start) = (Vec::new(), Vec::new(), 0);
    for (i, row) in rows.iter().enumerate() {
        let before = content.len();
        rows.write_stable(row, &mut content);
        identity.clear();
        rows.write_identity(row, &mut identity);
        let next = i + 1;
        if leaf_ends(&hash(&identity), content.len() - before) || content.len() >= MOST_LEAF_BYTES {
            leaves
                .push(Leaf { chunk: Chunk::new(std::mem::take(&mut content)), rows: start..next });
            start = next;
        }
    }
    if start < rows.len() || leaves.is_empty() {
        leaves.push(Leaf { chunk: Chunk::new(content), rows: start..rows.len() });
    }
    leaves
}

/// Builds nodes until one hash is left.
pub(super) fn tree(leaves: &[Leaf]) -> Tree {
    let mut level: Vec<ContentHash> = leaves.iter().map(|leaf| leaf.chunk.hash).collect();
    let (mut levels, mut height) = (Vec::new(), 0);
    while level.len() > 1 {
        let mut above = Vec::new();
        let mut content = Vec::new();
        for child in &level {
            content.extend_from_slice(child.as_bytes());
            if ends(child, CHILDREN_PER_NODE) || content.len() >= MOST_ITEMS * HASH_LEN {
                above.push(Chunk::new(std::mem::take(&mut content)));
            }
        }
        if !content.is_empty() {
            above.push(Chunk::new(content));
        }
        level = above.iter().map(|node| node.hash).collect();
        levels.push(above);
        height += 1;
    }
    let root = level.first().copied().unwrap_or_else(|| hash(&[]));
    Tree { root, height, levels }
}

/// The children of a node.
pub(super) fn children(content: &[u8]) -> impl Iterator<Item = ContentHash> + '_ {
    content.chunks_exact(HASH_LEN).filter_map(ContentHash::from_slice)
}

fn low(hash: &ContentHash) -> u64 {
    hash.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn ends(hash: &ContentHash, every: u64) -> bool {
    low(hash).is_multiple_of(every)
}

/// True for a share of all hashes that grows with the row: leaves have the same size whatever the rows have.
fn leaf_ends(identity: &ContentHash, row: usize) -> bool {
    let row = u64::try_from(row).unwrap_or(u64::MAX);
    low(identity) % LEAF_BYTES < row
}

/// How many rows a leaf holds; `None` when it is none: a node, taken for one where the height of a tree is wrong.
pub(super) fn rows(content: &[u8]) -> Option<u64> {
    let is_leaf =
        content.is_empty() || content.starts_with(LINE_BEGINS) && content.ends_with(LINE_ENDS);
    let count = content.split_inclusive(|byte| *byte == b'\n').count();
    is_leaf.then(|| u64::try_from(count).unwrap_or(u64::MAX))
}

fn compress(content: &[u8]) -> Vec<u8> {
    lz4_flex::block::compress(content)
}

/// For each new chunk the old one that it most likely came from: the one that stood at its place between
/// two chunks that stayed.
pub(super) fn predecessors(
    old: &[ContentHash],
    new: &[ContentHash],
) -> BTreeMap<ContentHash, ContentHash> {
    let place: BTreeMap<&ContentHash, usize> =
        old.iter().enumerate().map(|(i, hash)| (hash, i)).collect();
    let stayed: BTreeSet<&ContentHash> =
        new.iter().filter(|hash| place.contains_key(hash)).collect();
    let mut pairs = BTreeMap::new();
    let (mut next, mut last) = (0, None);
    for hash in new {
        if let Some(i) = place.get(hash) {
            (next, last) = (i + 1, None);
            continue;
        }
        if let Some(gone) = old.get(next).filter(|hash| !stayed.contains(hash)) {
            (next, last) = (next + 1, Some(*gone));
        }
        if let Some(base) = last {
            pairs.insert(*hash, base);
        }
    }
    pairs
}

/// The content of a chunk whose data needs the content of another, unchecked.
pub(super) fn undelta(size: i64, data: &[u8], base: &[u8]) -> Option<Vec<u8>> {
    splice::decode(base, possible(size)?, data)
}

/// The same as it was written before `form`: an LZ4 block with the other content as its dictionary.
pub(super) fn undelta_lz4(size: i64, data: &[u8], base: &[u8]) -> Option<Vec<u8>> {
    let content = lz4_flex::block::decompress_with_dict(data, possible(size)?, base).ok();
    content.filter(|content| is_of(content, size))
}

/// The content of a chunk that stands alone, unchecked.
pub(super) fn unpack(size: i64, data: &[u8]) -> Option<Vec<u8>> {
    lz4_flex::block::decompress(data, possible(size)?).ok().filter(|content| is_of(content, size))
}

/// To LZ4 a size is room, of which less may be needed.
fn is_of(content: &[u8], size: i64) -> bool {
    i64::try_from(content.len()) == Ok(size)
}

/// Memory is taken before the first byte is read: a damaged size must not take all of it.
fn possible(size: i64) -> Option<usize> {
    usize::try_from(size).ok().filter(|size| *size <= MOST_BYTES)
}

/// The content, checked against its address.
pub(super) fn decompress(
    domain: &'static str,
    address: ContentHash,
    size: i64,
    data: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let damaged = |problem| StoreError::Damaged { domain, chunk: address.to_string(), problem };
    let content = unpack(size, data).ok_or_else(|| damaged("cannot be decompressed"))?;
    if hash(&content) == address { Ok(content) } else { Err(damaged("does not match its hash")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The difference itself is tested where it is made; here, when it is worth its base.
    #[test]
    fn a_chunk_unlike_its_base_stands_alone() {
        let lines =
            |from: u32| (from..from + 200).map(|n| format!("{:x}\n", n.wrapping_mul(0x9e37_79b1)));
        let old = lines(0).collect::<Vec<_>>().concat();
        let [like, unlike] = [1, 1_000].map(|from| {
            let chunk = Chunk::new(lines(from).collect::<Vec<_>>().concat().into_bytes());
            let packed = chunk.packed_after(Some(old.as_bytes()));
            let size = i64::try_from(chunk.content.len()).unwrap();
            let back = if packed.is_delta {
                undelta(size, &packed.data, old.as_bytes())
            } else {
                unpack(size, &packed.data)
            };
            assert_eq!(back.as_ref(), Some(&chunk.content));
            packed.is_delta
        });
        assert!(like && !unlike);
    }

    #[test]
    fn a_chunk_comes_from_the_one_that_stood_at_its_place() {
        let hashes: Vec<ContentHash> = (0_u8..9).map(|n| hash(&[n])).collect();
        let of = |at: &[usize]| at.iter().map(|i| hashes[*i]).collect::<Vec<_>>();
        // 1 became 5, 3 was split into 6 and 7, 8 was added at the end.
        let pairs = predecessors(&of(&[0, 1, 2, 3, 4]), &of(&[0, 5, 2, 6, 7, 4, 8]));
        let expected = [(5, 1), (6, 3), (7, 3)].map(|(new, old)| (hashes[new], hashes[old]));
        assert_eq!(pairs, expected.into_iter().collect());
    }
}
