//! The difference of two contents as what to put where. Pure.
//!
//! Rows come and go whole, so the pieces are lines; what is left between equal lines is trimmed byte by byte. LZ4
//! with the older content as its dictionary, which this replaces, writes a copy of 24 KB as 96 bytes of 255 and
//! finds only what its table of 4,096 places still holds. `benches/history.rs`, 30 days, 41,000 differences of
//! leaves: 190 bytes each, 131 with that LZ4 block folded by another, 75 as here.
//!
//! Layout, numbers as unsigned LEB128: twice the number of gaps, plus one when the inserted bytes are an LZ4 block;
//! for each gap the bytes kept before it, dropped and inserted; then all inserted bytes. What follows the last gap
//! is kept. The dictionary of the block is what stands around the gaps in the older content.

use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes on both sides of a gap that a row is likely to resemble: its neighbours.
const AROUND: usize = 512;

/// LZ4 looks back 64 KB.
const MOST_DICTIONARY: usize = 60 << 10;

/// One place that differs: what it was in the older content, and what it is in the newer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Gap {
    old: Range<usize>,
    new: Range<usize>,
}

/// What makes `new` of `old`.
pub(super) fn encode(old: &[u8], new: &[u8]) -> Vec<u8> {
    let gaps = gaps(old, new);
    let inserted: Vec<u8> = gaps.iter().flat_map(|gap| part(new, &gap.new)).copied().collect();
    let around = dictionary(old, gaps.iter().map(|gap| gap.old.clone()));
    let block = lz4_flex::block::compress_with_dict(&inserted, &around);
    let is_block = block.len() < inserted.len();
    let mut data = Vec::with_capacity(8 * gaps.len() + block.len().min(inserted.len()) + 2);
    put(&mut data, 2 * gaps.len() + usize::from(is_block));
    let mut at = 0;
    for gap in &gaps {
        put(&mut data, gap.old.start - at);
        put(&mut data, gap.old.len());
        put(&mut data, gap.new.len());
        at = gap.old.end;
    }
    data.extend_from_slice(if is_block { &block } else { &inserted });
    data
}

/// The newer content, `size` bytes; `None` when `data` is not a difference from `old` of that size.
pub(super) fn decode(old: &[u8], size: usize, data: &[u8]) -> Option<Vec<u8>> {
    let mut rest = data;
    let head = take(&mut rest)?;
    let (count, is_block) = (head / 2, head % 2 == 1);
    // Each gap takes three bytes at least: a damaged count does not take memory.
    let mut gaps = Vec::with_capacity(count.min(rest.len() / 3));
    let (mut at, mut inserted) = (0_usize, 0_usize);
    for _ in 0..count {
        let start = at.checked_add(take(&mut rest)?)?;
        let end = start.checked_add(take(&mut rest)?)?;
        let length = take(&mut rest)?;
        old.get(start..end)?;
        gaps.push((start..end, length));
        inserted = inserted.checked_add(length).filter(|sum| *sum <= size)?;
        at = end;
    }
    let around = dictionary(old, gaps.iter().map(|(old, _)| old.clone()));
    let block = is_block
        .then(|| lz4_flex::block::decompress_with_dict(rest, inserted, &around).ok())
        .map_or(Some(None), |block| block.map(Some))?;
    let mut source = block.as_deref().unwrap_or(rest);
    let mut new = Vec::with_capacity(size.min(old.len() + inserted));
    let mut at = 0;
    for (gap, length) in gaps {
        new.extend_from_slice(old.get(at..gap.start)?);
        let (piece, more) = source.split_at_checked(length)?;
        new.extend_from_slice(piece);
        (source, at) = (more, gap.end);
    }
    new.extend_from_slice(old.get(at..)?);
    (source.is_empty() && new.len() == size).then_some(new)
}

/// Lines of both that are equal and in the same order stay; the rest, trimmed, are the gaps.
fn gaps(old: &[u8], new: &[u8]) -> Vec<Gap> {
    let lines: Vec<Range<usize>> = lines(old).collect();
    let mut places: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (i, line) in lines.iter().enumerate().rev() {
        // The earliest place is at the end.
        places.entry(part(old, line)).or_default().push(i);
    }
    let mut found = Vec::new();
    // Of both: where the next line may stand, and where the current gap begins.
    let (mut next, mut old_end, mut new_end) = (0, 0, 0);
    for line in self::lines(new) {
        let Some(at) = places.get_mut(part(new, &line)) else { continue };
        while at.last().is_some_and(|place| *place < next) {
            at.pop();
        }
        let Some(here) = at.last().and_then(|place| lines.get(*place)) else { continue };
        found.extend(trimmed(old, new, old_end..here.start, new_end..line.start));
        next = at.last().map_or(next, |place| place + 1);
        (old_end, new_end) = (here.end, line.end);
    }
    found.extend(trimmed(old, new, old_end..old.len(), new_end..new.len()));
    found
}

