//! Files that are no configuration, or want to be too much of one.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::process::Command;

use opndex::configxml::{Cause, Config};
use opndex::sync::config_domains;
use proptest::prelude::*;

use super::{fixture, read};

/// What is said of a file that is refused.
fn refusal(text: &str) -> String {
    read(text.as_bytes())
        .err()
        .unwrap_or_else(|| panic!("read: {}", &text[..text.len().min(200)]))
        .to_string()
}

#[test]
fn a_file_that_is_no_configuration_is_named_for_what_it_is() {
    for (text, words) in [
        ("", "line 1: this is no XML but an empty file"),
        ("{\"rows\":[]}", "line 1: this is no XML but JSON"),
        ("hello", "line 1: this is no XML but some other text"),
        ("\u{1f}\u{8b}", "some other text"),
        ("<pfsense><version>1</version></pfsense>", "line 1: the root element is `<pfsense>`"),
        (
            "---- BEGIN config.xml ----\nVersion: OPNsense 26.7\n",
            "line 1: this backup is encrypted with a passphrase",
        ),
        (
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<opnsense/>",
            "line 1: the encoding `ISO-8859-1` is not read",
        ),
    ] {
        let said = refusal(text);
        assert!(said.contains(words), "{text:?}: {said}");
    }
    let utf16: Vec<u8> = "<opnsense/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let said = read(&[&[0xff, 0xfe], utf16.as_slice()].concat()).unwrap_err().to_string();
    assert!(said.contains("UTF-16LE"), "{said}");
    let latin1 = b"<opnsense>\n<system><hostname>caf\xe9</hostname></system></opnsense>";
    let said = read(latin1).unwrap_err().to_string();
    assert!(said.starts_with("line 2: bytes that are not UTF-8"), "{said}");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, words) in [
        ("<opnsense>\n <filter>\n  <rule>\n", "line 4: the file ends inside `<rule>`"),
        ("<opnsense>\n <filter>\n  <ru", "line 3: the file ends inside `<filter>`"),
        ("<opnsense>\n <filter>\n </nat>\n</opnsense>", "line 3: not well-formed"),
        ("<opnsense>\n &xxe;\n</opnsense>", "line 2: the entity `&xxe;` is not one of the five"),
        (
            "<!DOCTYPE opnsense [<!ENTITY a \"b\">]>\n<opnsense/>",
            "line 1: a document type definition",
        ),
        ("<opnsense/>\n<opnsense/>", "line 2: not well-formed: a second root element"),
        ("<opnsense/>\ntext", "text outside of any element"),
        ("<opnsense>\n a & b\n</opnsense>", "line 2: not well-formed"),
        (
            "<opnsense><vlans>\n<vlan uuid=\"a\"/>\n<vlan uuid=\"b\"/>\n<vlan uuid=\"a\"/>\n</vlans></opnsense>",
            "line 4: the uuid `a` stands twice below `vlans/vlan`, first on line 2",
        ),
    ] {
        let said = refusal(text);
        assert!(said.contains(words), "{text:?}: {said}");
    }
}

/// Entities that would unfold to a billion words, were they expanded.
#[test]
fn an_entity_bomb_has_nothing_to_go_off_in() {
    let mut text = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY l0 \"lol\">\n".to_owned();
    for i in 1..10 {
        let ten = format!("&l{};", i - 1).repeat(10);
        writeln!(text, "<!ENTITY l{i} \"{ten}\">").unwrap();
    }
    text += "]>\n<opnsense><system><hostname>&l9;</hostname></system></opnsense>";
    assert!(refusal(&text).contains("a document type definition"));
}

#[test]
fn nesting_has_an_end() {
    let deep = format!("<opnsense>{}", "\n<a>".repeat(100_000));
    let said = refusal(&deep);
    assert!(said.contains("line 65: more than 64 elements within each other"), "{said}");
}

/// Bytes without end, made as they are read: no test needs the memory of what it refuses.
struct Endless {
    head: &'static [u8],
    again: &'static [u8],
    at: usize,
}

