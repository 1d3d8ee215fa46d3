//! The embedded table of vendors against its source.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Names under which the registry hides an owner, or marks a block that was handed on in pieces.
const NOBODY: [&str; 2] = ["Private", "IEEE Registration Authority"];

const HEAD: &str = "\
# Organisations and the prefixes of MAC addresses assigned to them (hexadecimal; 6, 7 or 9 digits).
# Source: the public registries MA-L, MA-M, MA-S and IAB of the IEEE, as oui.csv, oui28.csv, oui36.csv and
# iab.csv in the crate oui-data 0.2.4 (MIT), without addresses, private entries and the registry's own.
# Renew: unpack a newer release of that crate, run
#   OPNDEX_OUI=path/to/oui-data/data OPNDEX_OUI_WRITE=1 cargo test --test it vendors
# and put its number here and in tests/it/vendors.rs.
";

/// The table as the source has it: names in order of the alphabet, prefixes in order.
fn table(folder: &Path) -> String {
    let mut vendors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in ["oui.csv", "oui28.csv", "oui36.csv", "iab.csv"] {
        let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            let name = record[2].split_whitespace().collect::<Vec<_>>().join(" ");
            if !name.is_empty() && !NOBODY.contains(&name.as_str()) {
                vendors.entry(name).or_default().push(record[1].to_owned());
            }
        }
    }
    let mut text = HEAD.to_owned();
    for (name, mut prefixes) in vendors {
        prefixes.sort();
        prefixes.dedup();
        writeln!(text, "{name}\t{}", prefixes.join(" ")).unwrap();
    }
    text
}

#[test]
fn the_table_of_vendors_is_what_its_source_says() {
    let Some(folder) = std::env::var_os("OPNDEX_OUI") else {
        println!("skipped: OPNDEX_OUI names no folder with the registries");
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/types/vendors.tsv");
    let fresh = table(Path::new(&folder));
    if std::env::var_os("OPNDEX_OUI_WRITE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == fresh,
        "src/types/vendors.tsv is not what {} gives",
        folder.display()
    );
}
