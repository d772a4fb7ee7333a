//! `tingjian-server accounts`: add, list, revoke.

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use jiff::Timestamp;

use crate::{
    accounts::{Account, Accounts},
    cli::{AccountsAction, AccountsOptions, Common},
};

/// Runs one action on the accounts of the data folder; a running server sees the change at once.
///
/// # Errors
/// Store trouble, unknown role or name.
pub fn run(options: &AccountsOptions) -> anyhow::Result<ExitCode> {
    match &options.action {
        AccountsAction::Add { name, role, agent_no, department, common } => {
            let account = Account {
                name: name.clone(),
                role: role.parse()?,
                agent_no: agent_no.clone(),
                department: department.clone(),
                created_at: Timestamp::now(),
                revoked_at: None,
            };
            let token = open(common)?.add(&account)?;
            eprintln!("已新建账号 {name}（{role}）。令牌只显示这一次：");
            println!("{token}");
        }
        AccountsAction::Link { name, common } => {
            let server = common.load()?.server;
            let code = open(common)?.sign_in_code(name, Timestamp::now())?;
            println!("{}/sign-in?code={code}", server.address());
        }
        AccountsAction::List { common } => {
            for account in open(common)?.list()? {
                let state = if account.revoked_at.is_some() { "已撤销" } else { "有效" };
                let agent_no = account.agent_no.unwrap_or_default();
                let department = account.department.unwrap_or_default();
                println!(
                    "{}\t{}\t{agent_no}\t{department}\t{}\t{state}",
                    account.name,
                    account.role.name(),
                    account.created_at
                );
            }
        }
        AccountsAction::Revoke { name, common } => {
            open(common)?.revoke(name, Timestamp::now())?;
            eprintln!("已撤销账号 {name} 的令牌");
        }
    }
    Ok(ExitCode::SUCCESS)
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
