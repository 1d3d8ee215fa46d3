//! Whatever a firewall sends, no domain and no decoder breaks.

use opndex::domain::{ALL, RawRows, Source, decode};
use proptest::prelude::*;

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
        Just("10.0.0.1".into()),
        Just("00:11:22:33:44:55".into()),
        Just("lan".into()),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-z_]{1,6}", inner, 0..4)
                .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a field holds, a row becomes rows or a reject; never a panic, and never half of itself.
    #[test]
    fn no_value_breaks_a_domain(values in prop::collection::vec(any_json(), 32), present in prop::collection::vec(any::<bool>(), 32)) {
        for domain in ALL {
            let mut row = serde_json::Map::new();
            for (i, field) in domain.fields().iter().enumerate().filter(|(i, _)| present[i % 32]) {
                row.insert(field.name.to_owned(), values[i % 32].clone());
            }
            let body = serde_json::json!({"rows": [row], "total": 1}).to_string();
            let source = Source::grid(domain.sources()[0].name, "", "");
            let Ok(rows) = decode(&source, domain.fields(), body.as_bytes()) else { continue };
            let state = RawRows::new(*domain, rows);
            for row in state.iter() {
                let mut parsed = Vec::new();
                if domain.parse(row, &mut parsed).is_err() {
                    prop_assert!(parsed.is_empty());
                }
                let mut line = Vec::new();
                state.write_stable(row, &mut line);
                let mut volatile = Vec::new();
                state.write_volatile(row, &mut volatile);
                let back = opndex::domain::read_row(*domain, line.trim_ascii_end(), Some(volatile.trim_ascii_end())).unwrap();
                prop_assert_eq!(&back, row, "a stored row reads back as itself");
            }
        }
    }

    #[test]
    fn no_body_breaks_the_decoder(body in prop::collection::vec(any::<u8>(), 0..200), json in any_json()) {
        for source in ALL.iter().flat_map(|d| d.api_sources()) {
            let _either = decode(source, ALL[0].fields(), &body);
            let _either = decode(source, ALL[0].fields(), json.to_string().as_bytes());
        }
    }
}
