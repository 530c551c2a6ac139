//! How the AWS clients speak HTTP: one HTTP/1.1 client over one TLS configuration, made once for all of them.
//!
//! The SDK's own client speaks HTTP/2 too, which none of the services here does, and makes its TLS configuration anew for each
//! client and once more for the first request. Without that a function is a tenth smaller, and starts sooner
//! (`infra/decisions/0017`).

use crate::{StartError, ahead::Ahead};
use aws_smithy_runtime_api::client::{
    connection::{CaptureSmithyConnection, ConnectionMetadata},
    http::{HttpConnector as Connector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use hyper_util::{
    client::legacy::{
        Client, Error,
        connect::{CaptureConnection, HttpConnector, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};
use std::{error::Error as _, sync::Arc, time::Duration};

/// Amazon's own roots and the Starfield one its services chain to, as amazontrust.com/repository publishes them. Reading these five
/// instead of the machine's 145 saves 4.4 of 6.2 ms of every start.
pub const AMAZON_ROOTS: [&[u8]; 5] = [
    include_bytes!("roots/AmazonRootCA1.cer"),
    include_bytes!("roots/AmazonRootCA2.cer"),
    include_bytes!("roots/AmazonRootCA3.cer"),
    include_bytes!("roots/AmazonRootCA4.cer"),
    include_bytes!("roots/SFSRootCAG2.cer"),
];

/// Whose certificates are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Amazon's.
    Amazon,
    /// Those that this machine trusts.
    System,
}

/// The client of all clients.
#[derive(Debug)]
struct Wire {
    client: Client<Ahead, SdkBody>,
}

/// Makes the client, and what begins its connections ahead. A connection that does not stand within `connect_timeout` is given up;
/// how long an answer may take is the SDK's to watch.
///
/// # Errors
/// When the roots cannot be read.
pub fn client(trust: Trust, connect_timeout: Duration) -> Result<(SharedHttpClient, Ahead), StartError> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect_timeout));
    let connector = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls(trust)?).https_or_http().enable_http1();
    let ahead = Ahead::new(connector.wrap_connector(tcp), connect_timeout);
    let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(ahead.clone());
    let wire = SharedHttpConnector::new(Wire { client });
    Ok((http_client_fn(move |_, _| wire.clone()), ahead))
}

fn unreadable(why: impl Into<String>) -> StartError {
    StartError::Roots(why.into())
}

fn roots(trust: Trust) -> Result<RootCertStore, StartError> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::Amazon => {
            for root in AMAZON_ROOTS {
                roots.add(CertificateDer::from_slice(root)).map_err(|error| unreadable(error.to_string()))?;
            }
        }
        // Of many roots some are always of a kind that cannot be used; a company's own is what counts.
        Trust::System => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() { Err(unreadable("this machine trusts none")) } else { Ok(roots) }
}

fn tls(trust: Trust) -> Result<ClientConfig, StartError> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    Ok(config.map_err(|error| unreadable(error.to_string()))?.with_root_certificates(roots(trust)?).with_no_client_auth())
}

impl Connector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        // The SDK closes a connection on which something went wrong, rather than use it again.
        let connection = capture_connection(&mut request);
        if let Some(watched) = request.extensions().get::<CaptureSmithyConnection>() {
            watched.set_connection_retriever(move || closable(&connection));
        }
        let answering = self.client.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answering.await.map_err(trouble)?;
            let answer = HttpResponse::try_from(answer.map(SdkBody::from_body_1_x));
            answer.map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn closable(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    connection.connection_metadata().as_ref()?;
    let connection = connection.clone();
    let close = move || connection.connection_metadata().iter().for_each(|standing| standing.poison());
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(close).build())
}

/// What kind of trouble it was: of a request that is at fault itself, no other attempt is made.
fn trouble(error: Error) -> ConnectorError {
    let broken = error.source().and_then(|source| source.downcast_ref::<hyper::Error>());
    match broken {
        Some(broken) if broken.is_user() => ConnectorError::user(error.into()),
        // The connection ended in the middle of an answer.
        Some(broken) if broken.is_incomplete_message() => ConnectorError::other(error.into(), Some(ErrorKind::TransientError)),
        _ => ConnectorError::io(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest as _, Sha256};

    /// The fingerprints (SHA-256 of the whole certificate) that amazontrust.com/repository names.
    #[test]
    fn amazons_roots_are_believed_and_no_other() {
        let fingerprints = AMAZON_ROOTS.map(|root| format!("{:x}", Sha256::digest(root)));
        assert_eq!(
            fingerprints,
            [
                "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
                "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
                "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
                "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
                "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
            ]
        );
        assert_eq!(roots(Trust::Amazon).unwrap().len(), AMAZON_ROOTS.len());
    }
}
