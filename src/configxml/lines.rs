//! A reader that knows its line and stops before it reads too much.

use std::io::{self, BufRead, Read};

use super::error::Cause;
use super::limits;

/// Counts what passes, and refuses to pass more than the bounds.
pub(super) struct Lines<R> {
    inner: R,
    line: u64,
    read: u64,
    /// Bytes of the piece that is being read.
    piece: u64,
    /// The bound that was met; the error that the XML reader makes of it does not say.
    over: Option<Cause>,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(inner: R) -> Self {
        Self { inner, line: 1, read: 0, piece: 0, over: None }
    }

    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn take_over(&mut self) -> Option<Cause> {
        self.over.take()
    }

    pub(super) const fn start_piece(&mut self) {
        self.piece = 0;
    }

    fn stop(&mut self, cause: Cause) -> io::Error {
        self.over = Some(cause);
        io::Error::other("a bound was met")
    }
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let n = available.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read > limits::FILE {
            return Err(self.stop(Cause::File));
        }
        if self.piece > limits::PIECE {
            return Err(self.stop(Cause::Piece));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        // What was filled is still there: this asks for no new bytes.
        let passed = self.inner.fill_buf().ok().and_then(|buffer| buffer.get(..n));
        let lines = passed.unwrap_or_default().split(|b| *b == b'\n').count() - 1;
        self.line += u64::try_from(lines).unwrap_or(0);
        let n_long = u64::try_from(n).unwrap_or(u64::MAX);
        self.read = self.read.saturating_add(n_long);
        self.piece = self.piece.saturating_add(n_long);
        self.inner.consume(n);
    }
}
