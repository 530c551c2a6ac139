//! TLS on loopback in front of the local stack's AWS side, by an authority that lives as long as the measurement.

use boot::connector::AMAZON_ROOTS;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// A terminator that runs until the program ends.
pub struct Tls {
    /// Where it answers.
    pub url: String,
    /// The file with the roots a function must trust.
    pub roots: PathBuf,
}

impl Tls {
    /// Opens it in front of `upstream`, which reads `http://ADDRESS`.
    pub fn open(upstream: &str, folder: &Path) -> Result<Self, String> {
        let (server, authority) = certificates().map_err(|error| format!("the certificates cannot be made: {error}"))?;
        let roots = folder.join("roots.pem");
        // The roots a deployed function trusts stand beside the authority, so that there are as many to read as there.
        let amazons = AMAZON_ROOTS.map(|root| pem::encode(&pem::Pem::new("CERTIFICATE", root)));
        std::fs::write(&roots, authority + &amazons.concat()).map_err(|error| error.to_string())?;
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let url = format!("https://{}", listener.local_addr().map_err(|error| error.to_string())?);
        let upstream = upstream.trim_start_matches("http://").to_owned();
        listener.set_nonblocking(true).map_err(|error| error.to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        std::thread::spawn(move || runtime.block_on(serve(listener, &TlsAcceptor::from(server), &upstream)));
        Ok(Self { url, roots })
    }
}

fn certificates() -> Result<(Arc<ServerConfig>, String), Box<dyn std::error::Error>> {
    let mut authority = CertificateParams::new(Vec::<String>::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority_key = KeyPair::generate()?;
    let authority_pem = authority.self_signed(&authority_key)?.pem();
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
    let certificate: CertificateDer<'static> = certificate.signed_by(&key, &Issuer::new(authority, authority_key))?.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok((Arc::new(server), authority_pem))
}

async fn serve(listener: TcpListener, acceptor: &TlsAcceptor, upstream: &str) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, upstream) = (acceptor.clone(), upstream.to_owned());
        // An error is a function that was ended in the middle of a call.
        tokio::spawn(async move { pass(stream, &acceptor, &upstream).await.is_ok() });
    }
}

async fn pass(stream: TcpStream, acceptor: &TlsAcceptor, upstream: &str) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut outside, mut inside) = tokio::try_join!(acceptor.accept(stream), TcpStream::connect(upstream))?;
    inside.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut outside, &mut inside).await?;
    Ok(())
}
