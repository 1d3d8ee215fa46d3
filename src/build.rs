//! What the compiler cannot do by itself: notice a new migration, and pack the table of vendors.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

const VENDORS: &str = "src/types/vendors.tsv";

/// `sqlx::migrate!` alone does not notice a new file, and the binary would ship without it.
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-changed={VENDORS}");
    pack_vendors(&fs::read_to_string(VENDORS)?, Path::new(&env::var("OUT_DIR")?))
}

/// Writes `vendors.txt` (all names on end), `vendors.at` (where each begins, as big-endian `u32`, and one
/// more for the end) and, by length of prefix, `vendors.24`, `.28` and `.36`: sorted records of the prefix
/// (filled up with zeros to 3, 4 and 5 bytes) and the number of its name as big-endian `u16`. Half the size
/// of a sorted text, and nothing is decoded when the program starts.
fn pack_vendors(text: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut names = String::new();
    let mut starts = Vec::new();
    let mut tables: BTreeMap<usize, BTreeMap<Vec<u8>, u16>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, prefixes) = line.split_once('\t').ok_or("a vendor without prefixes")?;
        let number = u16::try_from(starts.len())?;
        starts.push(u32::try_from(names.len())?);
        names.push_str(name);
        for prefix in prefixes.split(' ') {
            let padded = format!("{prefix:0<width$}", width = prefix.len().next_multiple_of(2));
            let bytes: Vec<u8> = (0..padded.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(padded.get(at..at + 2).unwrap_or_default(), 16))
                .collect::<Result<_, _>>()?;
            tables.entry(prefix.len() * 4).or_default().insert(bytes, number);
        }
    }
    starts.push(u32::try_from(names.len())?);
    fs::write(folder.join("vendors.txt"), names)?;
    let starts: Vec<u8> = starts.iter().flat_map(|at| at.to_be_bytes()).collect();
    fs::write(folder.join("vendors.at"), starts)?;
    for bits in [24, 28, 36] {
        let table = tables.remove(&bits).unwrap_or_default();
        let records = table.into_iter().flat_map(|(prefix, number)| {
            prefix.into_iter().chain(number.to_be_bytes()).collect::<Vec<u8>>()
        });
        fs::write(folder.join(format!("vendors.{bits}")), records.collect::<Vec<u8>>())?;
    }
    if tables.is_empty() { Ok(()) } else { Err("a prefix is neither 24, 28 nor 36 bits".into()) }
}
