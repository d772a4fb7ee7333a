//! One statement on its way to the engine, and what comes back.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::chdb::Counters;
use crate::exception::Exception;

/// A statement with all that shapes its run.
pub struct Call {
    /// What to run.
    pub work: Work,
    /// Database for unqualified names.
    pub database: String,
    /// Engine settings for this statement alone.
    pub settings: Vec<(String, String)>,
    /// Values for `{name:Type}`.
    pub parameters: Vec<(String, String)>,
    /// Refuse statements that change anything.
    pub read_only: bool,
    /// Where the answer goes.
    pub answers: mpsc::Sender<Answer>,
}

/// What to run.
pub enum Work {
    /// A complete statement.
    Query {
        /// The SQL text, `FORMAT` and inline data included.
        sql: Bytes,
        /// The output format if the statement names none.
        format: String,
        /// Collect the whole answer before sending any of it.
        whole: bool,
    },
    /// An insert with its data.
    Insert {
        /// The statement without `FORMAT` and data.
        head: Bytes,
        /// Input format.
        format: String,
        /// The data in order. Only [`Piece::End`] commits: a channel that merely closes cancels.
        data: mpsc::Receiver<Piece>,
    },
}

/// A piece of an insert's data.
#[derive(Debug)]
pub enum Piece {
    /// Bytes, any number of them.
    Data(Bytes),
    /// The body broke off; the insert is cancelled.
    Broken(Exception),
    /// All data has come.
    End,
}

/// What comes back: either one `Done`, or one `Failed`, or `Begun`, any number of `Piece`s and then `End`, or `Broken` if
/// the select fails half-way.
#[derive(Debug)]
pub enum Answer {
    /// The complete answer.
    Done {
        /// Its bytes.
        bytes: Bytes,
        /// Their format.
        format: String,
        /// What the statement cost.
        counters: Counters,
    },
    /// The statement failed before any of its answer was sent.
    Failed(Exception),
    /// A long answer begins.
    Begun {
        /// Its format.
        format: String,
    },
    /// A piece of a long answer.
    Piece(Bytes),
    /// The statement failed after part of its answer was sent.
    Broken(Exception),
    /// The long answer is complete.
    End,
}
