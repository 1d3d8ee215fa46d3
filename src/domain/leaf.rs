//! JSON values to leaves of a row: scalars, lists, and option dictionaries reduced to what is selected.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::raw::RawValue;

/// Nothing honest nests deeper; recursion is bounded by it.
pub(super) const MAX_DEPTH: usize = 8;

/// Map keys can hold escapes, so they cannot always be borrowed.
pub(super) struct Key(pub(super) String);

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(Self)
    }
}

macro_rules! ignore_scalars {
    ($value:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}

pub(super) use ignore_scalars;

/// A leaf, a list of leaves, or an option dictionary `{key: {value, selected}}` reduced to its selected keys.
pub(super) struct Leaf {
    pub(super) depth: usize,
}

impl<'de> DeserializeSeed<'de> for Leaf {
    type Value = Option<RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Leaf {
    type Value = Option<RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(RawValue::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(RawValue::Int(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        let value = i64::try_from(value)
            .map_or_else(|_| RawValue::Text(value.to_string().into()), RawValue::Int);
        Ok(Some(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(RawValue::Text(value.to_string().into())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok((!value.is_empty()).then(|| RawValue::Text(value.into())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        if self.depth > MAX_DEPTH {
            return Err(A::Error::custom("arrays nest too deep"));
        }
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Self { depth: self.depth + 1 })? {
            items.extend(item);
        }
        // An empty list says something (`is_reserved: []`), an empty text does not.
        Ok(Some(RawValue::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut selected: Vec<String> = Vec::new();
        while let Some(key) = map.next_key::<Key>()? {
            if map.next_value_seed(Selected)? && !key.0.is_empty() {
                selected.push(key.0);
            }
        }
        Ok((!selected.is_empty()).then(|| RawValue::Text(selected.join(",").into())))
    }
}

/// Whether one entry of an option dictionary is selected.
struct Selected;

impl<'de> DeserializeSeed<'de> for Selected {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<bool, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Selected {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    ignore_scalars!(false);

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut selected = false;
        while let Some(key) = map.next_key::<Key>()? {
            if key.0 == "selected" {
                selected = matches!(map.next_value_seed(Leaf { depth: MAX_DEPTH })?, Some(v) if v == RawValue::Int(1) || v == RawValue::Bool(true) || v == RawValue::Text("1".into()));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(selected)
    }
}
