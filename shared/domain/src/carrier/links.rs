//! The carriers' own pages: where a number can be followed at its carrier.
//!
//! A number consists of `A-Z 0-9` by its type, so it stands in an address as it is.

use crate::id::{CarrierCode, TrackingNumber};

/// What the number takes the place of.
const HERE: &str = "{}";

/// Code of the carrier and address of its page, sorted by code. A carrier whose page takes no number in its address is left
/// out: a link that leads to an empty form helps nobody.
pub(super) const LINKS: &[(&str, &str)] = &[
    ("4px", "https://track.4px.com/#/result/0/{}"),
    ("amazon", "https://track.amazon.com/tracking/{}"),
    ("an_post", "https://www.anpost.com/Post-Parcels/Track/History?item={}"),
    ("aramex", "https://www.aramex.com/us/en/track/results?ShipmentNumber={}"),
    ("australia_post", "https://auspost.com.au/mypost/track/details/{}"),
    ("austrian_post", "https://www.post.at/s/sendungsdetails?snr={}"),
    ("bluedart", "https://www.bluedart.com/trackdartresultthirdparty?trackFor=0&trackNo={}"),
    ("bpost", "https://track.bpost.cloud/btr/web/#/search?itemCode={}"),
    ("bring", "https://tracking.bring.com/tracking/{}"),
    ("brt", "https://vas.brt.it/vas/sped_det_show.hsm?chisono={}"),
    ("cainiao", "https://global.cainiao.com/newDetail.htm?mailNoList={}"),
    ("canada_post", "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}"),
    ("canpar", "https://www.canpar.com/en/tracking/delivery_options.htm?barcode={}"),
    ("cdek", "https://www.cdek.ru/en/tracking?order_id={}"),
    ("ceska_posta", "https://www.postaonline.cz/en/trackandtrace/-/zasilka/cislo?parcelNumbers={}"),
    ("chronopost", "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={}"),
    ("colis_prive", "https://colisprive.com/moncolis/pages/detailColis.aspx?numColis={}"),
    ("colissimo", "https://www.laposte.fr/outils/suivre-vos-envois?code={}"),
    ("correos", "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number={}"),
    ("couriers_please", "https://www.couriersplease.com.au/tools-track/no/{}"),
    ("delhivery", "https://www.delhivery.com/track-v2/package/{}"),
    ("deutsche_post", "https://www.deutschepost.de/de/s/sendungsverfolgung.html?piececode={}"),
    ("dhl_benelux", "https://www.dhl.com/nl-en/home/tracking/tracking-parcel.html?tracking-id={}"),
    ("dhl_ecommerce", "https://webtrack.dhlecs.com/orders?trackingNumber={}"),
    ("dhl_ecommerce_asia", "https://ecommerceportal.dhl.com/track/?ref={}"),
    ("dhl_express", "https://www.dhl.com/en/express/tracking.html?AWB={}"),
    ("dhl_germany", "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={}"),
    ("dhl_parcel_uk", "https://track.dhlparcel.co.uk/?con={}"),
    ("dpd", "https://tracking.dpd.de/status/en_US/parcel/{}"),
    ("dpd_local", "https://apis.track.dpdlocal.co.uk/v1/track?parcel={}"),
    ("dpd_uk", "https://apis.track.dpd.co.uk/v1/track?parcel={}"),
    ("ecom_express", "https://ecomexpress.in/tracking/?awb_field={}"),
    ("ekart", "https://ekartlogistics.com/shipmenttrack/{}"),
    ("estafeta", "https://cs.estafeta.com/es/Tracking/searchByGet?wayBill={}"),
    ("evri", "https://www.evri.com/track/parcel/{}"),
    ("fedex", "https://www.fedex.com/fedextrack/?trknbr={}"),
    ("gls", "https://gls-group.com/GROUP/en/parcel-tracking?match={}"),
    ("hermes_germany", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{}"),
    ("inpost", "https://inpost.pl/sledzenie-przesylek?number={}"),
    ("intelcom", "https://intelcom.ca/en/track-your-package/?tracking-id={}"),
    ("japan_post", "https://trackings.post.japanpost.jp/services/srv/search/direct?locale=en&reqCodeNo1={}"),
    ("landmark_global", "https://track.landmarkglobal.com/?search={}"),
    ("magyar_posta", "https://posta.hu/nyomkovetes/nyitooldal?searchvalue={}"),
    ("mondial_relay", "https://www.mondialrelay.fr/suivi-de-colis?numeroExpedition={}"),
    ("new_zealand_post", "https://www.nzpost.co.nz/tools/tracking/item/{}"),
    ("ninja_van", "https://www.ninjavan.co/en-sg/tracking?id={}"),
    ("nova_post", "https://novaposhta.ua/tracking/?cargo_number={}"),
    ("omniva", "https://mano.omniva.lt/track/{}"),
    ("ontrac", "https://www.ontrac.com/tracking/?number={}"),
    ("packeta", "https://tracking.packeta.com/en/?id={}"),
    ("parcelforce", "https://www.parcelforce.com/track-trace?trackNumber={}"),
    ("poczta_polska", "https://emonitoring.poczta-polska.pl/?numer={}"),
    ("poste_italiane", "https://www.poste.it/cerca/index.html#/risultati-spedizioni/{}"),
    ("posti", "https://www.posti.fi/en/tracking#/lahetys/{}"),
    ("postnl", "https://postnl.nl/tracktrace/?B={}"),
    ("postnord", "https://tracking.postnord.com/en/tracking?id={}"),
    ("purolator", "https://www.purolator.com/en/shipping/tracker?pin={}"),
    ("royal_mail", "https://www.royalmail.com/track-your-item#/tracking-results/{}"),
    ("russian_post", "https://www.pochta.ru/tracking?barcode={}"),
    ("sagawa", "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo={}"),
    ("sendle", "https://track.sendle.com/tracking?ref={}"),
    ("seur", "https://www.seur.com/livetracking/?segOnlineIdentificador={}"),
    ("sf_express", "https://www.sf-international.com/us/en/dynamic_function/waybill/#search/bill-number/{}"),
    ("singapore_post", "https://www.singpost.com/track-items?trackingid={}"),
    ("startrack", "https://startrack.com.au/track/details/{}"),
    ("swiss_post", "https://service.post.ch/ekp-web/ui/entry/search/{}"),
    ("tnt", "https://www.tnt.com/express/en_gb/site/shipping-tools/tracking.html?searchType=con&cons={}"),
    ("ukrposhta", "https://track.ukrposhta.ua/tracking_UA.html?barcode={}"),
    ("uniuni", "https://www.uniuni.com/tracking/?no={}"),
    ("ups", "https://www.ups.com/track?tracknum={}"),
    ("usps", "https://tools.usps.com/go/TrackConfirmAction?tLabels={}"),
    ("venipak", "https://venipak.com/tracking/track/{}"),
    ("xpressbees", "https://www.xpressbees.com/shipment/tracking?awbNo={}"),
    ("yamato", "https://jizen.kuronekoyamato.co.jp/jizen/servlet/crjz.b.NQ0010?id={}"),
    ("yanwen", "https://track.yw56.com.cn/en/querydel?nums={}"),
    ("yodel", "https://www.yodel.co.uk/tracking/{}"),
    ("yun_express", "https://www.yuntrack.com/parcelTracking?id={}"),
];

/// The carrier's own page for a number, when we know its address.
#[must_use]
pub fn tracking_url(code: &CarrierCode, number: &TrackingNumber) -> Option<String> {
    let (_, template) = LINKS.iter().find(|(known, _)| *known == code.as_str())?;
    Some(template.replacen(HERE, number.as_str(), 1))
}
