//! One connection of the engine as a server's stateless HTTP session: nothing that a request sets outlives it.
//!
//! The C interface has no settings argument, so settings go through `SET`, but for those that connections begin with. A connection whose state was touched (by
//! settings of the request, or by a statement such as `SET`, `USE` or `CREATE TEMPORARY TABLE`) is afterwards replaced by
//! a fresh one, which costs 0.3 ms. So is one whose statement failed: libchdb keeps the part of an answer that was made
//! before the failure and puts it in front of the next one. The database is only remembered: every request names its own.

use std::ffi::CString;
use std::sync::Arc;

use bytes::Bytes;

use crate::call::{Answer, Call, Piece, Work};
use crate::chdb::{Analysis, Chdb, Class, Connection, Counters, LibraryError, Rows, Statement};
use crate::engine::SETTINGS;
use crate::exception::{Exception, code};
use crate::format::Joiner;
use crate::statement::{Shape, is_select, shape};

/// Answers up to this size are sent in one piece, with their counters in a header and errors as an HTTP status.
pub const WHOLE_ANSWER_BYTES: usize = 1 << 20;

/// The database of a fresh connection.
const DEFAULT_DATABASE: &str = "default";

type Answers = tokio::sync::mpsc::Sender<Answer>;

/// A connection with what is known of its state.
pub struct Session {
    chdb: Arc<Chdb>,
    arguments: Arc<[CString]>,
    connection: Connection,
    database: String,
    touched: bool,
}

impl Session {
    /// Opens a session; the very first boots the engine.
    ///
    /// # Errors
    /// [`LibraryError::Connect`].
    pub fn open(chdb: Arc<Chdb>, arguments: Arc<[CString]>) -> Result<Self, LibraryError> {
        let connection = Connection::open(&chdb, &arguments)?;
        Ok(Self { chdb, arguments, connection, database: DEFAULT_DATABASE.into(), touched: false })
    }

    /// Runs one call and sends its answer. Never fails: errors are answers.
    pub fn run(&mut self, call: Call) {
        let answers = call.answers.clone();
        if let Err(exception) = self.answer(call) {
            self.touched = true;
            // The client may have gone; then nobody wants to know.
            let _ = answers.blocking_send(Answer::Failed(exception));
        }
        drop(answers);
        if self.touched {
            self.renew();
        }
    }

    /// Opens the new connection before closing the old one: the engine shuts down with its last connection.
    fn renew(&mut self) {
        match Connection::open(&self.chdb, &self.arguments) {
            Ok(connection) => {
                self.connection = connection;
                self.database = DEFAULT_DATABASE.into();
                self.touched = false;
            }
            Err(error) => tracing::error!(%error, "no fresh connection; trying again with the next request"),
        }
    }

    fn answer(&mut self, call: Call) -> Result<(), Exception> {
        if self.touched {
            return Err(Exception::new(code::UNKNOWN_EXCEPTION, "UNKNOWN_EXCEPTION", "No fresh connection"));
        }
        self.enter(&call.database)?;
        self.set(&call.settings)?;
        match call.work {
            Work::Query { sql, format, whole } => {
                self.check(&sql, call.read_only)?;
                self.query(&sql, &format, &call.parameters, whole, &call.answers)
            }
            Work::Insert { head, format, data } => {
                if call.read_only {
                    return Err(read_only());
                }
                let statement = Statement { sql: &head, format: &format, parameters: &call.parameters };
                let counters = self.insert(&statement, data)?;
                send(&call.answers, Answer::Done { bytes: Bytes::new(), format, counters });
                Ok(())
            }
        }
    }

    /// Makes `database` the current one.
    fn enter(&mut self, database: &str) -> Result<(), Exception> {
        if self.database != database {
            self.control(&format!("USE `{}`", escape(database, '`')))?;
            database.clone_into(&mut self.database);
        }
        Ok(())
    }

    fn set(&mut self, settings: &[(String, String)]) -> Result<(), Exception> {
        let is_other = |(name, value): &&(String, String)| !SETTINGS.contains(&(name.as_str(), value.as_str()));
        let list: Vec<String> = settings
            .iter()
            .filter(is_other)
            .map(|(name, value)| format!("{name} = '{}'", escape(value, '\'')))
            .collect();
        if list.is_empty() {
            return Ok(());
        }
        self.touched = true;
        self.control(&format!("SET {}", list.join(", ")))
    }

