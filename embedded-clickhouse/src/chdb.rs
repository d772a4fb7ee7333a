//! `libchdb.so`, loaded at run time: the only `unsafe` of the project.
//!
//! Three rules of the library that this file keeps for everyone else:
//! * one data folder per process, and the engine boots with the first connection ever opened;
//! * a connection runs one statement at a time (hence `&mut self` everywhere, and streams that borrow it);
//! * every connection must be closed before the process leaves through `exit`, or it crashes in its destructors.
//!
//! A [`Connection`] holds a raw pointer and so is neither `Send` nor `Sync`: it lives and dies on one thread.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use libloading::Library;

/// Why the library could not be used at all.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// `dlopen` or the look-up of a function failed.
    #[error("cannot load {path}: {reason}")]
    Load {
        /// The file that was tried.
        path: PathBuf,
        /// What the dynamic linker said.
        reason: String,
    },
    /// The library gave no connection.
    #[error("libchdb opened no connection (its own message is above)")]
    Connect,
}

/// An error reported by the engine for one statement, in its own words (`Code: 60. DB::Exception: …`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception(pub String);

type Handle = *mut c_void;
type Names = *const *const c_char;
type Lengths = *const usize;

/// Declares the table of functions that we use, each with its C signature from `chdb.h` of 26.7.
macro_rules! functions {
    ($($name:ident = $symbol:literal : fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        struct Functions { $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)* }

        impl Functions {
            fn find(library: &Library) -> Result<Self, libloading::Error> {
                Ok(Self { $(
                    // SAFETY: the type written above is the declaration of this symbol in chdb.h.
                    $name: *unsafe { library.get::<unsafe extern "C" fn($($argument),*) $(-> $result)?>($symbol) }?,
                )* })
            }
        }
    };
}

functions! {
    version = c"chdb_version": fn() -> *const c_char;
    set_signal_handlers = c"chdb_set_signal_handlers_enabled": fn(c_int);
    connect = c"chdb_connect": fn(c_int, *mut *mut c_char) -> *mut Handle;
    close = c"chdb_close_conn": fn(*mut Handle);
    query = c"chdb_query_with_params_n":
        fn(Handle, *const c_char, usize, *const c_char, usize, Names, Lengths, Names, Lengths, usize) -> Handle;
    stream_query = c"chdb_stream_query_with_params_n":
        fn(Handle, *const c_char, usize, *const c_char, usize, Names, Lengths, Names, Lengths, usize) -> Handle;
    stream_fetch = c"chdb_stream_fetch_result": fn(Handle, Handle) -> Handle;
    stream_cancel = c"chdb_stream_cancel_query": fn(Handle, Handle);
    insert = c"chdb_stream_insert_with_params_n":
        fn(Handle, *const c_char, usize, *const c_char, usize, Names, Lengths, Names, Lengths, usize) -> Handle;
    insert_append = c"chdb_stream_append": fn(Handle, *const c_void, usize) -> c_int;
    insert_done = c"chdb_stream_done": fn(Handle) -> Handle;
    insert_cancel = c"chdb_stream_cancel_insert": fn(Handle);
    insert_error = c"chdb_stream_insert_error": fn(Handle) -> *const c_char;
    insert_free = c"chdb_destroy_insert_stream": fn(Handle);
    classify = c"chdb_classify_query_n":
        fn(Handle, *const c_char, usize, *const c_char, usize, *mut RawAnalysis) -> c_int;
    error = c"chdb_result_error": fn(Handle) -> *const c_char;
    buffer = c"chdb_result_buffer": fn(Handle) -> *const u8;
    length = c"chdb_result_length": fn(Handle) -> usize;
    result_rows = c"chdb_result_rows_read": fn(Handle) -> u64;
    result_bytes = c"chdb_result_bytes_read": fn(Handle) -> u64;
    read_rows = c"chdb_result_storage_rows_read": fn(Handle) -> u64;
    read_bytes = c"chdb_result_storage_bytes_read": fn(Handle) -> u64;
    written_rows = c"chdb_result_rows_written": fn(Handle) -> u64;
    written_bytes = c"chdb_result_bytes_written": fn(Handle) -> u64;
    free = c"chdb_destroy_query_result": fn(Handle);
}

