//! The AWS clients: one HTTP client and one TLS configuration for all of them, made once at INIT.

use crate::{
    StartError,
    ahead::Ahead,
    connector::{self, Trust},
    env::{self, EnvError},
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};
use hyper::Uri;
use std::{
    fmt,
    ops::Deref,
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::sync::oneshot;

/// A connection that is not there after a second is tried again rather than waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One attempt; DynamoDB and SQS answer in milliseconds, so this is trouble.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// All attempts together: below the shortest function timeout (10 s) with room to answer.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(7);

/// A client that is made when it is first used, or at INIT where it says so: making one costs the third of a millisecond, since each
/// service's code reads AWS's whole list of regions for it, and most functions have clients that few events need.
pub struct Later<Client> {
    client: Arc<LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>>,
    endpoint: Option<Uri>,
    ahead: Ahead,
}

impl<Client> Later<Client> {
    /// At INIT, before a first request: begins the connection, and makes the client while the other side is thinking. What comes
    /// back tells when the connection stands.
    pub async fn begin(&self) -> Option<oneshot::Receiver<()>> {
        let standing = self.endpoint.clone().map(|endpoint| self.ahead.begin(endpoint));
        // A turn for the connection to be opened, and one to say hello on it. What does not come that far goes on later.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        LazyLock::force(&self.client);
        standing
    }

    /// At INIT, where nothing is to be asked yet: the client and its connection for the first event. A failure is not one yet: the
    /// first request opens another.
    pub async fn ready(&self) {
        let standing = self.begin().await;
        if let (Some(endpoint), Some(standing)) = (&self.endpoint, standing)
            && standing.await.is_err()
        {
            tracing::warn!(host = endpoint.host(), "no connection at start");
        }
    }
}

impl<Client> Clone for Later<Client> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), endpoint: self.endpoint.clone(), ahead: self.ahead.clone() }
    }
}

impl<Client> Deref for Later<Client> {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl<Client> fmt::Debug for Later<Client> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a client")
    }
}

/// What clients are made of.
struct Maker {
    config: Arc<SdkConfig>,
    ahead: Ahead,
}

impl Maker {
    /// The client of the service that AWS's addresses call `name`.
    fn later<Client: 'static>(&self, name: &str, make: fn(&SdkConfig) -> Client) -> Later<Client> {
        let config = self.config.clone();
        let client = Arc::new(LazyLock::new(Box::new(move || make(&config)) as Box<dyn FnOnce() -> Client + Send>));
        Later { client, endpoint: endpoint(&self.config, name), ahead: self.ahead.clone() }
    }
}

/// Where a service probably answers. The SDK decides, and knows more (China, say): it may find another connection begun than
/// the one it wants, and opens its own.
fn endpoint(config: &SdkConfig, service: &str) -> Option<Uri> {
    match (config.endpoint_url(), config.region()) {
        (Some(url), _) => url.parse().ok(),
        (None, Some(region)) => format!("https://{service}.{region}.amazonaws.com").parse().ok(),
        (None, None) => None,
    }
}

/// The clients. Of each service there is one, however often it is asked for.
#[derive(Debug, Clone)]
pub struct Aws {
    dynamodb: Later<aws_sdk_dynamodb::Client>,
    secrets: Later<aws_sdk_secretsmanager::Client>,
    ses: Later<aws_sdk_sesv2::Client>,
    sns: Later<aws_sdk_sns::Client>,
    sqs: Later<aws_sdk_sqs::Client>,
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
        let trust = match env::optional(get, "DOORSTEP_TRUST").as_deref() {
            Some("system") => Trust::System,
            _ => Trust::Amazon,
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let (http, ahead) = connector::client(trust, CONNECT_TIMEOUT)?;
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        if let Some(url) = endpoint {
            config = config.endpoint_url(url);
        }
        let maker = Maker { config: Arc::new(config.build()), ahead };
        // One wire attempt only of mails and texts: SES and SNS know no idempotency key, so whether to try again is the
        // ledger's decision.
        Ok(Self {
            dynamodb: maker.later("dynamodb", aws_sdk_dynamodb::Client::new),
            secrets: maker.later("secretsmanager", aws_sdk_secretsmanager::Client::new),
            ses: maker.later("email", |config| {
                let once = aws_sdk_sesv2::config::Builder::from(config).retry_config(RetryConfig::disabled());
                aws_sdk_sesv2::Client::from_conf(once.build())
            }),
            sns: maker.later("sns", |config| {
                let once = aws_sdk_sns::config::Builder::from(config).retry_config(RetryConfig::disabled());
                aws_sdk_sns::Client::from_conf(once.build())
            }),
            sqs: maker.later("sqs", aws_sdk_sqs::Client::new),
        })
    }

    /// DynamoDB.
    #[must_use]
    pub fn dynamodb(&self) -> Later<aws_sdk_dynamodb::Client> {
        self.dynamodb.clone()
    }

    /// SQS.
    #[must_use]
    pub fn sqs(&self) -> Later<aws_sdk_sqs::Client> {
        self.sqs.clone()
    }

    /// Secrets Manager.
    #[must_use]
    pub fn secrets(&self) -> Later<aws_sdk_secretsmanager::Client> {
        self.secrets.clone()
    }

    /// SES, one wire attempt only.
    #[must_use]
    pub fn ses(&self) -> Later<aws_sdk_sesv2::Client> {
        self.ses.clone()
    }

    /// SNS, for text messages; one wire attempt only.
    #[must_use]
    pub fn sns(&self) -> Later<aws_sdk_sns::Client> {
        self.sns.clone()
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
