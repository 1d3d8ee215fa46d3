//! What happens to a response before the database sees it: decode, canonical order, chunks, rows.
//!
//! `cargo bench --bench parse [-- ROWS...]`

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a bench prints, stops at the first surprise, and shows rates as fractions"
)]

#[expect(dead_code, reason = "each bench uses its part")]
mod support;

use opndex::domain::RawRows;

use support::{decoded, lease_body, leases, sizes, timed};

fn main() {
    println!(
        "{:>9} {:>8} {:>12} {:>12} {:>12} {:>12} {:>12}",
        "rows", "MB", "json MB/s", "decode/s", "order/s", "canonical/s", "rows/s"
    );
    for size in sizes(&[1_000, 100_000, 1_000_000]) {
        let body = lease_body(size);
        let megabytes = body.len() as f64 / 1e6;
        let (value, _) =
            timed(|| serde_json::from_slice::<serde_json::Value>(&body).expect("JSON"));
        let (decode, raw) = timed(|| decoded(&body));
        let count = raw.len() as f64;
        let (order, state) = timed(|| RawRows::new(leases(), raw));
        let (canonical, bytes) = timed(|| {
            let mut bytes = Vec::new();
            for row in state.iter() {
                state.write_stable(row, &mut bytes);
                state.write_volatile(row, &mut bytes);
            }
            bytes
        });
        assert!(!bytes.is_empty());
        let (parse, parsed) = timed(|| {
            let mut parsed = Vec::new();
            for row in state.iter() {
                leases().parse(row, &mut parsed).expect("a lease");
            }
            parsed
        });
        assert_eq!(parsed.len(), state.len());
        let rate = |took: std::time::Duration| count / took.as_secs_f64();
        println!(
            "{count:>9} {megabytes:>8.1} {:>12.0} {:>12.0} {:>12.0} {:>12.0} {:>12.0}",
            megabytes / value.as_secs_f64(),
            rate(decode),
            rate(order),
            rate(canonical),
            rate(parse)
        );
    }
}
