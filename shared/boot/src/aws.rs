//! The AWS clients: one HTTP client and one TLS configuration for all of them, made once at INIT.

use crate::{
    StartError,
    env::{self, EnvError},
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{behavior_version::BehaviorVersion, http::SharedHttpClient};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};
use std::time::Duration;

/// Amazon's own roots and the Starfield one its services chain to (amazontrust.com/repository). Parsing these five instead
/// of the machine's 145 saves 4.4 of 6.2 ms of every start.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// A connection that is not there after a second is tried again rather than waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One attempt; DynamoDB and SQS answer in milliseconds, so this is trouble.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// All attempts together: below the shortest function timeout (10 s) with room to answer.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(7);

/// What all clients share.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
}

impl Aws {
    /// Reads region, credentials and endpoint from the environment, as Lambda sets them.
    ///
    /// `AWS_ENDPOINT_URL` points at the local stack. `DOORSTEP_TRUST=system` trusts the machine's roots instead of
    /// Amazon's, for a company's proxy.
    ///
    /// # Errors
    /// Names the missing variable, or that the roots cannot be read.
    pub fn from_env(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let region = env::required(get, "AWS_REGION")?;
        let credentials = credentials(get)?;
        let endpoint = env::optional(get, "AWS_ENDPOINT_URL");
        let plain = endpoint.as_deref().is_some_and(|url| url.starts_with("http://"));
        let system_roots = env::optional(get, "DOORSTEP_TRUST").as_deref() == Some("system");
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client(plain, system_roots)?)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        if let Some(url) = endpoint {
            config = config.endpoint_url(url);
        }
        Ok(Self { config: config.build() })
    }

    /// DynamoDB.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// SQS.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    /// Secrets Manager.
    #[must_use]
    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config)
    }

    /// SES. One wire attempt only: SES knows no idempotency key, so whether to try again is the ledger's decision.
    #[must_use]
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        let config = aws_sdk_sesv2::config::Builder::from(&self.config).retry_config(RetryConfig::disabled()).build();
        aws_sdk_sesv2::Client::from_conf(config)
    }

    /// SNS, for text messages. One wire attempt only, as for SES.
    #[must_use]
    pub fn sns(&self) -> aws_sdk_sns::Client {
        let config = aws_sdk_sns::config::Builder::from(&self.config).retry_config(RetryConfig::disabled()).build();
        aws_sdk_sns::Client::from_conf(config)
    }
}

fn credentials(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Credentials, EnvError> {
    Ok(Credentials::new(
        env::required(get, "AWS_ACCESS_KEY_ID")?,
        env::required(get, "AWS_SECRET_ACCESS_KEY")?,
        env::optional(get, "AWS_SESSION_TOKEN"),
        None,
        "environment",
    ))
}

fn http_client(plain: bool, system_roots: bool) -> Result<SharedHttpClient, StartError> {
    if plain {
        return Ok(Builder::new().build_http());
    }
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let store = if system_roots {
        TrustStore::empty().with_native_roots(true)
    } else {
        TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)
    };
    let context = TlsContext::builder().with_trust_store(store).build().map_err(|error| StartError::Roots(error.to_string()))?;
    Ok(builder.tls_context(context).build_https())
}
