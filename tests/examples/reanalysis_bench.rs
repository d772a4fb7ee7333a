//! Reading history again on a running server with data: `reanalysis_bench --url http://127.0.0.1:8700 --token-file data/admin.token`.
//!
//! Saves a taxonomy in which one leaf has another owner (a new version: use a server whose data may be changed), has everything read
//! again, and looks for records and counts meanwhile.

mod served;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// Records that are to be read again per second.
const FEWEST_PER_SECOND: f64 = 30_000.0;
/// Between two looks at how far it has come.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// What is asked meanwhile.
const QUESTIONS: [&str; 3] = ["/search?q=承诺", "/search?q=物流+AND+慢", "/causes?by=department"];

#[derive(Clone)]
struct Server {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Server {
    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{path}: {status} {text}");
        }
        Ok(serde_json::from_str(&text)?)
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.ask(reqwest::Method::GET, path, None).await
    }
}

/// The first leaf goes to an owner that is new each time.
fn changed(mut taxonomy: Value) -> anyhow::Result<Value> {
    let owner = format!("试验组{}", taxonomy.get("version").and_then(Value::as_u64).unwrap_or(0));
    taxonomy.pointer_mut("/owners").and_then(Value::as_array_mut).context("owners")?.push(json!(owner));
    *taxonomy.pointer_mut("/groups/0/causes/0/owner").context("a leaf")? = json!(owner);
    Ok(taxonomy)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (url, token) = served::running(&mut served::given()?)?;
    let server = Server { http: reqwest::Client::new(), url, token };

    let taxonomy = changed(server.get("/taxonomy").await?)?;
    server.ask(reqwest::Method::PUT, "/taxonomy?note=bench", Some(&taxonomy)).await?;
    let ended = Arc::new(AtomicBool::new(false));
    let (asking, is_over) = (server.clone(), Arc::clone(&ended));
    let asked = tokio::spawn(async move {
        let mut times = QUESTIONS.map(|question| (question, Vec::new()));
        while !is_over.load(Ordering::Relaxed) {
            for (question, times) in &mut times {
                let begun = Instant::now();
                asking.get(question).await?;
                times.push(begun.elapsed());
            }
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        anyhow::Ok(times)
    });
    let begun = Instant::now();
    let run = server.ask(reqwest::Method::POST, "/reanalyse", None).await?;
    let id = run.get("id").and_then(Value::as_i64).context("id")?;
    let mut read = None;
    let run = loop {
        let run = server.get(&format!("/reanalyse/{id}")).await?;
        let state = run.get("state").and_then(Value::as_str).unwrap_or_default();
        if state != "reading" && read.is_none() {
            read = Some(begun.elapsed());
        }
        match state {
            "done" => break run,
            "failed" => bail!("{run}"),
            _ => tokio::time::sleep(LOOK_INTERVAL).await,
        }
    };
    let whole = begun.elapsed();
    ended.store(true, Ordering::Relaxed);
    for (question, times) in asked.await?? {
        served::show(question, times);
    }
    let records = run.get("done").and_then(Value::as_u64).unwrap_or(0);
    let read = read.unwrap_or(whole);
    let speed = records as f64 / read.as_secs_f64();
    println!("{records} records read again in {:.1} s: {speed:.0} records/s", read.as_secs_f64());
    println!("responsibility worked out in {:.1} s more", (whole - read).as_secs_f64());
    if speed < FEWEST_PER_SECOND { bail!("slower than {FEWEST_PER_SECOND:.0} records/s") } else { Ok(()) }
}
