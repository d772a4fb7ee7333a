//! Answers to heavy questions, remembered for some seconds: many people open the first page at the same time on Monday morning.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

/// How long an answer is given again.
const LIFETIME: Duration = Duration::from_secs(15);
/// Answers kept at most; the oldest goes.
const MOST: usize = 32;

struct Kept<T> {
    key: String,
    at: Instant,
    answer: Arc<T>,
}

/// Answers by what was asked.
pub struct Remembered<T> {
    kept: Mutex<Vec<Kept<T>>>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { kept: Mutex::new(Vec::new()) }
    }
}

impl<T> Remembered<T> {
    /// The answer under `key`, asked for unless it is younger than fifteen seconds at `now`. Whoever comes while it is being
    /// asked for waits for it rather than asking too; an error is not remembered.
    ///
    /// # Errors
    /// What asking says.
    pub async fn get<E>(
        &self,
        key: String,
        now: Instant,
        ask: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        let mut kept = self.kept.lock().await;
        kept.retain(|one| now.saturating_duration_since(one.at) < LIFETIME);
        if let Some(found) = kept.iter().find(|one| one.key == key) {
            return Ok(Arc::clone(&found.answer));
        }
        let answer = Arc::new(ask.await?);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        kept.push(Kept { key, at: now, answer: Arc::clone(&answer) });
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_given_again_until_it_is_old_and_an_error_never() {
        let remembered = Remembered::default();
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        let wrong = remembered.get("a".into(), begun, async { Err::<u8, _>("away") }).await;
        assert_eq!(wrong.unwrap_err(), "away");
        for (seconds, answer, expected) in [(0, 1, 1), (14, 2, 1), (15, 3, 3), (20, 4, 3)] {
            let found = remembered.get("a".into(), after(seconds), async move { Ok::<u8, &str>(answer) }).await;
            assert_eq!(*found.unwrap(), expected, "after {seconds} s");
        }
        for n in 0..100 {
            remembered.get(format!("{n}"), after(20), async { Ok::<u8, &str>(0) }).await.unwrap();
        }
        assert!(remembered.kept.lock().await.len() <= MOST);
    }
}
