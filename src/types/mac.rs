//! IEEE 802 MAC-48 addresses.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A hardware address; prints as lower-case, colon-separated pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddr([u8; 6]);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a MAC address; write six hexadecimal pairs such as 3c:22:fb:00:01:01")]
pub struct MacError(String);

impl MacAddr {
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }

    /// The locally-administered bit (IEEE 802-2014, 8.2): set by phones that randomise, and by VMs.
    pub const fn is_randomised(self) -> bool {
        self.0[0] & 0b10 != 0
    }

    /// Whether a DHCP unique identifier, as `00:01:00:01:…`, was made of this address: type 1 or 3 on Ethernet
    /// (RFC 8415, 11.2 and 11.4). The device may have been given it by another of its interfaces.
    pub fn is_in_duid(self, duid: &str) -> bool {
        let duid = duid.to_ascii_lowercase();
        // A time of four bytes stands before the address in type 1.
        let is_made = match duid.split(':').count() {
            14 => duid.starts_with("00:01:00:01:"),
            10 => duid.starts_with("00:03:00:01:"),
            _ => false,
        };
        is_made && duid.ends_with(&format!(":{self}"))
    }
}

/// Accepts `:` or `-` between bytes and single-digit bytes, as some BSD tools print (`0:1b:21:…`).
impl FromStr for MacAddr {
    type Err = MacError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || MacError(text.chars().take(40).collect());
        let mut bytes = [0; 6];
        let mut parts = text.trim().split([':', '-']);
        for byte in &mut bytes {
            let part = parts.next().ok_or_else(wrong)?;
            if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(wrong());
            }
            *byte = u8::from_str_radix(part, 16).map_err(|_| wrong())?;
        }
        if parts.next().is_some() {
            return Err(wrong());
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(i, byte)| {
            let colon = if i == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_bytes_and_dashes_are_read() {
        let expected = MacAddr::new([0, 0x1b, 0x21, 0xa, 0, 1]);
        assert_eq!("0:1B:21:a:0:1".parse(), Ok(expected));
        assert_eq!("00-1b-21-0a-00-01".parse(), Ok(expected));
    }

    #[test]
    fn five_and_seven_pairs_are_refused() {
        assert!("00:11:22:33:44".parse::<MacAddr>().is_err());
        assert!("00:11:22:33:44:55:66".parse::<MacAddr>().is_err());
        assert!("+1:11:22:33:44:55".parse::<MacAddr>().is_err());
    }

    #[test]
    fn a_randomised_address_is_recognised() {
        assert!("da:a1:19:00:00:01".parse::<MacAddr>().unwrap().is_randomised());
        assert!(!"dc:a6:32:00:01:01".parse::<MacAddr>().unwrap().is_randomised());
    }

    #[test]
    fn an_address_is_recognised_in_the_duid_that_was_made_of_it() {
        let mac: MacAddr = "dc:a6:32:00:01:01".parse().unwrap();
        assert!(mac.is_in_duid("00:01:00:01:2a:bb:cc:00:dc:a6:32:00:01:01"));
        assert!(mac.is_in_duid("00:03:00:01:DC:A6:32:00:01:01"));
        // Another address, an enterprise's number, a UUID, no Ethernet.
        assert!(!mac.is_in_duid("00:03:00:01:dc:a6:32:00:01:02"));
        assert!(!mac.is_in_duid("00:02:00:01:dc:a6:32:00:01:01"));
        assert!(!mac.is_in_duid("00:04:00:01:2a:bb:cc:00:dc:a6:32:00:01:01"));
        assert!(!mac.is_in_duid("00:03:00:06:dc:a6:32:00:01:01") && !mac.is_in_duid(""));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(bytes: [u8; 6]) {
            let mac = MacAddr::new(bytes);
            prop_assert_eq!(mac.to_string().parse::<MacAddr>(), Ok(mac));
        }
    }
}