/// `chdb_query_analysis_v1` of chdb.h.
#[repr(C)]
struct RawAnalysis {
    struct_size: u32,
    statement_count: u32,
    flags: u32,
    query_class: u32,
}

/// What a statement does to state that outlives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Leaves no trace.
    ReadOnly,
    /// Changes tables or databases.
    Mutating,
    /// Touches the session or the engine (`SET`, `USE`, temporary tables, `SYSTEM`, …).
    Control,
    /// Did not parse, or is unknown to the classifier.
    Unknown,
}

/// What the engine's own parser sees in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analysis {
    /// Executable statements in the text; 0 if it did not parse.
    pub statements: u32,
    /// The most far-reaching class among them.
    pub class: Class,
}

/// What a statement read and wrote, in the units of `X-ClickHouse-Summary`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Rows read from tables.
    pub read_rows: u64,
    /// Bytes read from tables (uncompressed).
    pub read_bytes: u64,
    /// Rows written, including those of materialised views.
    pub written_rows: u64,
    /// Bytes written (uncompressed).
    pub written_bytes: u64,
    /// Rows of the answer.
    pub result_rows: u64,
    /// Bytes of the answer in the engine's memory.
    pub result_bytes: u64,
}

impl Counters {
    /// Adds what another piece of the same statement did.
    pub fn add(&mut self, other: Counters) {
        self.read_rows += other.read_rows;
        self.read_bytes += other.read_bytes;
        self.written_rows += other.written_rows;
        self.written_bytes += other.written_bytes;
        self.result_rows += other.result_rows;
        self.result_bytes += other.result_bytes;
    }
}

/// A piece of an answer, copied out of the engine.
#[derive(Debug, Default)]
pub struct Output {
    /// The formatted bytes.
    pub bytes: Vec<u8>,
    /// What this piece cost.
    pub counters: Counters,
}

/// A statement with its output (or input) format and its bound parameters.
pub struct Statement<'a> {
    /// The SQL text; for an insert, without `FORMAT` and without data.
    pub sql: &'a [u8],
    /// Output format of a query, input format of an insert.
    pub format: &'a str,
    /// Values for `{name:Type}`.
    pub parameters: &'a [(String, String)],
}

/// The loaded library.
pub struct Chdb {
    functions: Functions,
    // Dropped after the functions above have become unreachable.
    _library: Library,
}

impl Chdb {
    /// Loads the library and keeps it from installing signal handlers.
    ///
    /// # Errors
    /// [`LibraryError::Load`] if the file is missing, not a library for this machine, or lacks a function we need.
    pub fn load(path: &Path) -> Result<Arc<Self>, LibraryError> {
        let failed = |error: libloading::Error| LibraryError::Load { path: path.into(), reason: error.to_string() };
        // SAFETY: loading runs the initialisers of libchdb, which are made to run in a foreign process (it is the
        // library of the Python and Node packages). Anything they could break is confined to this child process.
        let library = unsafe { Library::new(path) }.map_err(failed)?;
        let functions = Functions::find(&library).map_err(failed)?;
        // SAFETY: takes an int, documented to be called before the first connection. We handle SIGTERM and SIGINT.
        unsafe { (functions.set_signal_handlers)(0) };
        Ok(Arc::new(Self { functions, _library: library }))
    }

    /// The engine's version, such as `26.7.3`.
    pub fn version(&self) -> String {
        // SAFETY: takes nothing, returns a static string or null.
        unsafe { text((self.functions.version)()) }.unwrap_or_default()
    }

