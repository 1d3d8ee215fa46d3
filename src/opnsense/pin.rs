//! The SHA-256 of a certificate, as people copy and paste it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// Bytes of a SHA-256.
const LENGTH: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "this pin is not a SHA-256 fingerprint ({why}); copy it from the error of a first connection, or from \
     `openssl x509 -noout -fingerprint -sha256 -in cert.pem`"
)]
pub struct PinError {
    why: &'static str,
}

/// Reads `AA:BB:…` (with or without what openssl prints before it), plain hex, and base64 of the
/// hash behind `sha256/`. What is pinned is the whole leaf certificate in DER, not its public key.
pub fn parse_pin(text: &str) -> Result<[u8; LENGTH], PinError> {
    let text = text.trim();
    let text = text
        .rsplit_once('=')
        .filter(|(label, _)| is_openssl_label(label))
        .map_or(text, |(_, pin)| pin);
    let pin = strip_tag(text, ':').or_else(|| strip_tag(text, '/')).unwrap_or(text).trim();
    let digits: String = pin.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    if digits.len() == 2 * LENGTH && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return from_hex(&digits).ok_or(PinError { why: "a digit is not hexadecimal" });
    }
    if digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(PinError { why: "it must have 64 hexadecimal digits" });
    }
    let bytes = STANDARD
        .decode(pin)
        .map_err(|_| PinError { why: "it is neither hexadecimal nor base64" })?;
    bytes.try_into().map_err(|_| PinError { why: "its base64 must hold 32 bytes" })
}

/// `SHA256:AA:BB:…`, which [`parse_pin`] reads.
pub fn show_pin(pin: &[u8; LENGTH]) -> String {
    pin.iter().fold(String::from("SHA256"), |shown, byte| format!("{shown}:{byte:02X}"))
}

/// `SHA256 Fingerprint` or `sha256 Fingerprint`, which openssl writes before the equals sign.
fn is_openssl_label(label: &str) -> bool {
    label.trim().eq_ignore_ascii_case("sha256 fingerprint")
}

fn strip_tag(text: &str, separator: char) -> Option<&str> {
    let (tag, rest) = text.split_once(separator)?;
    tag.trim().eq_ignore_ascii_case("sha256").then_some(rest)
}

fn from_hex(digits: &str) -> Option<[u8; LENGTH]> {
    let mut pin = [0; LENGTH];
    for (byte, pair) in pin.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(pin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIN: [u8; LENGTH] = [0xAB; LENGTH];

    #[test]
    fn every_common_spelling_is_the_same_pin() {
        let hex = "ab".repeat(LENGTH);
        let base64 = STANDARD.encode(PIN);
        let shown = show_pin(&PIN);
        let colons = shown.strip_prefix("SHA256:").unwrap();
        for text in [
            hex.as_str(),
            colons,
            shown.as_str(),
            &format!("sha256 Fingerprint={colons}\n"),
            &format!("SHA256 Fingerprint={colons}"),
            &format!("sha256/{base64}"),
            &format!("SHA256:{base64}"),
            &base64,
        ] {
            assert_eq!(parse_pin(text), Ok(PIN), "{text}");
        }
    }

    #[test]
    fn anything_else_says_why_it_is_not_a_pin() {
        for text in
            ["", "AA:BB", "not a pin", "sha256/AAAA", &"zz".repeat(LENGTH), &"ab".repeat(20)]
        {
            let said = parse_pin(text).unwrap_err().to_string();
            assert!(said.starts_with("this pin is not a SHA-256 fingerprint ("), "{said}");
        }
    }
}
