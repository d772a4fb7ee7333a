//! One file per command: the call, and how its answer looks.

mod causes;
mod commend;
mod dead_letters;
mod export;
mod facts;
mod promises;
mod report;
mod search;
mod status;
mod trace;
mod what_if;

use clap::CommandFactory;

use crate::{
    args::{Args, Command, Format},
    client::{self, Client, ClientError},
    failure::{Failure, Outcome},
    import,
    labels::Causes,
    output::Output,
    token,
};

/// What every command works with.
pub struct Context {
    /// The server.
    pub client: Client,
    /// Where the answer goes.
    pub output: Output,
}

impl Context {
    /// Whether the server's own bytes are wanted.
    pub fn wants_json(&self) -> bool {
        self.output.format == Format::Json
    }

    /// Names of causes.
    pub fn causes(&self) -> Causes {
        Causes::ask(&self.client)
    }
}

/// Runs the command of `args`.
///
/// # Errors
/// Whatever keeps it from its end.
pub fn run(args: Args) -> Result<Outcome, Failure> {
    let is_report = matches!(args.command, Command::Report(_));
    if !is_report && matches!(args.global.format, Some(Format::Html | Format::Pdf)) {
        return Err(Failure::usage("--format html 和 pdf 只用于 report"));
    }
    let base = client::base_of(&args.global.url)?;
    let token = token::find(&args.global, &base)?;
    let client = Client::new(base, token);
    let context = Context { client, output: Output::new(&args.global) };
    match args.command {
        Command::Import(options) => import::run(&context, &options),
        Command::Search(options) => search::run(&context, &options),
        Command::Causes(options) => causes::run(&context, &options),
        Command::Trace(options) => trace::run(&context, &options.id),
        Command::Promises(options) => promises::run(&context, &options),
        Command::WhatIf(options) => what_if::run(&context, &options),
        Command::Cases(options) => facts::case(&context, &options.id),
        Command::Departments(options) => facts::departments(&context, &options),
        Command::Contacts(options) => facts::contacts(&context, &options),
        Command::Agents(options) => facts::agent(&context, &options),
        Command::Emerging(options) => facts::emerging(&context, &options),
        Command::Commend(options) => commend::run(&context, &options),
        Command::Report(options) => report::run(&context, &options, &args.global),
        Command::Export(options) => export::run(&context, &options, &args.global),
        Command::DeadLetters(options) => dead_letters::run(&context, &options),
        Command::Status => status::run(&context),
        Command::Completions { shell } => completions(shell),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "tingjian", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)?;
    Ok(Outcome::Done)
}

/// `Ok(None)` where the server knows no such thing; says so on standard error.
fn or_absent<T>(answer: Result<T, ClientError>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.status() == Some(404) => {
            eprintln!("{error}");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Tells, on standard error, that nothing was found.
fn nothing(what: &str) -> Outcome {
    eprintln!("{what}");
    Outcome::Incomplete
}