    /// Takes what a result handle holds and frees it.
    ///
    /// # Safety
    /// `result` is null or a live result handle that nobody else will use or free.
    unsafe fn take(&self, result: Handle) -> Result<Output, Exception> {
        if result.is_null() {
            return Err(Exception("Code: 1002. DB::Exception: libchdb returned no result. (UNKNOWN_EXCEPTION)".into()));
        }
        let f = &self.functions;
        // SAFETY: the caller gives us a live handle; error text and buffer belong to it and are copied before the free.
        unsafe {
            let taken = match text((f.error)(result)) {
                Some(message) => Err(Exception(message)),
                None => Ok(Output { bytes: self.copy(result), counters: self.counters(result) }),
            };
            (f.free)(result);
            taken
        }
    }

    /// # Safety
    /// `result` is a live result handle.
    unsafe fn copy(&self, result: Handle) -> Vec<u8> {
        // SAFETY: buffer and length describe memory owned by the live handle.
        unsafe {
            let (start, length) = ((self.functions.buffer)(result), (self.functions.length)(result));
            if start.is_null() || length == 0 { Vec::new() } else { std::slice::from_raw_parts(start, length).to_vec() }
        }
    }

    /// # Safety
    /// `result` is a live result handle.
    unsafe fn counters(&self, result: Handle) -> Counters {
        let f = &self.functions;
        // SAFETY: plain getters over a live handle.
        unsafe {
            Counters {
                read_rows: (f.read_rows)(result),
                read_bytes: (f.read_bytes)(result),
                written_rows: (f.written_rows)(result),
                written_bytes: (f.written_bytes)(result),
                result_rows: (f.result_rows)(result),
                result_bytes: (f.result_bytes)(result),
            }
        }
    }
}

/// # Safety
/// `message` is null or a NUL-terminated string that lives during the call.
unsafe fn text(message: *const c_char) -> Option<String> {
    // SAFETY: promised by the caller.
    (!message.is_null()).then(|| unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned())
}

/// One session of the engine.
pub struct Connection {
    chdb: Arc<Chdb>,
    raw: NonNull<Handle>,
}

impl Connection {
    /// Opens a session. The first one boots the engine; `arguments` are `--path=…`, `--setting=value`, ….
    ///
    /// # Errors
    /// [`LibraryError::Connect`] if the library gives none (it prints why on standard error).
    pub fn open(chdb: &Arc<Chdb>, arguments: &[CString]) -> Result<Self, LibraryError> {
        let mut argv: Vec<*mut c_char> = arguments.iter().map(|argument| argument.as_ptr().cast_mut()).collect();
        let count = c_int::try_from(argv.len()).map_err(|_| LibraryError::Connect)?;
        // SAFETY: argv holds `count` NUL-terminated strings that outlive the call; the library copies and never writes.
        let raw = unsafe { (chdb.functions.connect)(count, argv.as_mut_ptr()) };
        let raw = NonNull::new(raw).ok_or(LibraryError::Connect)?;
        Ok(Self { chdb: chdb.clone(), raw })
    }

    fn handle(&self) -> Handle {
        // SAFETY: `raw` came from chdb_connect, points to a connection handle, and is closed only in Drop.
        unsafe { *self.raw.as_ptr() }
    }

    /// Runs a statement and collects its whole answer in memory.
    ///
    /// # Errors
    /// What the engine says about the statement.
    pub fn query(&mut self, statement: &Statement<'_>) -> Result<Output, Exception> {
        let bound = Bound::new(statement.parameters);
        // SAFETY: `call` hands over pointers with their lengths that outlive the call; the result is ours to free.
        unsafe { self.chdb.take(self.call(self.chdb.functions.query, statement, &bound)) }
    }

