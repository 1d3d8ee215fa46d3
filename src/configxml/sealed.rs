//! Backups that were encrypted with a passphrase: decrypted as they are read.
//!
//! The firewall calls `openssl enc -aes-256-cbc -md sha512 -pbkdf2 -iter 100000` and puts its output in base64 between
//! two lines, below headers that name cipher, hash and rounds (opnsense/core, `Backup/Base.php`, 21.7 to 26.7). OpenSSL
//! writes `Salted__` and 8 bytes of salt first; PBKDF2 makes 32 bytes of key and 16 of the first vector.

use std::io::{self, BufRead, BufReader, Read};

use aes::Aes256;
use base64::engine::general_purpose::STANDARD;
use base64::read::DecoderReader;
use cbc::Decryptor;
use cbc::cipher::{Block, BlockModeDecrypt, KeyIvInit};
use pbkdf2::pbkdf2_hmac;
use sha2::Sha512;

use crate::types::Secret;

use super::error::Cause;

pub(super) const BEGIN: &[u8] = b"---- BEGIN ";

/// Longest header line, in bytes; the firewall's have 40.
const MOST_HEADER: u64 = 256;

/// Most header lines; the firewall writes five and an empty one.
const MOST_HEADERS: usize = 16;

/// Most rounds of PBKDF2: ten times what the firewall uses, a second of work.
const MOST_ROUNDS: u32 = 1_000_000;

const SALTED: &[u8] = b"Salted__";
const SALT: usize = 8;
const BLOCK: usize = 16;
const KEY: usize = 32;

/// The text of a sealed file.
pub(super) struct Unsealed<R: BufRead> {
    body: DecoderReader<'static, base64::engine::GeneralPurpose, Letters<R>>,
    cipher: Decryptor<Aes256>,
    /// Decrypted and not yet given away.
    ready: Vec<u8>,
    at: usize,
    /// The newest block: of the last one, only what stands before the padding is text.
    held: Option<[u8; BLOCK]>,
    is_done: bool,
}

impl<R: BufRead> Unsealed<R> {
    /// Reads the headers and the first block, which shows whether the passphrase is right.
    pub(super) fn open(mut input: R, passphrase: &Secret) -> Result<BufReader<Self>, Cause> {
        let rounds = headers(&mut input)?;
        let mut body = DecoderReader::new(Letters { inner: input, is_over: false }, &STANDARD);
        let mut start = [0; SALTED.len() + SALT];
        body.read_exact(&mut start)
            .map_err(|_| Cause::Sealed("is not what `openssl enc` writes"))?;
        let Some(salt) = start.strip_prefix(SALTED) else {
            return Err(Cause::Sealed("is not what `openssl enc` writes"));
        };
        let mut secret = [0; KEY + BLOCK];
        // OpenSSL takes the first line of the file that the firewall gives it.
        let words = passphrase.expose().lines().next().unwrap_or_default();
        pbkdf2_hmac::<Sha512>(words.as_bytes(), salt, rounds, &mut secret);
        let (key, vector) = secret.split_at(KEY);
        let cipher = Decryptor::new_from_slices(key, vector)
            .map_err(|_| Cause::Sealed("has a key of the wrong length"))?;
        let mut unsealed =
            Self { body, cipher, ready: Vec::new(), at: 0, held: None, is_done: false };
        unsealed.advance().map_err(|_| Cause::Sealed("is cut short"))?;
        let begins = unsealed.held.as_ref().map(<[u8; BLOCK]>::as_slice).unwrap_or_default();
        if !begins.starts_with(b"<?xml") && !begins.starts_with(b"<opnsense") {
            return Err(Cause::Passphrase);
        }
        Ok(BufReader::new(unsealed))
    }

    /// Decrypts one more block; the one before it is text.
    fn advance(&mut self) -> io::Result<()> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.body.read(rest)? {
                0 => break,
                n => filled += n,
            }
        }
        match (filled, self.held.take()) {
            (BLOCK, before) => {
                let mut block: Block<Decryptor<Aes256>> = block.into();
                self.cipher.decrypt_block(&mut block);
                self.ready.extend(before.into_iter().flatten());
                self.held = Some(block.into());
                Ok(())
            }
            (0, Some(last)) => {
                self.is_done = true;
                self.ready.extend_from_slice(unpadded(&last).ok_or_else(cut_short)?);
                Ok(())
            }
            _ => Err(cut_short()),
        }
    }
}

impl<R: BufRead> Read for Unsealed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.ready.len() && !self.is_done {
            self.ready.clear();
            self.at = 0;
            self.advance()?;
        }
        let mut rest = self.ready.get(self.at..).unwrap_or_default();
        let n = rest.read(out)?;
        self.at += n;
        Ok(n)
    }
}

fn cut_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the encrypted text is cut short or damaged")
}

/// PKCS #7: the last byte says how many bytes, all like it, are not text.
fn unpadded(block: &[u8; BLOCK]) -> Option<&[u8]> {
    let padding = usize::from(*block.last()?);
    let text = block.get(..BLOCK.checked_sub(padding)?).filter(|_| padding > 0)?;
    let pad = block.get(text.len()..)?;
    pad.iter().all(|b| usize::from(*b) == padding).then_some(text)
}

