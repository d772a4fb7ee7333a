//! First byte and weight of the pages of a running server: `pages_bench --url http://127.0.0.1:8700 --token-file data/admin.token`.
//!
//! Weight is the page with the stylesheet and the script, as sent, uncompressed.

mod served;

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;
use served::quantile;

/// Looks at each page, after one that is not counted.
const LOOKS: usize = 40;
const MAX_FIRST_BYTE: Duration = Duration::from_millis(150);
const MAX_WEIGHT_BYTES: usize = 200_000;

struct Server {
    http: reqwest::Client,
    url: String,
    token: String,
}

struct Look {
    first_byte: Duration,
    bytes: usize,
}

impl Server {
    async fn look(&self, path: &str) -> anyhow::Result<Look> {
        let started = Instant::now();
        let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await?;
        let first_byte = started.elapsed();
        if !answer.status().is_success() {
            bail!("{path}: {}", answer.status());
        }
        Ok(Look { first_byte, bytes: answer.bytes().await?.len() })
    }

    async fn ask(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.http.get(format!("{}/api/v1{path}", self.url)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }
}

fn options() -> anyhow::Result<Server> {
    let (url, token) = served::running(&mut served::given()?)?;
    Ok(Server { http: reqwest::Client::new(), url, token })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = options()?;
    let found = server.ask("/search?limit=40").await?;
    println!("{} records", found.get("total").unwrap_or(&Value::Null));
    let hits = found.get("hits").and_then(Value::as_array).cloned().unwrap_or_default();
    let ids: Vec<&str> = hits.iter().filter_map(|hit| hit["record_id"].as_str()).collect();
    let one = ids.first().context("a record")?;
    let queries = ["承诺", "物流 AND 慢", "退款 OR 退货", "客服 NOT 态度", "没有"];
    let pages: [(&str, Vec<String>); 6] = [
        ("overview", vec!["/".into()]),
        ("search", queries.iter().map(|q| format!("/search?q={}", q.replace(' ', "+"))).collect()),
        ("search, all", vec!["/search".into()]),
        ("causes", vec!["/causes".into()]),
        ("trace", ids.iter().map(|id| format!("/records/{id}")).collect()),
        ("review", vec!["/review".into()]),
    ];
    let shared = server.look("/style.css").await?.bytes + server.look("/script.js").await?.bytes;
    let mut missed = Vec::new();
    for (name, paths) in pages {
        server.look(paths.first().map_or(one, String::as_str)).await?;
        let (mut times, mut heaviest) = (Vec::new(), 0);
        for path in paths.iter().cycle().take(LOOKS) {
            let look = server.look(path).await?;
            times.push(look.first_byte);
            heaviest = heaviest.max(look.bytes + shared);
        }
        times.sort();
        let ms = |q| quantile(&times, q).as_secs_f64() * 1_000.0;
        println!("{name:<12} first byte p50 {:7.1} ms   p95 {:7.1} ms   weight {heaviest} bytes", ms(0.5), ms(0.95));
        if quantile(&times, 0.95) > MAX_FIRST_BYTE || heaviest > MAX_WEIGHT_BYTES {
            missed.push(name);
        }
    }
    if missed.is_empty() { Ok(()) } else { bail!("past the bounds: {}", missed.join("、")) }
}