    /// Starts a select whose answer is fetched block by block. Only plain selects can be streamed.
    ///
    /// # Errors
    /// What the engine says about the statement, including that it cannot be streamed.
    pub fn stream(&mut self, statement: &Statement<'_>) -> Result<Rows<'_>, Exception> {
        let bound = Bound::new(statement.parameters);
        let chdb = self.chdb.clone();
        // SAFETY: as in `query`; the handle is freed in `Rows::drop`, or below when it only carries an error.
        let raw = unsafe { self.call(chdb.functions.stream_query, statement, &bound) };
        // SAFETY: `raw` is the live handle of this stream.
        if raw.is_null() || unsafe { !(chdb.functions.error)(raw).is_null() } {
            // SAFETY: nobody else holds the handle.
            return Err(unsafe { chdb.take(raw) }.err().unwrap_or_else(|| Exception("stream ended early".into())));
        }
        Ok(Rows { chdb, connection: self.handle(), raw, ended: false, _busy: PhantomData })
    }

    /// Starts an insert whose data is appended piece by piece.
    ///
    /// # Errors
    /// What the engine says about the statement (unknown table, column, format, …).
    pub fn insert(&mut self, statement: &Statement<'_>) -> Result<Insertion<'_>, Exception> {
        let bound = Bound::new(statement.parameters);
        let chdb = self.chdb.clone();
        // SAFETY: as in `query`; the handle is freed in `Insertion::drop`.
        let raw = unsafe { self.call(chdb.functions.insert, statement, &bound) };
        let insertion = Insertion { chdb, raw, _busy: PhantomData };
        match insertion.error() {
            Some(exception) => Err(exception),
            None => Ok(insertion),
        }
    }

    /// Parses a text with the engine's parser without running it.
    pub fn classify(&mut self, sql: &[u8]) -> Analysis {
        const SIZE: u32 = size_of::<RawAnalysis>() as u32;
        let mut raw = RawAnalysis { struct_size: SIZE, statement_count: 0, flags: 0, query_class: 4 };
        // SAFETY: text with its length, no target database, and a report struct whose size is stated in it.
        let state = unsafe {
            (self.chdb.functions.classify)(self.handle(), sql.as_ptr().cast(), sql.len(), ptr::null(), 0, &raw mut raw)
        };
        let class = match (state, raw.query_class) {
            (0, 0) => Class::ReadOnly,
            (0, 1 | 2) => Class::Mutating,
            (0, 3) => Class::Control,
            _ => Class::Unknown,
        };
        Analysis { statements: raw.statement_count, class }
    }

    /// # Safety
    /// `function` is one of the three that take a statement with parameters; its result must be freed by the caller.
    unsafe fn call(&self, function: WithParameters, statement: &Statement<'_>, bound: &Bound) -> Handle {
        let (sql, format) = (statement.sql, statement.format);
        // SAFETY: every pointer is paired with its length, and all of them outlive the call.
        unsafe {
            function(
                self.handle(),
                sql.as_ptr().cast(),
                sql.len(),
                format.as_ptr().cast(),
                format.len(),
                bound.names.as_ptr(),
                bound.name_lengths.as_ptr(),
                bound.values.as_ptr(),
                bound.value_lengths.as_ptr(),
                bound.names.len(),
            )
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: opened by chdb_connect and closed exactly here; streams borrow the connection, so none is alive.
        unsafe { (self.chdb.functions.close)(self.raw.as_ptr()) };
    }
}

type WithParameters = unsafe extern "C" fn(
    Handle,
    *const c_char,
    usize,
    *const c_char,
    usize,
    Names,
    Lengths,
    Names,
    Lengths,
    usize,
) -> Handle;

/// Parameters laid out as the parallel arrays of the C interface. Points into the strings it was made from.
struct Bound {
    names: Vec<*const c_char>,
    name_lengths: Vec<usize>,
    values: Vec<*const c_char>,
    value_lengths: Vec<usize>,
}

impl Bound {
    fn new(parameters: &[(String, String)]) -> Self {
        Self {
            names: parameters.iter().map(|(name, _)| name.as_ptr().cast()).collect(),
            name_lengths: parameters.iter().map(|(name, _)| name.len()).collect(),
            values: parameters.iter().map(|(_, value)| value.as_ptr().cast()).collect(),
            value_lengths: parameters.iter().map(|(_, value)| value.len()).collect(),
        }
    }
}

/// A running select. Dropping it before its end cancels it.
pub struct Rows<'c> {
    chdb: Arc<Chdb>,
    connection: Handle,
    raw: Handle,
    ended: bool,
    _busy: PhantomData<&'c mut Connection>,
}

impl Rows<'_> {
    /// The next block, formatted as a document of its own; `None` at the end.
    ///
    /// # Errors
    /// What the engine says when the select fails half-way.
    pub fn next(&mut self) -> Result<Option<Output>, Exception> {
        if self.ended {
            return Ok(None);
        }
        // SAFETY: both handles are alive; the connection is borrowed by this stream, so nothing else runs on it.
        let output = unsafe { self.chdb.take((self.chdb.functions.stream_fetch)(self.connection, self.raw)) };
        self.ended = output.as_ref().map_or(true, |output| output.bytes.is_empty());
        output.map(|output| (!output.bytes.is_empty()).then_some(output))
    }
}

impl Drop for Rows<'_> {
    fn drop(&mut self) {
        // SAFETY: the stream is ours; cancelled only while it runs, freed exactly once, before the connection.
        unsafe {
            if !self.ended {
                (self.chdb.functions.stream_cancel)(self.connection, self.raw);
            }
            (self.chdb.functions.free)(self.raw);
        }
    }
}

