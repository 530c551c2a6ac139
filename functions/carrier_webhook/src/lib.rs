//! The door of carriers and aggregators: proves who knocks, reads what they bring, puts it on the desk's queue, answers 200.
//!
//! 200 means remembered. Nothing is decided here, and nothing unproved is read.

use boot::{
    StartError,
    aws::Aws,
    door::{self, Answer},
    env, queue,
    secrets::Secrets,
};
use carriers::{CarrierParsed, CarrierSource};
use contracts::ToTracking;
use domain::id::ShopId;
use lambda_http::{Body, Error, Request, Response};

/// The environment this function reads.
pub const ENV: &[&str] = &["SECRET_ID", "TRACKING_QUEUE_URL"];

/// What this door has in reach.
pub struct Room {
    secrets: Secrets,
    sqs: aws_sdk_sqs::Client,
    tracking_queue_url: String,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            sqs: aws.sqs(),
            tracking_queue_url: env::required(get, "TRACKING_QUEUE_URL")?,
        })
    }

    /// Reads the secret, which opens the connection too.
    pub async fn warm(&self) {
        self.secrets.warm().await;
    }
}

/// Handles one delivery.
///
/// # Errors
/// Never: every knock is answered.
pub async fn handle(room: &Room, request: Request) -> Result<Response<Body>, Error> {
    let (shop, source) = match door::address::<CarrierSource>(&request) {
        Ok(address) => address,
        Err(turned) => return Ok(turned.into()),
    };
    let answer = match receive(room, &shop, source, &request).await {
        Ok(answer) | Err(answer) => answer,
    };
    Ok(answer.told(&shop, source.as_str()))
}

async fn receive(room: &Room, shop: &ShopId, source: CarrierSource, request: &Request) -> Result<Answer, Answer> {
    let keyring = room.secrets.keyring().await?;
    let secrets = keyring.carrier(shop, source.as_str());
    let messages: Vec<ToTracking> = door::delivery(request, |delivery| {
        let verified = source.verify(delivery, secrets).map_err(Answer::Refused)?;
        let received_at = verified.received_at();
        Ok::<_, Answer>(match source.parse(&verified).map_err(Answer::Broken)? {
            CarrierParsed::Reports(reports) => {
                reports.into_iter().map(|report| ToTracking::ParcelReported { shop: shop.clone(), report }).collect()
            }
            CarrierParsed::Unknown { topic } => {
                let delivery = door::parked(source.as_str(), topic, verified.body(), received_at);
                vec![ToTracking::Parked { shop: shop.clone(), delivery }]
            }
        })
    })?;
    let parked = messages.iter().any(|message| matches!(message, ToTracking::Parked { .. }));
    let bodies = messages.iter().map(contracts::write).collect::<Result<Vec<_>, _>>();
    let bodies = bodies.map_err(|error| Answer::NotNow(error.to_string()))?;
    queue::send_all(&room.sqs, &room.tracking_queue_url, bodies).await?;
    Ok(if parked { Answer::Parked } else { Answer::Accepted })
}
