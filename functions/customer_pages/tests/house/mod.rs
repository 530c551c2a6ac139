//! A shop with one order, and visits to it: what was asked, answered, and put on queues.

#![allow(dead_code, reason = "each test binary pays some of the visits")]

use crate::{
    aws::{self, Aws},
    scenes::*,
};
use boot::{aws::Aws as Clients, secrets::Keyring};
use customer_pages::{Room, handle};
use domain::{
    link::{LinkKey, Purpose, seal},
    order::Order,
};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Request, Response, http};
use store::{Vault, Versioned, Write};

pub const EPOCH: u8 = 3;

pub struct House {
    pub aws: Aws,
    pub room: Room,
    pub vault: Vault,
}

/// A shop with one order whose parcel has arrived three days ago.
pub async fn house() -> House {
    let aws = Aws::start();
    let vault = Vault::new(Clients::from_env(|name| aws.env(name)).unwrap().dynamodb(), "table".to_owned());
    vault.put_settings(&shop(), &settings()).await.unwrap();
    let facts = arrived();
    let order = Order { link_epoch: EPOCH, ..facts.order };
    let mut parcel = facts.parcels[0].clone();
    let shift = Timestamp::now() - SignedDuration::from_hours(72) - parcel.scans.last().unwrap().at;
    for scan in &mut parcel.scans {
        scan.at += shift;
    }
    for write in [Write::Order(Versioned { value: order, version: 0 }), Write::Parcel(Versioned { value: parcel, version: 0 })] {
        vault.commit(vec![write]).await.unwrap();
    }
    let room = Room::open(|name| aws.env(name)).unwrap();
    aws.calls();
    House { aws, room, vault }
}

impl House {
    pub async fn visit(&self, request: http::request::Builder, body: Body) -> Response<Body> {
        let request: Request = request.header("host", "track.example").body(body).unwrap();
        handle(&self.room, request).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response<Body> {
        self.visit(http::Request::get(path), Body::Empty).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response<Body> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.visit(http::Request::post(path).header("content-type", "application/x-www-form-urlencoded"), Body::Text(body)).await
    }

    /// The nonce of the form about the parcel that arrived.
    pub async fn answer_nonce(&self) -> String {
        let page = text(&self.get(&format!("/o/{}", good())).await);
        page.split("name=\"nonce\" type=\"hidden\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    pub async fn nonce(&self) -> String {
        let page = text(&self.get(&format!("/o/{}", good())).await);
        page.split("name=\"nonce\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

pub fn link_keys() -> Vec<LinkKey> {
    Keyring::parse(&aws::secret()).unwrap().link_keys().to_vec()
}

pub fn link(order: &domain::id::OrderKey, epoch: u8, hours: i64) -> String {
    link_for(Purpose::Tracking, order, epoch, hours)
}

pub fn link_for(purpose: Purpose, order: &domain::id::OrderKey, epoch: u8, hours: i64) -> String {
    seal(&link_keys()[0], purpose, order, epoch, Timestamp::now() + SignedDuration::from_hours(hours))
}

pub fn good() -> String {
    link(&order_key(), EPOCH, 24)
}

pub fn text(response: &Response<Body>) -> String {
    match response.body() {
        Body::Text(text) => text.clone(),
        _ => String::new(),
    }
}
