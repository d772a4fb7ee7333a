//! `tingjian import`: a file's rows → batches → the server, each row acknowledged or in the error file.

mod bar;
mod batch;
mod ledger;
mod preview;
mod send;
mod settle;
mod summary;

use std::{path::Path, time::Duration};

use sha2::{Digest, Sha256};
use tingjian_sheets::{
    InputFile, Progress, Reading, Shaper, error_file,
    mapping::Wishes,
    mapping_file,
    survey::{self, EncodingChoice},
};

use crate::{
    args::{self, Import},
    commands::Context,
    failure::{Failure, Outcome},
    import::{
        bar::Bar,
        batch::Cutter,
        ledger::Ledger,
        send::{Ending, Plan},
        summary::Summary,
    },
};

/// Imports one file.
///
/// # Errors
/// Wrong options, a file that cannot be read, a server that cannot be reached or refuses.
pub fn run(context: &Context, options: &Import) -> Result<Outcome, Failure> {
    let input = InputFile::open(&options.file, &reading(options))?;
    spare_input(options, context.output.path.as_deref())?;
    let shaper = Shaper::new(&input, options.stream, &wishes(options)?, &context.output.zone)?;
    if options.dry_run {
        return preview::show(context, &input, &shaper);
    }
    preview::tell(&input, &shaper, options.stream);
    let identity = identity(context.client.base(), options, &input, &shaper);
    let mut ledger = Ledger::open(&options.file, &identity, options.restart)?;
    let resumed_from = ledger.state.rows;
    if resumed_from > 0 {
        eprintln!("从第 {} 行数据继续（前 {resumed_from} 行已确认）；从头开始用 --restart。", resumed_from + 1);
    }
    let mut bar = Bar::new(input.length());
    let sent = send(context, options, &input, &shaper, &mut ledger, &mut bar);
    bar.clear();
    let (ending, repeated_ids) = match sent {
        Ok(sent) => sent,
        Err(failure) => return Err(broken_off(failure, &mut ledger)),
    };
    let errors = (ledger.state.refused > 0)
        .then(|| {
            let path = options.errors.clone().unwrap_or_else(|| error_file::default_path(&input));
            let refused = Box::new(ledger.refused()?);
            Ok::<_, Failure>((path.clone(), error_file::write(&input, refused, &path)?))
        })
        .transpose()?;
    let state = ledger.state.clone();
    ledger.remove();
    let behind = if options.wait { settle::wait(&context.client) } else { settle::behind(&context.client) };
    Summary { behind, options, state: &state, errors, ending, repeated_ids, resumed_from, bar: &bar }
        .tell(&context.output)
}

/// Nothing is ever written over the file that is imported.
fn spare_input(options: &Import, output: Option<&Path>) -> Result<(), Failure> {
    let input = options.file.canonicalize().ok();
    let same = |path: &Path| path.canonicalize().is_ok_and(|path| Some(path) == input);
    match options.errors.as_deref().into_iter().chain(output).find(|path| same(path)) {
        Some(path) => Err(Failure::usage(format!("不能把结果写到正在导入的文件 {}", path.display()))),
        None => Ok(()),
    }
}

/// Sends what is not acknowledged yet. Gives how it ended and how many ids were repeated.
fn send(
    context: &Context,
    options: &Import,
    input: &InputFile,
    shaper: &Shaper,
    ledger: &mut Ledger,
    bar: &mut Bar,
) -> Result<(Ending, u64), Failure> {
    let plan = Plan {
        client: &context.client,
        stream: options.stream,
        batch_rows: u64::from(options.batch_rows),
        parallel: options.parallel as usize,
        retry: Duration::from_secs(options.retry_seconds),
        waiting: bar.waiting(),
        keep_going: options.keep_going || ledger.state.rows > 0,
    };
    let progress = Progress::default();
    let mut cutter = Cutter::new(input.rows(Progress::clone(&progress))?, ledger.state.rows, shaper, progress)?;
    let ending = plan.send_all(&mut cutter, |receipt| {
        ledger.enter(&receipt)?;
        bar.advance(&receipt, &ledger.state);
        Ok(())
    })?;
    Ok((ending, cutter.repeated_ids()))
}

fn reading(options: &Import) -> Reading {
    let encoding = match options.encoding {
        args::EncodingChoice::Auto => EncodingChoice::Auto,
        args::EncodingChoice::Utf8 => EncodingChoice::Utf8,
        args::EncodingChoice::Gb18030 => EncodingChoice::Gb18030,
    };
    Reading { encoding, header_row: options.header_row, sheet: options.sheet.clone(), max_cells: None }
}

fn wishes(options: &Import) -> Result<Wishes, Failure> {
    Ok(Wishes {
        mapping: options.mapping.as_deref().map(mapping_file::read).transpose()?,
        maps: options.maps.clone(),
        sets: options.sets.clone(),
        occurred_at: options.occurred_at.clone(),
        keep_unmapped: options.keep_unmapped,
    })
}

/// What makes two runs the same import: rows that one server has acknowledged are news to another.
fn identity(server: &str, options: &Import, input: &InputFile, shaper: &Shaper) -> String {
    let mapping = match shaper {
        Shaper::AsIs => "as is".to_owned(),
        Shaper::Mapped(mapped) => mapped.mapping.identity(),
    };
    let whole =
        format!("{server}\n{}\n{}\n{:?}\n{mapping}", options.stream, input.survey.fingerprint, options.header_row);
    survey::hex(&Sha256::digest(whole))
}

/// Saves how far it came and tells how to go on.
fn broken_off(failure: Failure, ledger: &mut Ledger) -> Failure {
    if let Err(error) = ledger.save() {
        eprintln!("进度没有存下来（{error}）；再次运行会从头开始，已导入的行不会重复计数。");
    } else if matches!(failure, Failure::Server(_)) {
        let state = &ledger.state;
        eprintln!(
            "已确认 {} 行（接受 {}，拒绝 {}）。再次运行同一命令从断处继续。",
            state.rows, state.accepted, state.refused
        );
    }
    failure
}
