//! `tingjian-server accounts`: add, password, link, list, revoke, audit. What is changed is in the audit trail.

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use jiff::Timestamp;

use crate::{
    accounts::{Account, Accounts},
    audit::{Audit, AuditFilter, CONSOLE, Deed},
    cli::{AccountsAction, AccountsOptions, Common},
};

/// Runs one action on the accounts of the data folder; a running server sees the change at once.
///
/// # Errors
/// Store trouble, unknown role or name.
pub fn run(options: &AccountsOptions) -> anyhow::Result<ExitCode> {
    let now = Timestamp::now();
    match &options.action {
        AccountsAction::Add { name, role, agent_no, department, expires_days, password, common } => {
            let account = Account {
                agent_no: agent_no.clone(),
                department: department.clone(),
                expires_at: expires_days.map(|days| now + Duration::from_secs(u64::from(days) * 86_400)),
                ..Account::new(name, role.parse()?, now)
            };
            add(&account, *password, common)?;
        }
        AccountsAction::Password { name, common } => {
            open(common)?.set_password(name, &typed_password()?)?;
            note(common, "password.change", name)?;
            eprintln!("已设置账号 {name} 的密码");
        }
        AccountsAction::Link { name, common } => {
            let server = common.load()?.server;
            let code = open(common)?.sign_in_code(name, now)?;
            note(common, "account.link", name)?;
            println!("{}/sign-in?code={code}", server.address());
        }
        AccountsAction::List { common } => list(&open(common)?, now)?,
        AccountsAction::Revoke { name, common } => {
            open(common)?.revoke(name, now)?;
            note(common, "account.revoke", name)?;
            eprintln!("已撤销账号 {name}");
        }
        AccountsAction::Audit { common } => return trail(common),
    }
    Ok(ExitCode::SUCCESS)
}

fn add(account: &Account, with_password: bool, common: &Common) -> anyhow::Result<()> {
    // Read first: an account without the password it was to have is none.
    let password = if with_password { Some(typed_password()?) } else { None };
    let accounts = open(common)?;
    let token = accounts.add(account)?;
    if let Some(password) = password {
        accounts.set_password(&account.name, &password)?;
    }
    note(common, "account.add", &account.name)?;
    eprintln!("已新建账号 {}（{}）。令牌只显示这一次：", account.name, account.role.name());
    println!("{token}");
    Ok(())
}

fn list(accounts: &Accounts, now: Timestamp) -> anyhow::Result<()> {
    for account in accounts.list()? {
        let state = match (account.revoked_at, account.is_usable(now)) {
            (Some(_), _) => "已撤销",
            (None, false) => "已到期",
            (None, true) => "有效",
        };
        let agent_no = account.agent_no.unwrap_or_default();
        let department = account.department.unwrap_or_default();
        println!(
            "{}\t{}\t{agent_no}\t{department}\t{}\t{state}",
            account.name,
            account.role.name(),
            account.created_at
        );
    }
    Ok(())
}

/// Checks the chain of the whole audit trail.
fn trail(common: &Common) -> anyhow::Result<ExitCode> {
    let audit = Audit::open(&common.load()?.server.data_dir)?;
    let lines = audit.count(&AuditFilter::default())?;
    match audit.first_changed(u32::MAX)? {
        None => {
            println!("审计记录完整，共 {lines} 行");
            Ok(ExitCode::SUCCESS)
        }
        Some(line) => {
            println!("审计记录从第 {line} 行起被改动过");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// One line of standard input: a password on the command line would stay in the shell's history.
fn typed_password() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("读不到标准输入")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("请从标准输入给出密码，例如：echo '…' | tingjian-server accounts password 账号名");
    }
    Ok(password.to_owned())
}

fn note(common: &Common, action: &str, subject: &str) -> anyhow::Result<()> {
    let at = Timestamp::now();
    let audit = Audit::open(&common.load()?.server.data_dir)?;
    Ok(audit.note(&Deed { at, account: CONSOLE, role: "-", action, subject, outcome: "done" })?)
}

fn open(common: &Common) -> anyhow::Result<Accounts> {
    let data_dir = common.load()?.server.data_dir;
    prepare(&data_dir)?;
    Ok(Accounts::open(&data_dir)?)
}

/// Makes the data folder, open to its owner only.
///
/// # Errors
/// When it cannot be made.
pub fn prepare(data_dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data_dir);
    made.with_context(|| format!("数据目录 {} 无法创建", data_dir.display()))
}
