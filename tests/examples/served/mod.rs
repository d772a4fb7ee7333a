//! What benchmarks share: the real server, a client, and times shown.

#![allow(dead_code, missing_docs)]

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::Value;

/// What the command line gives, by name.
pub fn given() -> anyhow::Result<HashMap<String, String>> {
    let mut words = std::env::args().skip(1);
    let mut given = HashMap::new();
    while let Some(name) = words.next() {
        given.insert(name, words.next().context("a value")?);
    }
    Ok(given)
}

/// The token in the file that `--token-file` names.
pub fn token(given: &mut HashMap<String, String>) -> anyhow::Result<String> {
    let file = given.remove("--token-file").context("--token-file")?;
    Ok(std::fs::read_to_string(&file).with_context(|| file)?.trim().to_owned())
}

/// Where the running server is that `--url` names, and its token.
pub fn running(given: &mut HashMap<String, String>) -> anyhow::Result<(String, String)> {
    let url = given.remove("--url").unwrap_or_else(|| "http://127.0.0.1:8700".into());
    Ok((url, token(given)?))
}

/// The real server in a folder of its own.
pub struct Server {
    child: Child,
    pub address: String,
    pub token: String,
    pub home: PathBuf,
    /// Removes the folder, unless somebody else keeps it.
    own: Option<tempfile::TempDir>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it with these variables beside its own.
    pub fn start(programs: &Path, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let own = tempfile::tempdir()?;
        let mut server = Self::start_in(programs, own.path(), variables)?;
        server.own = Some(own);
        Ok(server)
    }

    /// Starts it in a folder that stays.
    pub fn start_in(programs: &Path, home: &Path, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut child = Command::new(programs.join("tingjian-server"))
            .envs(variables.iter().copied())
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(home)
            .stderr(Stdio::piped())
            .spawn()
            .context("start tingjian-server; run `make build` first")?;
        let stderr = child.stderr.take().context("stderr")?;
        let mut lines = BufReader::new(stderr).lines();
        let address = loop {
            let line = lines.next().context("the server ended before it listened")??;
            if let Some((_, address)) = line.split_once("已启动：") {
                break address.trim().to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        let token = home.join("admin.token");
        let token = std::fs::read_to_string(token)?.trim().to_owned();
        Ok(Self { child, address, token, home: home.to_owned(), own: None })
    }

    /// Server and engine.
    fn processes(&self) -> Vec<u32> {
        let server = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap_or_default();
        let mut all = vec![server];
        all.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
            let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let parent =
                status.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).and_then(|p| p.parse().ok());
            if parent == Some(server) && !all.contains(&pid) {
                all.push(pid);
            }
        }
        all
    }

    /// Resident memory of all processes now, and the sum of their peaks, bytes.
    pub fn memory(&self) -> (u64, u64) {
        let field = |pid: &u32, name: &str| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let line = status.lines().find(|line| line.starts_with(name)).map(str::to_owned).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1_024
        };
        let all = self.processes();
        (all.iter().map(|pid| field(pid, "VmRSS:")).sum(), all.iter().map(|pid| field(pid, "VmHWM:")).sum())
    }
}

/// A client of it.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    token: String,
}

impl Client {
    pub fn of(server: &Server) -> Self {
        Self { http: reqwest::Client::new(), address: server.address.clone(), token: server.token.clone() }
    }

    pub async fn get(&self, path: &str, pairs: &[(&str, &str)]) -> anyhow::Result<Value> {
        let request = self.http.get(format!("{}/api/v1{path}", self.address)).bearer_auth(&self.token).query(pairs);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    pub async fn post(&self, stream: &str, body: String) -> anyhow::Result<u64> {
        let url = format!("{}/api/v1/streams/{stream}", self.address);
        let request = self.http.post(url).bearer_auth(&self.token).header("content-type", "application/x-ndjson");
        let answer: Value = request.body(body).send().await?.error_for_status()?.json().await?;
        answer.get("accepted").and_then(Value::as_u64).context("accepted")
    }

    pub async fn wait_ready(&self) -> anyhow::Result<()> {
        for _ in 0..600 {
            if let Ok(response) = self.http.get(format!("{}/health", self.address)).send().await
                && response.status().is_success()
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the server was not ready within 60 s")
    }

    /// The largest lag of a sink, records.
    pub async fn lag(&self) -> anyhow::Result<u64> {
        let text = self.http.get(format!("{}/metrics", self.address)).send().await?.text().await?;
        let lags = text.lines().filter(|line| line.starts_with("tingjian_lag_records"));
        let lags: Vec<f64> = lags.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
        if lags.is_empty() {
            bail!("no lag in the metrics");
        }
        Ok(lags.into_iter().fold(0.0, f64::max) as u64)
    }

    pub async fn wait_drained(&self) -> anyhow::Result<()> {
        while self.lag().await? > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

pub fn quantile(sorted: &[Duration], q: f64) -> Duration {
    let index = ((sorted.len() as f64 - 1.0) * q).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

pub fn show(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |q| quantile(&times, q).as_secs_f64() * 1_000.0;
    println!(
        "{name:<44} p50 {:8.1} ms   p95 {:8.1} ms   p99 {:8.1} ms   n {}",
        ms(0.5),
        ms(0.95),
        ms(0.99),
        times.len()
    );
}

pub fn folder_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => folder_bytes(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Asks so many times and shows how long it took.
pub async fn ask_times(
    client: &Client,
    name: &str,
    times: usize,
    question: impl Fn(usize) -> (String, Vec<(&'static str, String)>),
) -> anyhow::Result<()> {
    let mut taken = Vec::new();
    for number in 0..times {
        let (path, pairs) = question(number);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let started = Instant::now();
        client.get(&path, &pairs).await.with_context(|| format!("{path} {pairs:?}"))?;
        taken.push(started.elapsed());
    }
    show(name, taken);
    Ok(())
}
