//! The joined questions.
