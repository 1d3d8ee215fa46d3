//! A statement in the making: its text, and the values its numbered parameters stand for.

use sea_query::{Value, Values};

/// Names in the text come from declarations; everything else is bound.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) text: String,
    values: Vec<Value>,
}

impl Statement {
    /// The parameter that stands for `value`; it may be used several times and in any order.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    pub(super) fn into_parts(self) -> (String, Values) {
        (self.text, Values(self.values))
    }
}
