//! Who was assigned a MAC address: the registries of the IEEE, embedded.
//!
//! The table is `vendors.tsv` beside this file, one organisation a line; its head says where it comes from
//! and how to renew it. The build packs it into sorted records of 24, 28 and 36 bits (MA-L; MA-M; MA-S and
//! the older IAB), 0.9 MB in all; a look-up is three binary searches and no allocation.

use super::mac::MacAddr;

static NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/vendors.txt"));
/// Where each name begins in [`NAMES`], and the end of the last.
static STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vendors.at"));
static LARGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vendors.24"));
static MEDIUM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vendors.28"));
static SMALL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vendors.36"));

/// The group bit (IEEE 802-2014, 8.2): no device has such an address.
const GROUP: u8 = 0b1;

impl MacAddr {
    /// The organisation that the address was assigned to, by the longest registered prefix.
    ///
    /// `None` for a locally administered address, which says nothing about its maker
    /// ([`MacAddr::is_randomised`]), for a group address, and for what is not or privately registered.
    pub fn vendor(&self) -> Option<&'static str> {
        let [first, second, third, fourth, fifth, _] = self.bytes();
        if self.is_randomised() || first & GROUP != 0 {
            return None;
        }
        let number = find(SMALL, [first, second, third, fourth, fifth & 0xf0])
            .or_else(|| find(MEDIUM, [first, second, third, fourth & 0xf0]))
            .or_else(|| find(LARGE, [first, second, third]))?;
        let (start, rest) = STARTS.as_chunks::<4>().0.get(usize::from(number)..)?.split_first()?;
        let at = |bytes: &[u8; 4]| usize::try_from(u32::from_be_bytes(*bytes)).ok();
        NAMES.get(at(start)?..at(rest.first()?)?)
    }
}

/// The 24-bit prefixes, as text, of organisations whose name contains `text`, without case.
///
/// Smaller registrations share their first three bytes with other organisations and are left out. Reads the
/// whole table: a millisecond.
pub fn maker_prefixes(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let starts = STARTS.as_chunks::<4>().0;
    let at = |bytes: &[u8; 4]| usize::try_from(u32::from_be_bytes(*bytes)).unwrap_or(usize::MAX);
    let is_wanted: Vec<bool> = starts
        .windows(2)
        .map(|pair| match pair {
            [first, next] => NAMES
                .get(at(first)..at(next))
                .is_some_and(|name| name.to_lowercase().contains(&text)),
            _ => false,
        })
        .collect();
    let prefix = |record: &[u8; 5]| {
        let [a, b, c, high, low] = *record;
        let wanted = is_wanted.get(usize::from(u16::from_be_bytes([high, low])));
        wanted.copied().unwrap_or(false).then(|| format!("{a:02x}:{b:02x}:{c:02x}"))
    };
    LARGE.as_chunks::<5>().0.iter().filter_map(prefix).collect()
}

/// The number of the name behind `prefix` in records of `prefix` and two bytes.
fn find<const N: usize>(records: &[u8], prefix: [u8; N]) -> Option<u16> {
    let (mut low, mut high) = (0, records.len() / (N + 2));
    while low < high {
        let middle = low.midpoint(high);
        let (found, number) = records.get(middle * (N + 2)..)?.split_first_chunk::<N>()?;
        match found.cmp(&prefix) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                return number.first_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vendor(mac: &str) -> Option<&'static str> {
        mac.parse::<MacAddr>().unwrap().vendor()
    }

    #[test]
    fn the_prefixes_of_a_maker_are_its_own() {
        let found = maker_prefixes("raspberry pi");
        assert!(found.contains(&"dc:a6:32".to_owned()), "{found:?}");
        assert!(
            found
                .iter()
                .all(|p| vendor(&format!("{p}:00:00:00")).is_none_or(|v| v.contains("Raspberry")))
        );
        assert!(maker_prefixes("no such maker").is_empty());
    }

    #[test]
    fn the_longest_prefix_decides() {
        assert_eq!(vendor("dc:a6:32:00:01:01"), Some("Raspberry Pi Trading Ltd"));
        assert_eq!(vendor("00:1b:21:aa:bb:cc"), Some("Intel Corporate"));
        // 28 bits, inside a block that the registry handed on in pieces.
        assert_eq!(vendor("c8:5c:e2:70:00:01"), Some("SYNERGY SYSTEMS AND SOLUTIONS"));
        // 36 bits, and one of the older small blocks.
        assert_eq!(vendor("8c:1f:64:af:a0:01"), Some("DATA ELECTRONIC DEVICES, INC"));
        assert_eq!(vendor("40:d8:55:0d:70:01"), Some("Avant Technologies"));
    }

    #[test]
    fn an_address_that_says_nothing_about_its_maker_has_no_vendor() {
        // Locally administered, although 02:07:01 was once assigned; a group address; a private entry.
        assert_eq!(vendor("02:07:01:00:00:01"), None);
        assert_eq!(vendor("da:a1:19:00:00:01"), None);
        assert_eq!(vendor("01:00:5e:00:00:fb"), None);
        assert_eq!(vendor("74:1a:e0:90:00:01"), None);
        assert_eq!(vendor("00:00:00:00:00:00"), Some("XEROX CORPORATION"));
    }

    #[test]
    fn every_line_of_the_table_is_found_again() {
        let mut checked = 0;
        for line in include_str!("vendors.tsv").lines().filter(|line| !line.starts_with('#')) {
            let (name, prefixes) = line.split_once('\t').unwrap();
            for prefix in prefixes.split(' ') {
                let digits = format!("{prefix:0<12}");
                let bytes = u64::from_str_radix(&digits, 16).unwrap().to_be_bytes();
                let mac = MacAddr::new(*bytes.last_chunk().unwrap());
                // A larger block is shadowed where its beginning was handed on.
                if prefix.len() == 9 && !mac.is_randomised() && bytes[2] & GROUP == 0 {
                    assert_eq!(mac.vendor(), Some(name), "{prefix}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 10_000, "{checked}");
    }

    proptest! {
        #[test]
        fn any_address_has_a_vendor_or_none(bytes: [u8; 6]) {
            let name = MacAddr::new(bytes).vendor();
            prop_assert!(name.is_none_or(|name| !name.is_empty() && !name.contains('\t')));
        }
    }
}