/// A running insert. Dropping it without [`Insertion::finish`] cancels it.
pub struct Insertion<'c> {
    chdb: Arc<Chdb>,
    raw: Handle,
    _busy: PhantomData<&'c mut Connection>,
}

impl Insertion<'_> {
    fn error(&self) -> Option<Exception> {
        // SAFETY: the handle is alive (the library never returns null here, and reads null as “invalid stream”).
        unsafe { text((self.chdb.functions.insert_error)(self.raw)) }.map(Exception)
    }

    /// Appends data in the statement's format; may wait until the engine has worked off earlier pieces.
    /// Returns `false` when the insert has failed already: [`Insertion::finish`] then says why.
    pub fn append(&mut self, data: &[u8]) -> bool {
        // SAFETY: a live handle and a buffer with its length; the library copies it.
        unsafe { (self.chdb.functions.insert_append)(self.raw, data.as_ptr().cast(), data.len()) == 0 }
    }

    /// Ends the data and commits.
    ///
    /// # Errors
    /// What the engine says about the data; then nothing (or only whole earlier blocks) has been committed.
    pub fn finish(self) -> Result<Counters, Exception> {
        // SAFETY: a live handle; the result is taken and freed here, the stream itself in Drop.
        unsafe { self.chdb.take((self.chdb.functions.insert_done)(self.raw)) }.map(|output| output.counters)
    }

    /// Gives up without committing.
    pub fn cancel(self) {
        // SAFETY: a live handle, freed in Drop.
        unsafe { (self.chdb.functions.insert_cancel)(self.raw) };
    }
}

impl Drop for Insertion<'_> {
    fn drop(&mut self) {
        // SAFETY: freed exactly once; cancels first when not finished.
        unsafe { (self.chdb.functions.insert_free)(self.raw) };
    }
}

/// Leaves the process at once, without destructors. Even after all connections have been closed in order, and with them
/// the engine, its remaining threads race the library's destructors in `exit`: 4 of 10 processes crashed there.
pub fn leave(code: u8) -> ! {
    unsafe extern "C" {
        fn _exit(code: c_int) -> !;
    }
    // SAFETY: POSIX `_exit`, always allowed.
    unsafe { _exit(c_int::from(code)) }
}
