//! The way out: one request of `inquiries` on the wire of `partners`, and the tokens of sources that want one.

use crate::NotNow;
use domain::{id::ShopId, inquiry::Ask};
use inquiries::{About, Answer, Request, Step, Token, TrackerSource, Verdict};
use partners::{
    call::{Answered, BODY_BYTES_MAX, Call, Caller},
    guard::NoClient,
};
use std::{
    collections::HashMap,
    sync::OnceLock,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Tokens remembered by one process; more than a deployment has sources.
const TOKENS_MAX: usize = 1000;
/// Requests of one inquiry: a token, the question, and both again when the token was taken back before its end.
const STEPS_MAX: usize = 4;
/// Sources whose keys one process remembers to have asked for.
const KEYS_ASKED_MAX: usize = 1000;

/// The way out. The client is made when first needed: reading the machine's roots takes as long as the whole start.
#[derive(Default)]
pub(crate) struct Outside {
    caller: OnceLock<Caller>,
    tokens: Mutex<HashMap<(ShopId, TrackerSource), Token>>,
    keys_asked: Mutex<HashMap<(ShopId, String), Instant>>,
}

impl Outside {
    fn caller(&self) -> Result<&Caller, NoClient> {
        if let Some(caller) = self.caller.get() {
            return Ok(caller);
        }
        let made = Caller::new()?;
        Ok(self.caller.get_or_init(|| made))
    }

    /// Makes a request.
    ///
    /// # Errors
    /// When no request can be made at all. That nobody answered is a verdict.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Result<Answer, Verdict>, NotNow> {
        self.ask_for(request, BODY_BYTES_MAX).await
    }

    /// The same for an answer that may be longer.
    pub(crate) async fn ask_for(&self, request: &Request, body_bytes_max: usize) -> Result<Result<Answer, Verdict>, NotNow> {
        let call = Call {
            method: request.method.as_str(),
            url: &request.url,
            headers: &request.headers,
            body: request.body.as_deref(),
            body_bytes_max,
            wanted: &Answer::HEADERS,
        };
        Ok(match self.caller()?.call(&call).await {
            Ok(answered) => Ok(answer(answered)),
            Err(none) => Err(Verdict::Again { why: none.code().to_owned() }),
        })
    }

    /// What an answer amounts to of which nothing but yes or no is wanted.
    ///
    /// # Errors
    /// As [`Outside::ask`].
    pub(crate) async fn yes_or_no(&self, request: &Request) -> Result<Verdict, NotNow> {
        Ok(self.ask(request).await?.map_or_else(|verdict| verdict, |answer| answer.verdict()))
    }

    /// Asks a tracker, with a token first where it wants one; gives the answer back beside what it amounts to.
    ///
    /// # Errors
    /// As [`Outside::ask`].
    pub(crate) async fn inquire(
        &self,
        source: TrackerSource,
        ask: Ask,
        about: &About<'_>,
    ) -> Result<(Verdict, Option<Answer>), NotNow> {
        let name = (about.parcel.shop.clone(), source);
        let mut token = self.tokens.lock().await.get(&name).filter(|token| token.is_good(about.now)).cloned();
        let mut is_old = token.is_some();
        for _ in 0..STEPS_MAX {
            let step = match source.step(ask, about, token.as_ref()) {
                Ok(step) => step,
                Err(verdict) => return Ok((verdict, None)),
            };
            match step {
                Step::Token(request) => {
                    let given = self.ask(&request).await?.and_then(|answer| source.token(&answer, about.now));
                    match given {
                        Ok(given) => token = Some(self.remember(name.clone(), given).await),
                        Err(verdict) => return Ok((verdict, None)),
                    }
                }
                Step::Ask(request) => {
                    let answer = match self.ask(&request).await? {
                        Ok(answer) => answer,
                        Err(verdict) => return Ok((verdict, None)),
                    };
                    let verdict = source.verdict(ask, about, &answer);
                    if verdict == Verdict::BadCredentials && token.is_some() {
                        self.tokens.lock().await.remove(&name);
                        if std::mem::take(&mut is_old) {
                            token = None;
                            continue;
                        }
                    }
                    return Ok((verdict, Some(answer)));
                }
            }
        }
        Ok((Verdict::Again { why: "no_token".to_owned() }, None))
    }

    async fn remember(&self, name: (ShopId, TrackerSource), token: Token) -> Token {
        let mut tokens = self.tokens.lock().await;
        if tokens.len() >= TOKENS_MAX {
            tokens.clear();
        }
        tokens.insert(name, token.clone());
        token
    }

    /// Whether a source's keys may be asked for now, as this process remembers: also what failed is not asked again at once.
    pub(crate) async fn may_ask_for_keys(&self, shop: &ShopId, source: &str, every: Duration) -> bool {
        let mut asked = self.keys_asked.lock().await;
        let name = (shop.clone(), source.to_owned());
        if asked.get(&name).is_some_and(|at| at.elapsed() < every) {
            return false;
        }
        if asked.len() >= KEYS_ASKED_MAX {
            asked.clear();
        }
        asked.insert(name, Instant::now());
        true
    }
}

fn answer(answered: Answered) -> Answer {
    let header = |name: &str| answered.header(name).map(str::to_owned);
    let [retry_after, link, total_pages] = Answer::HEADERS.map(header);
    Answer { status: answered.status, retry_after, link, total_pages, body: answered.body }
}
