//! Rebuild when a migration is added: `sqlx::migrate!` alone does not notice a new file, and the
//! binary would ship without it.
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
