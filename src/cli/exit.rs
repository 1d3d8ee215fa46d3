//! Exit codes: the part of the command line that scripts read.

use std::fmt::Write as _;

/// All is well; an answer without rows is one.
pub(super) const WELL: u8 = 0;
/// Some domains are not fresh after a sync; their earlier rows were kept.
pub(super) const PARTIAL: u8 = 1;
/// The question or the settings cannot be used; `clap` ends with the same code.
pub(super) const REFUSED: u8 = 2;
/// Nothing could be read from a firewall.
pub(super) const UNREAD: u8 = 3;
/// `EX_SOFTWARE` of sysexits.h.
pub(super) const INTERNAL: u8 = 70;
/// 128 and the number of SIGINT, as shells have it.
pub(super) const INTERRUPTED: u8 = 130;

/// Every code, as the help explains it.
const CODES: &[(u8, &str)] = &[
    (WELL, "all is well (an answer without rows is one, and so is a `serve` that was stopped)"),
    (
        PARTIAL,
        "sync: some domains are not fresh; their earlier rows are kept; import: some files were not read; \
         doctor: something needs attention",
    ),
    (
        REFUSED,
        "the command, a filter or a setting cannot be used; the message says how to repair it",
    ),
    (
        UNREAD,
        "sync: nothing could be read (unreachable, certificate, credentials); doctor: the same; import: no file was",
    ),
    (INTERNAL, "internal fault: the database failed, or a defect of opndex"),
    (INTERRUPTED, "interrupted; what was read before is kept"),
];

/// The section of the help.
pub(super) fn help() -> String {
    let mut text = "Exit codes:".to_owned();
    for (code, meaning) in CODES {
        let _ = write!(text, "\n  {code:>3}  {meaning}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_a_promise_to_scripts() {
        let codes: Vec<u8> = CODES.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, [0, 1, 2, 3, 70, 130]);
    }
}
