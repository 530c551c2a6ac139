//! The stack's own look into the vault it runs: through the same `store`, SDK and HTTP as everybody else.

use boot::{StartError, aws::Aws, secrets::Secrets};
use store::Vault;

/// The vault and the secret of the stack that answers at `base_url`.
pub struct OwnVault {
    /// Without lookups until the secret is read.
    pub vault: Vault,
    /// The deployment's secret.
    pub secrets: Secrets,
}

impl OwnVault {
    /// Opens them with the stack's own endpoint.
    pub fn open(base_url: &str, table: &str, secret: &str) -> Result<Self, StartError> {
        let environment = |name: &str| {
            let value = match name {
                "AWS_REGION" => "us-east-1",
                "AWS_ENDPOINT_URL" => base_url,
                "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "local",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let aws = Aws::from_env(environment)?;
        Ok(Self { vault: Vault::new(aws.dynamodb(), table.to_owned()), secrets: Secrets::new(aws.secrets(), secret.to_owned()) })
    }
}
