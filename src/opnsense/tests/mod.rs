//! Against a small server on loopback: what is sent, how often, and what is said when it fails.
