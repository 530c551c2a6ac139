//! Connections that are begun before anybody asks for them: while a handshake waits for the other side, a client can be made.

use hyper::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use std::{
    error::Error,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, sync::oneshot, task::JoinHandle, time::timeout};
use tower_service::Service;

/// How long a connection waits to be wanted. The other side closes one on which nothing is said; an environment that was
/// frozen right after its start opens another.
const WAITS_MAX: Duration = Duration::from_secs(10);

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type Trouble = Box<dyn Error + Send + Sync>;
type Opening = Pin<Box<dyn Future<Output = Result<Stream, Trouble>> + Send>>;

/// A connection on its way.
#[derive(Debug)]
struct Begun {
    to: Uri,
    at: Instant,
    opening: JoinHandle<Result<Stream, Trouble>>,
}

/// Opens connections, and hands out those that were begun before.
#[derive(Debug, Clone)]
pub struct Ahead {
    connector: HttpsConnector<HttpConnector>,
    /// TLS included.
    connect_timeout: Duration,
    /// One for each service at most.
    begun: Arc<Mutex<Vec<Begun>>>,
}

impl Ahead {
    /// Nothing is begun yet.
    pub fn new(connector: HttpsConnector<HttpConnector>, connect_timeout: Duration) -> Self {
        Self { connector, connect_timeout, begun: Arc::default() }
    }

    /// Begins a connection. The first that is wanted to the same host within ten seconds is this one; if none is, nothing is
    /// lost but a connection. What comes back tells when it stands, and ends when it cannot.
    pub fn begin(&self, to: Uri) -> oneshot::Receiver<()> {
        let (stands, standing) = oneshot::channel();
        let (opening, patience) = (self.connector.clone().call(to.clone()), self.connect_timeout);
        let opening = tokio::spawn(async move {
            let stream = timeout(patience, opening).await??;
            // Nobody may listen any more.
            stands.send(()).ok();
            Ok(stream)
        });
        self.lock().push(Begun { to, at: Instant::now(), opening });
        standing
    }

    fn take(&self, to: &Uri) -> Option<Begun> {
        let mut begun = self.lock();
        begun.retain(|begun| begun.at.elapsed() < WAITS_MAX);
        let place = begun.iter().position(|begun| begun.to.scheme() == to.scheme() && begun.to.authority() == to.authority())?;
        Some(begun.remove(place))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Uri> for Ahead {
    type Response = Stream;
    type Error = Trouble;
    type Future = Opening;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Trouble>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, to: Uri) -> Opening {
        match self.take(&to) {
            Some(begun) => Box::pin(async move { begun.opening.await? }),
            None => Box::pin(self.connector.call(to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::{self, Trust};
    use std::{net::SocketAddr, time::Duration};
    use tokio::net::TcpListener;

    fn ahead() -> Ahead {
        connector::client(Trust::Amazon, Duration::from_secs(1)).unwrap().1
    }

    fn own_address(stream: &Stream) -> SocketAddr {
        let MaybeHttpsStream::Http(stream) = stream else { panic!("TLS over plain HTTP") };
        stream.inner().local_addr().unwrap()
    }

    #[tokio::test]
    async fn a_connection_begun_is_used_once_and_for_its_own_host() {
        let (here, there) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let [to_here, to_there]: [Uri; 2] =
            [&here, &there].map(|host| format!("http://{}/path", host.local_addr().unwrap()).parse().unwrap());
        let mut ahead = ahead();
        let standing = ahead.begin(to_here.clone());
        let (_, begun) = here.accept().await.unwrap();
        standing.await.unwrap();
        let (elsewhere, accepted) = tokio::join!(ahead.call(to_there), there.accept());
        assert_eq!(own_address(&elsewhere.unwrap()), accepted.unwrap().1);
        assert_eq!(own_address(&ahead.call(to_here.clone()).await.unwrap()), begun);
        assert_ne!(own_address(&ahead.call(to_here).await.unwrap()), begun);
    }

    #[tokio::test]
    async fn a_connection_begun_in_vain_is_told_and_the_next_is_opened_anew() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = closed.local_addr().unwrap();
        let to: Uri = format!("http://{address}").parse().unwrap();
        drop(closed);
        let mut ahead = ahead();
        ahead.begin(to.clone()).await.unwrap_err();
        ahead.call(to.clone()).await.unwrap_err();
        let _opened = TcpListener::bind(address).await.unwrap();
        ahead.call(to).await.unwrap();
    }
}