/// Without the bytes that both begin and end with.
fn trimmed(old: &[u8], new: &[u8], mut from: Range<usize>, mut to: Range<usize>) -> Option<Gap> {
    let (a, b) = (part(old, &from), part(new, &to));
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    (from.start, to.start) = (from.start + same, to.start + same);
    let (a, b) = (part(old, &from), part(new, &to));
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    (from.end, to.end) = (from.end - same, to.end - same);
    (!from.is_empty() || !to.is_empty()).then_some(Gap { old: from, new: to })
}

/// What stands around the gaps.
fn dictionary(old: &[u8], gaps: impl Iterator<Item = Range<usize>>) -> Vec<u8> {
    let mut around = Vec::new();
    let mut end = 0;
    for gap in gaps {
        let start = gap.start.saturating_sub(AROUND).max(end);
        end = gap.end.saturating_add(AROUND).min(old.len());
        around.extend_from_slice(part(old, &(start..end)));
    }
    let surplus = around.len().saturating_sub(MOST_DICTIONARY);
    around.split_off(surplus)
}

fn lines(content: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    content.split_inclusive(|byte| *byte == b'\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start..*at)
    })
}

fn part<'c>(content: &'c [u8], range: &Range<usize>) -> &'c [u8] {
    content.get(range.clone()).unwrap_or_default()
}

fn put(data: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        data.extend(u8::try_from(number & 0x7f).map(|low| low | 0x80));
        number >>= 7;
    }
    data.extend(u8::try_from(number));
}

fn take(data: &mut &[u8]) -> Option<usize> {
    let mut number = 0_usize;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, rest) = data.split_first()?;
        *data = rest;
        let part = usize::from(byte & 0x7f);
        let placed = part.checked_shl(shift).filter(|placed| placed >> shift == part)?;
        number |= placed;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(n: u32) -> String {
        format!(
            "{{\"@\":\"arp\",\"ip\":\"10.0.{}.{}\",\"mac\":\"3c:22:fb:{n:08x}\",\"intf\":\"vlan01\",\"hostname\":\"device-{n}\"}}\n",
            n / 250,
            n % 250
        )
    }

    proptest! {
        /// Whatever happened to a leaf, its difference from the one before gives it back.
        #[test]
        fn edited_lines_come_back(
            rows in prop::collection::vec(0_u32..5_000, 0..500),
            edits in prop::collection::vec((0_usize..500, 0_u32..5_000, 0_u8..3), 0..12),
        ) {
            let mut lines: Vec<String> = rows.into_iter().map(line).collect();
            let old = lines.concat().into_bytes();
            for (at, n, what) in edits {
                match what {
                    0 => lines.insert(at.min(lines.len()), line(n)),
                    1 if at < lines.len() => drop(lines.remove(at)),
                    _ if at < lines.len() => lines[at] = line(n),
                    _ => {}
                }
            }
            let new = lines.concat().into_bytes();
            prop_assert_eq!(decode(&old, new.len(), &encode(&old, &new)), Some(new));
        }

        /// Nodes are hashes, of which any byte may be a line's end.
        #[test]
        fn any_bytes_come_back(
            old in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..900),
            new in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..900),
            shared in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let old = [old.as_slice(), &shared].concat();
            let new = [&shared, new.as_slice(), &shared].concat();
            prop_assert_eq!(decode(&old, new.len(), &encode(&old, &new)), Some(new));
        }

        /// Damage is refused, not believed and not a panic; what it can still become has the size that was asked for.
        #[test]
        fn damage_takes_no_memory_and_does_not_panic(
            old in prop::collection::vec(any::<u8>(), 0..300),
            data in prop::collection::vec(any::<u8>(), 0..60),
            size in 0_usize..2_000,
        ) {
            let content = decode(&old, size, &data);
            prop_assert!(content.is_none_or(|content| content.len() == size));
        }
    }

    #[test]
    fn a_row_that_left_costs_a_few_bytes_and_one_that_came_less_than_itself() {
        let lines: Vec<String> = (0..150).map(|n| line(n * 31)).collect();
        let old = lines.concat();
        let without = [&lines[..70], &lines[71..]].concat().concat();
        assert!(encode(old.as_bytes(), without.as_bytes()).len() < 8);
        let with = [&lines[..70], &[line(70 * 31 + 5)], &lines[70..]].concat().concat();
        assert!(encode(old.as_bytes(), with.as_bytes()).len() < line(1).len() / 2);
    }
}