/// The rounds of PBKDF2; a file that was sealed in another way is refused.
fn headers(input: &mut impl BufRead) -> Result<u32, Cause> {
    let mut rounds = None;
    let (mut is_aes, mut is_sha512) = (false, false);
    for n in 0..MOST_HEADERS {
        let mut line = Vec::new();
        input.by_ref().take(MOST_HEADER).read_until(b'\n', &mut line).map_err(Cause::Read)?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if n > 0 && line.is_empty() {
            return match rounds {
                Some(rounds) if is_aes && is_sha512 && (1..=MOST_ROUNDS).contains(&rounds) => {
                    Ok(rounds)
                }
                _ => Err(Cause::Sealed(
                    "is sealed in another way than AES-256-CBC with SHA-512 and PBKDF2, as OPNsense does since 21.7",
                )),
            };
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_lowercase().as_str() {
            "cipher" => is_aes = value.eq_ignore_ascii_case("aes-256-cbc"),
            "hash" => is_sha512 = value.eq_ignore_ascii_case("sha512"),
            "pbkdf2" => rounds = value.parse().ok(),
            _ => {}
        }
    }
    Err(Cause::Sealed("has no end of its headers"))
}

/// The letters of base64 between the headers and the last line, without line ends.
struct Letters<R> {
    inner: R,
    is_over: bool,
}

impl<R: BufRead> Read for Letters<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written == 0 && !self.is_over && !out.is_empty() {
            let available = self.inner.fill_buf()?;
            if available.is_empty() {
                break;
            }
            let mut used = 0;
            let mut slots = out.iter_mut();
            for byte in available {
                match byte {
                    b'\n' | b'\r' | b' ' => {}
                    // `-` is no letter of it: the line that ends the file.
                    b'-' => {
                        self.is_over = true;
                        break;
                    }
                    letter => {
                        let Some(slot) = slots.next() else { break };
                        *slot = *letter;
                        written += 1;
                    }
                }
                used += 1;
            }
            self.inner.consume(used);
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use cbc::Encryptor;
    use cbc::cipher::{BlockModeEncrypt, block_padding::Pkcs7};
    use proptest::prelude::*;

    use super::*;

    /// As the firewall seals, with few rounds.
    fn seal(text: &[u8], passphrase: &str, rounds: u32) -> Vec<u8> {
        use base64::Engine as _;
        use std::fmt::Write as _;
        let salt = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
        let mut secret = [0; KEY + BLOCK];
        pbkdf2_hmac::<Sha512>(passphrase.as_bytes(), &salt, rounds, &mut secret);
        let (key, vector) = secret.split_at(KEY);
        let cipher = Encryptor::<Aes256>::new_from_slices(key, vector).unwrap();
        let sealed = [SALTED, &salt, &cipher.encrypt_padded_vec::<Pkcs7>(text)].concat();
        let mut file = format!(
            "---- BEGIN config.xml ----\nVersion: OPNsense 26.7\nCipher: AES-256-CBC\nPBKDF2: {rounds}\nHash: SHA512\n\n"
        );
        for line in STANDARD.encode(sealed).as_bytes().chunks(76) {
            writeln!(file, "{}", std::str::from_utf8(line).unwrap()).unwrap();
        }
        file.push_str("---- END config.xml ----\n");
        file.into_bytes()
    }

    fn unseal(file: &[u8], passphrase: &str) -> Result<Vec<u8>, String> {
        let mut reader =
            Unsealed::open(file, &Secret::new(passphrase)).map_err(|cause| cause.to_string())?;
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    #[test]
    fn a_wrong_passphrase_is_told_at_once_and_a_cut_file_too() {
        let file = seal(b"<?xml version=\"1.0\"?>\n<opnsense/>\n", "right", 3);
        assert!(unseal(&file, "wrong").unwrap_err().contains("passphrase"));
        let cut = &file[..file.len() - 60];
        assert!(unseal(cut, "right").is_err());
        let old = b"---- BEGIN config.xml ----\nCipher: AES-256-CBC\nHash: MD5\n\nAAAA\n";
        assert!(unseal(old, "right").unwrap_err().contains("since 21.7"));
        let slow = b"---- BEGIN config.xml ----\nCipher: AES-256-CBC\nHash: SHA512\nPBKDF2: 4000000000\n\nAAAA\n";
        assert!(unseal(slow, "right").is_err());
    }

    proptest! {
        #[test]
        fn what_was_sealed_comes_back(tail in prop::collection::vec(any::<u8>(), 0..200), passphrase in "\\PC{1,20}") {
            let text = [b"<?xml", tail.as_slice()].concat();
            // The first block must be whole for the check of the passphrase.
            let file = seal(&text, &passphrase, 2);
            prop_assert_eq!(unseal(&file, &passphrase).unwrap(), text);
        }

        #[test]
        fn damage_is_an_error_or_other_text_and_never_a_panic(at in 0_usize..400, byte in any::<u8>()) {
            let mut file = seal(&b"<?xml ".repeat(30), "p", 2);
            if let Some(b) = file.get_mut(at) { *b = byte; }
            let _either = unseal(&file, "p");
        }
    }
}
