//! Parcels: told of, asked after, left alone.

use crate::{
    House, now, shop,
    world::{Outsider, hangs_up, says},
};
use carriers::CarrierSource;
use contracts::ToSources;
use domain::{
    id::{OrderId, ParcelKey},
    inquiry::{Ask, Inquiry},
    parcel::{Parcel, ParcelReport},
    scan::Scan,
    status::{Status, SubStatus},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Versioned, Write};

fn key(number: &str) -> ParcelKey {
    ParcelKey { shop: shop(), carrier: "ups".parse().unwrap(), number: number.parse().unwrap() }
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

impl House {
    /// A parcel of an order, its label made at this time.
    async fn parcel(&self, number: &str, label_at: Timestamp) -> ParcelKey {
        let value = Parcel::new(key(number)).linked(OrderId::of(&shop(), "shopify", "1"), label_at);
        self.neighbours.vault().commit(vec![Write::Parcel(Versioned { value, version: 0 })]).await.unwrap();
        key(number)
    }

    async fn due(&self, parcel: &ParcelKey, due_at: Timestamp) -> bool {
        self.says(&ToSources::InquiryDue { parcel: parcel.clone(), due_at }).await
    }

    async fn inquiry(&self, parcel: &ParcelKey) -> Inquiry {
        self.neighbours.vault().inquiry(parcel).await.unwrap().value
    }
}

async fn house(source: &str, outsider: &Outsider, more: Value) -> House {
    let mut tracker = json!({"source": source, "url": outsider.url});
    tracker.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let secrets = json!({"partner": {"easypost": "fake-key", "ups": "client:secret"}, "carrier": {"easypost": "s"}});
    House::new(json!({"trackers": [tracker]}), secrets).await
}

const NUMBER: &str = "1Z999AA10123456784";

#[tokio::test]
async fn a_number_is_registered_once_and_the_next_look_is_armed() {
    let easypost = Outsider::start(|_, _| says(201, json!({"id": "trk_1", "object": "Tracker"}))).await;
    let house = house("easypost", &easypost, json!({})).await;
    let parcel = house.parcel(NUMBER, now()).await;
    assert!(house.due(&parcel, now()).await && house.due(&parcel, now()).await, "the second asks nothing");
    let came = easypost.came();
    assert_eq!(easypost.lines(), ["POST /v2/trackers"]);
    assert_eq!(came[0].body, json!({"tracker": {"tracking_code": NUMBER, "carrier": "UPS"}}));
    assert_eq!(came[0].header("authorization"), "Basic ZmFrZS1rZXk6");
    let inquiry = house.inquiry(&parcel).await;
    let registered = inquiry.registered.unwrap();
    assert_eq!((registered.source.as_str(), registered.reference.as_deref()), ("easypost", Some("trk_1")));
    assert_eq!((inquiry.failures, inquiry.failed_with), (0, None));
    assert_eq!(inquiry.timer_due_at, Some(inquiry.asked_at.unwrap() + hours(24)));
    assert_eq!(house.timers().await, 1);
    assert!(house.sent("dead").is_empty() && house.sent("tracking").is_empty());
}

#[tokio::test]
async fn ups_wants_a_token_first_and_forgets_after_fourteen_days() {
    let ups = Outsider::start(|came, _| match came.line.as_str() {
        "POST /security/v1/oauth/token" => says(200, json!({"access_token": "fake-token", "expires_in": "14399"})),
        _ => says(200, json!({"validTrackingNumbers": came.body["trackingNumberList"]})),
    })
    .await;
    let house = house("ups", &ups, json!({"account": "A1B2C3", "poll_after_hours": 0})).await;
    let (first, second) = (house.parcel(NUMBER, now()).await, house.parcel("1Z999AA10123456785", now()).await);
    assert!(house.due(&first, now()).await && house.due(&second, now()).await);
    let subscribe = "POST /api/track/v2/subscription/standard/package";
    assert_eq!(ups.lines(), ["POST /security/v1/oauth/token", subscribe, subscribe], "one token does for both");
    let came = ups.came();
    assert_eq!(
        (came[0].header("authorization"), came[0].header("x-merchant-id")),
        ("Basic Y2xpZW50OnNlY3JldA==".into(), "A1B2C3".into())
    );
    assert_eq!(came[1].header("authorization"), "Bearer fake-token");
    assert!(!came[1].header("transid").is_empty() && came[1].header("transid") != came[2].header("transid"));
    let inquiry = house.inquiry(&first).await;
    let registered = inquiry.registered.unwrap();
    assert_eq!(registered.until, Some(registered.at + hours(14 * 24)));
    assert_eq!(inquiry.timer_due_at, Some(registered.at + hours(12 * 24)), "renewed two days before");
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_asked_for_again_once() {
    let ups = Outsider::start(|came, before| match came.line.as_str() {
        "POST /security/v1/oauth/token" => says(200, json!({"access_token": format!("token-{before}"), "expires_in": 3600})),
        _ if came.header("authorization") == "Bearer token-0" && before > 1 => says(401, "{}"),
        _ => says(200, "{}"),
    })
    .await;
    let house = house("ups", &ups, json!({})).await;
    let (first, second) = (house.parcel(NUMBER, now()).await, house.parcel("1Z999AA10123456785", now()).await);
    assert!(house.due(&first, now()).await && house.due(&second, now()).await);
    assert_eq!(ups.came().len(), 5);
    assert_eq!(ups.came()[4].header("authorization"), "Bearer token-3");
    assert!(house.inquiry(&second).await.registered.is_some());
}

#[tokio::test]
async fn who_wants_to_be_asked_less_often_is_left_alone_for_all_parcels() {
    let easypost = Outsider::start(|_, _| says(429, "{}").with("Retry-After: 600")).await;
    let house = house("easypost", &easypost, json!({})).await;
    let (first, second) = (house.parcel(NUMBER, now()).await, house.parcel("1Z999AA10123456785", now()).await);
    assert!(house.due(&first, now()).await && house.due(&second, now()).await);
    assert_eq!(easypost.came().len(), 1, "the second is not asked after");
    let not_before = house.neighbours.vault().not_before(&shop(), "carrier/easypost").await.unwrap().unwrap();
    assert!(not_before > now() + SignedDuration::from_secs(580));
    let (first, second) = (house.inquiry(&first).await, house.inquiry(&second).await);
    assert_eq!((first.failures, first.failed_with.as_deref()), (1, Some("too_often")));
    assert!(first.timer_due_at.unwrap() >= not_before && second.timer_due_at.unwrap() >= not_before);
    assert_eq!(second.asked_at, None);
    assert_eq!(house.timers().await, 2);
}

#[tokio::test]
async fn wrong_credentials_are_not_tried_for_every_parcel() {
    let easypost = Outsider::start(|_, _| says(401, "{}")).await;
    let house = house("easypost", &easypost, json!({})).await;
    let (first, second) = (house.parcel(NUMBER, now()).await, house.parcel("1Z999AA10123456785", now()).await);
    assert!(house.due(&first, now()).await && house.due(&second, now()).await);
    assert_eq!(easypost.came().len(), 1);
    let inquiry = house.inquiry(&first).await;
    assert_eq!((inquiry.failures, inquiry.failed_with.as_deref()), (1, Some("credentials")));
    assert!(inquiry.timer_due_at.unwrap() > now() + SignedDuration::from_mins(55));
}

#[tokio::test]
async fn what_fails_is_tried_again_later() {
    let outsiders = [
        (Outsider::start(|_, _| says(500, "boom")).await, "http_500"),
        (Outsider::start(|_, _| hangs_up()).await, "connection_lost"),
        (Outsider::start(|_, _| says(200, "x")).await, ""),
    ];
    for (outsider, why) in outsiders {
        let house = house("easypost", &outsider, json!({})).await;
        let parcel = house.parcel(NUMBER, now()).await;
        assert!(house.due(&parcel, now()).await, "the message is dealt with: the timer brings the next attempt");
        let inquiry = house.inquiry(&parcel).await;
        assert_eq!(inquiry.failed_with.unwrap_or_default(), why);
        assert_eq!(inquiry.failures, u32::from(!why.is_empty()));
        if !why.is_empty() {
            let wait = inquiry.timer_due_at.unwrap().duration_since(inquiry.asked_at.unwrap());
            assert!(wait >= SignedDuration::from_mins(5) && wait <= SignedDuration::from_mins(7), "{wait:?}");
        }
    }
}

#[tokio::test]
async fn what_was_refused_is_not_tried_again() {
    let easypost = Outsider::start(|_, _| says(422, "{}")).await;
    let house = house("easypost", &easypost, json!({"poll_after_hours": 0})).await;
    let parcel = house.parcel(NUMBER, now()).await;
    assert!(house.due(&parcel, now()).await);
    let inquiry = house.inquiry(&parcel).await;
    assert!(inquiry.refused.contains(&Ask::Register) && inquiry.timer_due_at.is_none());
    assert_eq!((inquiry.failed_with.as_deref(), house.timers().await), (Some("http_422"), 0));
}

const TRACKER: &str = r#"{"id":"trk_1","object":"Tracker","mode":"production","tracking_code":"1Z999AA10123456784","carrier":"UPS",
    "status":"in_transit","status_detail":"arrived_at_facility","created_at":"2026-11-20T08:00:00Z","updated_at":"2026-11-20T10:00:00Z",
    "tracking_details":[{"datetime":"2026-11-20T09:00:00Z","message":"Arrived","status":"in_transit",
    "status_detail":"arrived_at_facility","tracking_location":{"city":"Ghent","country":"BE"}}]}"#;

#[tokio::test]
async fn a_silent_parcel_is_asked_after_and_its_news_goes_to_the_desk() {
    let easypost = Outsider::start(|_, _| says(200, TRACKER)).await;
    let house = house("easypost", &easypost, json!({"register": false, "poll_after_hours": 2})).await;
    let parcel = house.parcel(NUMBER, now() - hours(3)).await;
    assert!(house.due(&parcel, now()).await);
    assert_eq!(easypost.lines(), [format!("GET /v2/trackers?tracking_code={NUMBER}&page_size=1")]);
    let inquiry = house.inquiry(&parcel).await;
    assert_eq!(inquiry.timer_due_at, Some(inquiry.asked_at.unwrap() + hours(2)));
    // `carriers` reads it once it has a row for answers of EasyPost.
    let is_read = CarrierSource::EasyPost.parse_answer(&signatures::answered(TRACKER.as_bytes(), now())).is_ok();
    let sent = house.sent("tracking");
    assert_eq!(sent.len(), usize::from(is_read), "{sent:?}");
    for message in sent {
        assert_eq!((&message["type"], &message["report"]["number"]), (&json!("parcel.reported.v1"), &json!(NUMBER)));
        assert!(message["report"]["received_at"].is_string());
    }
}

#[tokio::test]
async fn a_parcel_that_arrived_or_is_nobodys_is_left_alone() {
    let easypost = Outsider::start(|_, _| says(200, TRACKER)).await;
    let house = house("easypost", &easypost, json!({})).await;
    let arrived = house.parcel(NUMBER, now() - hours(3)).await;
    let known = house.neighbours.vault().parcel(&arrived).await.unwrap();
    let scan = Scan::new(now() - hours(1), Status::Delivered, SubStatus::other());
    let report = ParcelReport { received_at: Some(now()), ..ParcelReport::new("easypost", &arrived, now(), vec![scan]) };
    let told = Versioned { value: known.value.told(&report), version: known.version };
    house.neighbours.vault().commit(vec![Write::Parcel(told)]).await.unwrap();
    assert!(house.due(&arrived, now()).await && house.due(&key("1ZNOBODYS"), now()).await);
    assert!(easypost.came().is_empty());
    assert_eq!((house.timers().await, house.inquiry(&arrived).await), (0, Inquiry::new(arrived)));
}

#[tokio::test]
async fn a_look_that_comes_too_early_arms_the_same_moment_again() {
    let easypost = Outsider::start(|_, _| says(200, TRACKER)).await;
    let house = house("easypost", &easypost, json!({"register": false, "poll_after_hours": 24})).await;
    let parcel = house.parcel(NUMBER, now()).await;
    assert!(house.due(&parcel, now()).await);
    let due_at = house.inquiry(&parcel).await.timer_due_at.unwrap();
    // Our clock is behind that of the timers: without another timer the chain would end.
    assert!(house.due(&parcel, due_at).await);
    assert!(easypost.came().is_empty());
    assert_eq!(house.inquiry(&parcel).await.timer_due_at, Some(due_at));
    assert_eq!(house.timers().await, 1, "the row of the same moment is the same row");
}
