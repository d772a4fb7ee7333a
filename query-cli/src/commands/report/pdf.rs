//! HTML → PDF by a browser that is there already.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::failure::Failure;

/// Names under which Chromium is installed; the first one found prints. `TINGJIAN_CHROMIUM` names another one.
const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Prints a report to `to`.
///
/// # Errors
/// No browser; it fails.
pub fn print(html: &[u8], to: &Path) -> Result<(), Failure> {
    let own = env::var("TINGJIAN_CHROMIUM").ok();
    let found = own.or_else(|| BROWSERS.iter().find(|name| is_there(name)).map(|name| (*name).to_owned()));
    let browser = found.ok_or_else(|| {
        Failure::usage(
            "没有找到 Chromium，不能写 PDF：请安装 chromium，用 TINGJIAN_CHROMIUM 指明，或改用 --format html 再打印",
        )
    })?;
    // Beside the PDF: browsers in a sandbox may not read elsewhere.
    let page = to.with_extension("print.html");
    fs::write(&page, html)?;
    let outcome = run(&browser, &page, to);
    let _ = fs::remove_file(&page);
    outcome
}

fn is_there(name: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).any(|folder| folder.join(name).is_file())
}

fn run(browser: &str, page: &Path, to: &Path) -> Result<(), Failure> {
    let page = fs::canonicalize(page)?;
    let status = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
        .arg(format!("--print-to-pdf={}", to.display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() && to.is_file() {
        Ok(())
    } else {
        Err(Failure::usage(format!("{browser} 没有写出 PDF（{status}）")))
    }
}
