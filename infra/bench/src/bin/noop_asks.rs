//! The no-op, but it opens connections before it asks for its first event, as functions do: what of a start is theirs.
//!
//! `NOOP_CONNECTIONS` says how many, side by side, to `AWS_ENDPOINT_URL`; over each goes one request. TLS is bare rustls over the
//! roots in `SSL_CERT_FILE`, without the SDK.

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use std::sync::Arc;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;

type Trouble = lambda_http::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Trouble> {
    let connections: usize = std::env::var("NOOP_CONNECTIONS")?.parse()?;
    let url = std::env::var("AWS_ENDPOINT_URL")?;
    let tls = if url.starts_with("https://") { Some(TlsConnector::from(Arc::new(config()?))) } else { None };
    let address = url.rsplit('/').next().unwrap_or_default().to_owned();
    let mut opening = JoinSet::new();
    for _ in 0..connections {
        opening.spawn(open(address.clone(), tls.clone()));
    }
    let mut open = Vec::new();
    while let Some(opened) = opening.join_next().await {
        open.push(opened??);
    }
    let answer = |_: lambda_http::Request| async { Ok::<_, Trouble>(lambda_http::Response::new(lambda_http::Body::Empty)) };
    lambda_http::run(lambda_http::service_fn(answer)).await
}

fn config() -> Result<ClientConfig, Trouble> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(std::env::var("SSL_CERT_FILE")?)? {
        roots.add(root?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// A connection that has answered once and stays open.
async fn open(address: String, tls: Option<TlsConnector>) -> Result<Box<dyn Send>, Trouble> {
    let stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let host = address.split(':').next().unwrap_or_default().to_owned();
    match tls {
        Some(tls) => ask(tls.connect(ServerName::try_from(host)?, stream).await?).await,
        None => ask(stream).await,
    }
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(mut stream: S) -> Result<Box<dyn Send>, Trouble> {
    stream.write_all(b"GET /_local/ready HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await?;
    let mut answer = [0; 1024];
    match stream.read(&mut answer).await? {
        0 => Err("the other side has nothing to say".into()),
        _ => Ok(Box::new(stream)),
    }
}
