//! One HTTPS request to an address of our own configuration, on a connection of its own: what was said and what can be proved.
//!
//! It is made of the pieces that the AWS SDK brings already. The guard of merchants' addresses (`guard`) stands on reqwest, which
//! would add half a megabyte to the postman of letters; an address that we chose ourselves needs no guard.

use crate::guard::{Limits, NoClient};
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use std::sync::Arc;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Where a request goes: HTTPS anywhere, plain HTTP to this machine only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    is_plain: bool,
    host: String,
    port: u16,
    /// Without a slash at the end.
    pub(crate) path: String,
}

impl Address {
    /// Reads a base URL.
    ///
    /// # Errors
    /// The word for the ledger.
    pub(crate) fn read(base_url: &str) -> Result<Self, &'static str> {
        let url: hyper::Uri = base_url.parse().map_err(|_| "not_a_url")?;
        let (Some(scheme), Some(host)) = (url.scheme_str(), url.host()) else { return Err("not_a_url") };
        let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
        let is_plain = match scheme {
            "https" => false,
            "http" if is_here => true,
            _ => return Err("not_https"),
        };
        let port = url.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
        let host = host.trim_matches(['[', ']']).to_owned();
        Ok(Self { is_plain, host, port, path: url.path().trim_end_matches('/').to_owned() })
    }

    /// As the header `Host` has it.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Why there is no whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Nothing was said yet: no connection stood, TLS included.
    Before(&'static str),
    /// Something may have been said.
    After(&'static str),
}

/// The machine's trusted roots and the times within which a request has to end.
#[derive(Clone)]
pub(crate) struct Wire {
    tls: TlsConnector,
    limits: Limits,
}

impl Wire {
    /// Reads the machine's trusted roots.
    ///
    /// # Errors
    /// When there are none.
    pub(crate) fn new(limits: Limits) -> Result<Self, NoClient> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(NoClient::NoRoots);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|_| NoClient::NoRoots)?.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), limits })
    }

    /// Says one request and hears the beginning of its answer, `body_bytes_max` at most: its status and its body. Of a body that
    /// breaks off, what came.
    pub(crate) async fn ask(
        &self,
        address: &Address,
        request: Request<Full<Bytes>>,
        body_bytes_max: usize,
    ) -> Result<(u16, Vec<u8>), Broken> {
        self.hear(address, request, body_bytes_max).await.map(|heard| (heard.status, heard.body))
    }

    /// The same, with the headers of the answer and whether its body came to its end.
    pub(crate) async fn hear(
        &self,
        address: &Address,
        request: Request<Full<Bytes>>,
        body_bytes_max: usize,
    ) -> Result<Heard, Broken> {
        let connecting = timeout(self.limits.connect, self.connect(address)).await;
        let stream = connecting.map_err(|_| Broken::Before("connect_timeout"))?.map_err(Broken::Before)?;
        let talking = timeout(self.limits.total, talk(stream, request, body_bytes_max)).await;
        talking.map_err(|_| Broken::After("timeout"))?
    }

    async fn connect(&self, address: &Address) -> Result<Box<dyn Stream>, &'static str> {
        let stream = TcpStream::connect((address.host.as_str(), address.port)).await.map_err(|_| "connect")?;
        if address.is_plain {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(address.host.clone()).map_err(|_| "not_a_url")?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| "connect")?;
        Ok(Box::new(stream))
    }
}

/// A connection, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What was heard of an answer.
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is whole.
    Whole,
    /// There is more than was wanted, or as much.
    TooLong,
    /// The connection broke.
    BrokenOff,
}

async fn talk(stream: Box<dyn Stream>, request: Request<Full<Bytes>>, body_bytes_max: usize) -> Result<Heard, Broken> {
    let lost = |_| Broken::After("connection_lost");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
    // It ends with the answer; what broke it is heard below.
    let speaking = tokio::spawn(connection);
    let answered = sender.send_request(request).await.map_err(lost);
    let heard = match answered {
        Ok(answer) => {
            let (head, mut body) = answer.into_parts();
            let mut bytes = Vec::new();
            let end = loop {
                let data = match body.frame().await {
                    None => break End::Whole,
                    Some(Err(_)) => break End::BrokenOff,
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) => data,
                        Err(_trailers) => continue,
                    },
                };
                let room = body_bytes_max - bytes.len();
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() >= room {
                    break End::TooLong;
                }
            };
            Ok(Heard { status: head.status.as_u16(), headers: head.headers, body: bytes, end })
        }
        Err(broken) => Err(broken),
    };
    speaking.abort();
    heard
}
