//! What a certificate in config.xml says about itself. Its key stands in another element and is never read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::X509Certificate;

/// Longest certificate that is looked at, in bytes of base64; the longest known ones have 10 kB.
const MOST: usize = 1 << 20;

/// Start of its validity, in seconds since the Unix epoch.
pub(super) fn valid_from(parts: &[Option<&str>]) -> Option<String> {
    read(parts, |certificate| Some(certificate.validity().not_before.timestamp().to_string()))
}

/// End of its validity, in seconds since the Unix epoch.
pub(super) fn valid_to(parts: &[Option<&str>]) -> Option<String> {
    read(parts, |certificate| Some(certificate.validity().not_after.timestamp().to_string()))
}

/// The name it is for.
pub(super) fn common_name(parts: &[Option<&str>]) -> Option<String> {
    read(parts, |certificate| {
        let name = certificate.subject().iter_common_name().next()?;
        name.as_str().ok().map(str::to_owned)
    })
}

/// `crt`: the text of a PEM file in base64. What is no certificate says nothing.
fn read(
    parts: &[Option<&str>],
    say: impl Fn(&X509Certificate<'_>) -> Option<String>,
) -> Option<String> {
    let text = parts.first().copied().flatten().filter(|text| text.len() <= MOST)?;
    let pem = STANDARD.decode(text.split_whitespace().collect::<String>()).ok()?;
    let (_, pem) = parse_x509_pem(&pem).ok()?;
    say(&pem.parse_x509().ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn certificate() -> String {
        let mut params = rcgen::CertificateParams::new(vec!["fw.example.net".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 2);
        params.not_after = rcgen::date_time_ymd(2055, 3, 4);
        params.distinguished_name.push(rcgen::DnType::CommonName, "fw.example.net");
        let key = rcgen::KeyPair::generate().unwrap();
        STANDARD.encode(params.self_signed(&key).unwrap().pem())
    }

    #[test]
    fn dates_beyond_2050_are_of_another_type_and_are_read_too() {
        let certificate = certificate();
        let parts = [Some(certificate.as_str())];
        assert_eq!(valid_from(&parts).as_deref(), Some("1767312000"));
        assert_eq!(valid_to(&parts).as_deref(), Some("2687731200"));
        assert_eq!(common_name(&parts).as_deref(), Some("fw.example.net"));
    }

    proptest! {
        /// A certificate that was changed or cut says something or nothing; it never panics.
        #[test]
        fn no_bytes_break_it(at in 0_usize..900, byte in any::<u8>(), cut in 0_usize..1200) {
            let mut pem = STANDARD.decode(certificate()).unwrap();
            if let Some(b) = pem.get_mut(at) { *b = byte; }
            pem.truncate(cut);
            let text = STANDARD.encode(pem);
            let _either = valid_to(&[Some(&text)]);
            let _either = common_name(&[Some(&text)]);
        }
    }
}