    fn control(&mut self, sql: &str) -> Result<(), Exception> {
        let statement = Statement { sql: sql.as_bytes(), format: "Null", parameters: &[] };
        self.connection.query(&statement).map(|_| ()).map_err(Exception::from)
    }

    /// Refuses what a server refuses before it runs anything.
    fn check(&mut self, sql: &[u8], is_read_only: bool) -> Result<(), Exception> {
        let Analysis { statements, class } = self.connection.classify(sql);
        if statements > 1 {
            return Err(Exception::new(code::SYNTAX_ERROR, "SYNTAX_ERROR", "Multi-statements are not allowed"));
        }
        if is_read_only && matches!(class, Class::Mutating | Class::Control) {
            return Err(read_only());
        }
        self.touched |= !matches!(class, Class::ReadOnly | Class::Mutating);
        Ok(())
    }

    fn query(
        &mut self,
        sql: &[u8],
        default_format: &str,
        parameters: &[(String, String)],
        whole: bool,
        answers: &Answers,
    ) -> Result<(), Exception> {
        let format = match shape(sql) {
            Shape::Other { format: Some(format) } => format.to_owned(),
            _ => default_format.to_owned(),
        };
        let statement = Statement { sql, format: default_format, parameters };
        match Joiner::new(&format) {
            Some(joiner) if !whole && is_select(sql) => self.select(&statement, format, joiner, answers),
            _ => {
                let output = self.connection.query(&statement)?;
                send(answers, Answer::Done { bytes: output.bytes.into(), format, counters: output.counters });
                Ok(())
            }
        }
    }

    /// Runs a select block by block: a short answer is sent whole, a long one as it comes.
    fn select(
        &mut self,
        statement: &Statement<'_>,
        format: String,
        mut joiner: Joiner,
        answers: &Answers,
    ) -> Result<(), Exception> {
        let mut rows = self.connection.stream(statement)?;
        let mut bytes = Vec::new();
        let mut counters = Counters::default();
        while let Some(block) = rows.next()? {
            counters.add(block.counters);
            bytes.append(&mut joiner.join(block.bytes));
            if bytes.len() > WHOLE_ANSWER_BYTES {
                send(answers, Answer::Begun { format });
                send(answers, Answer::Piece(bytes.into()));
                let complete = send_rest(rows, joiner, answers);
                self.touched |= !complete;
                return Ok(());
            }
        }
        drop(rows);
        send(answers, Answer::Done { bytes: bytes.into(), format, counters });
        Ok(())
    }

    fn insert(
        &mut self,
        statement: &Statement<'_>,
        mut data: tokio::sync::mpsc::Receiver<Piece>,
    ) -> Result<Counters, Exception> {
        let mut insertion = self.connection.insert(statement)?;
        loop {
            match data.blocking_recv() {
                Some(Piece::Data(bytes)) if insertion.append(&bytes) => {}
                // With data refused the insert has failed already; finishing it says why.
                Some(Piece::Data(_) | Piece::End) => return insertion.finish().map_err(Exception::from),
                Some(Piece::Broken(exception)) => {
                    insertion.cancel();
                    return Err(exception);
                }
                None => {
                    insertion.cancel();
                    return Err(Exception::new(code::ABORTED, "ABORTED", "The engine is shutting down"));
                }
            }
        }
    }
}

/// Sends the blocks that are left; stops (which cancels the select) when the client has gone. `true` if the select ran to
/// its end.
fn send_rest(mut rows: Rows<'_>, mut joiner: Joiner, answers: &Answers) -> bool {
    loop {
        match rows.next() {
            Ok(Some(block)) => {
                if !send(answers, Answer::Piece(joiner.join(block.bytes).into())) {
                    return false;
                }
            }
            Ok(None) => return send(answers, Answer::End),
            Err(exception) => {
                send(answers, Answer::Broken(exception.into()));
                return false;
            }
        }
    }
}

/// `false` if nobody listens any more.
fn send(answers: &Answers, answer: Answer) -> bool {
    answers.blocking_send(answer).is_ok()
}

fn read_only() -> Exception {
    let message = "Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. \
                   You should use method POST for modifying queries";
    Exception::new(code::READONLY, "READONLY", message)
}

fn escape(text: &str, quote: char) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        if character == quote || character == '\\' {
            escaped.push('\\');
        }
        escaped.push(character);
        escaped
    })
}