impl Endless {
    fn new(head: &'static str, again: &'static str) -> BufReader<Self> {
        BufReader::new(Self { head: head.as_bytes(), again: again.as_bytes(), at: 0 })
    }
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        for (i, byte) in out.iter_mut().enumerate() {
            let at = self.at + i;
            *byte = match self.head.get(at) {
                Some(byte) => *byte,
                None => self.again[(at - self.head.len()) % self.again.len()],
            };
        }
        self.at += out.len();
        Ok(out.len())
    }
}

fn endless(head: &'static str, again: &'static str) -> Cause {
    let input: Box<dyn BufRead> = Box::new(Endless::new(head, again));
    Config::read(input, &config_domains()).unwrap_err().cause
}

#[test]
fn a_file_without_end_is_given_up() {
    let skipped: &str =
        Box::leak(format!("<skipped>{}</skipped>\n", "text ".repeat(100_000)).into());
    assert!(matches!(endless("<opnsense>", skipped), Cause::File));
    assert!(matches!(endless("<opnsense><rrddata>", "x"), Cause::Piece));
    assert!(matches!(endless("<opnsense><a b=\"", "x"), Cause::Piece));
    assert!(matches!(endless("<opnsense><!--", "x"), Cause::Piece));
    let text: &str = Box::leak(format!("{}<!-- -->", "x".repeat(100_000)).into());
    assert!(matches!(endless("<opnsense><vlans>", "<vlan/>"), Cause::Kept));
    assert!(matches!(endless("<opnsense><filter><rule>", "<x>y</x>"), Cause::Kept));
    assert!(matches!(endless("<opnsense><vlans><vlan><descr>", text), Cause::Piece));
}

#[test]
fn a_file_that_is_refused_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("opndex.db");
    let whole = std::fs::read_to_string(fixture("mvc.xml")).unwrap();
    let cut = folder.path().join("cut.xml");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_opndex"));
    command.arg("--database").arg(&database).args(["--format", "json", "import"]).arg(&cut);
    let done = command.output().unwrap();
    assert_eq!(done.status.code(), Some(3), "{done:?}");
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains("cut.xml: line ") && said.contains("the file ends inside"), "{said}");
    assert!(!database.exists(), "no database is made for nothing");
}

proptest! {
    /// Whatever the bytes: an answer or a refusal, and never a panic.
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _either = read(&bytes);
        let _either = read(&[b"<opnsense><vlans>".as_slice(), &bytes].concat());
    }

    /// A configuration that was damaged anywhere is read or refused, with a line that exists.
    #[test]
    fn no_damage_breaks_the_reader(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = std::fs::read(fixture("mvc.xml")).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        let lines = u64::try_from(bytes.split(|b| *b == b'\n').count() - 1).unwrap() + 1;
        if let Err(error) = read(&bytes) {
            prop_assert!((1..=lines).contains(&error.line), "{error}");
        }
    }

    /// What is written is what is read, however it is escaped.
    #[test]
    fn text_survives_escaping(text in "[ -~äß\u{1f600}]{0,40}", cdata in any::<bool>()) {
        let written = if cdata && !text.contains("]]>") {
            format!("<![CDATA[{text}]]>")
        } else {
            text.replace('&', "&amp;").replace('<', "&#60;").replace('>', "&gt;").replace('"', "&quot;")
        };
        let xml = format!("<opnsense><vlans><vlan uuid=\"u\"><vlanif>vlan01</vlanif><if>igc1</if><tag>7</tag><descr>{written}</descr></vlan></vlans></opnsense>");
        let mut config = read(xml.as_bytes()).unwrap();
        let domain = opndex::domain::by_name("vlans").unwrap();
        let rows = config.take(domain, config.release);
        let i = domain.fields().iter().position(|f| f.name == "descr").unwrap();
        prop_assert_eq!(rows[0].1[0].get(i).unwrap().as_text(), text);
    }
}
