//! The guard's table: every spelling of every special address, and names that change their mind.

use super::*;
use std::sync::Mutex;

/// URLs that are refused before anything is resolved, with why.
const REFUSED: &[(&str, &[&str])] = &[
    (
        "address_not_public",
        &[
            // Loopback in every notation.
            "https://127.0.0.1/",
            "https://127.0.0.2/",
            "https://127.255.255.254/",
            "https://127.1/",
            "https://127.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0.0.1/",
            "https://0x7F.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://0x7f.0x0.0x0.0x1/",
            "https://127.0.0.1./",
            "https://0177.0x0.1/",
            "https://127.0x1/",
            "https://00000177.0.0.1/",
            "https://１２７.0.0.1/",
            "https://①②⑦.⓪.⓪.①/",
            "https://127。0。0。1/",
            "https://%31%32%37.0.0.1/",
            "https://127.0.0.1:443/",
            "https://127.0.0.1\\@hooks.example/",
            "https://[::1]/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[0000::0001]/",
            "https://[::127.0.0.1]/",
            // This network.
            "https://0/",
            "https://0.0.0.0/",
            "https://0x0/",
            "https://00/",
            "https://0x/",
            "https://0.1.2.3/",
            "https://[::]/",
            "https://0.0/",
            // Metadata, and the endpoints of credentials.
            "https://169.254.169.254/latest/meta-data/",
            "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://0xa9.0xfe.0xa9.0xfe/",
            "https://0251.0376.0251.0376/",
            "https://169.254.43518/",
            "https://169.16689662/",
            "https://025177524776/",
            "https://169.254.170.2/v2/credentials",
            "https://169.254.170.23/",
            "https://169.254.100.1/",
            "https://169.254.0.0/",
            "https://169.254.255.255/",
            "https://[fd00:ec2::254]/",
            "https://[fd00:ec2::23]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://168.63.129.16/",
            "https://100.100.100.200/",
            // Private networks.
            "https://10.0.0.0/",
            "https://10.0.0.1/",
            "https://10.255.255.255/",
            "https://0xa000001/",
            "https://167772161/",
            "https://012.0.0.1/",
            "https://172.16.0.0/",
            "https://172.16.0.1/",
            "https://172.20.10.5/",
            "https://172.31.255.255/",
            "https://0xac100001/",
            "https://192.168.0.0/",
            "https://192.168.0.1/",
            "https://192.168.255.255/",
            "https://3232235521/",
            "https://192.168.1/",
            "https://0300.0250.0.1/",
            // Carrier-grade NAT.
            "https://100.64.0.0/",
            "https://100.64.0.1/",
            "https://100.127.255.255/",
            "https://1681915905/",
            // Protocol assignments, documentation, benchmarks, AS112, AMT, 6to4 relays.
            "https://192.0.0.1/",
            "https://192.0.0.9/",
            "https://192.0.0.170/",
            "https://192.0.0.255/",
            "https://192.0.2.1/",
            "https://192.0.2.255/",
            "https://198.51.100.1/",
            "https://198.51.100.255/",
            "https://203.0.113.1/",
            "https://203.0.113.255/",
            "https://198.18.0.1/",
            "https://198.19.255.255/",
            "https://192.31.196.1/",
            "https://192.175.48.1/",
            "https://192.52.193.1/",
            "https://192.88.99.1/",
            // Multicast, reserved, broadcast.
            "https://224.0.0.1/",
            "https://224.0.0.251/",
            "https://239.255.255.250/",
            "https://240.0.0.1/",
            "https://250.1.2.3/",
            "https://255.255.255.255/",
            "https://4294967295/",
            "https://0xffffffff/",
            "https://037777777777/",
            "https://255.255.255.254/",
            // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::ffff:0:127.0.0.1]/",
            "https://[0:0:0:0:0:ffff:127.0.0.1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:192.168.0.1]/",
            "https://[::ffff:8.8.8.8]/",
            "https://[::8.8.8.8]/",
            "https://[::ffff:0.0.0.0]/",
            "https://[64:ff9b::127.0.0.1]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[64:ff9b::8.8.8.8]/",
            "https://[64:ff9b:1::1]/",
            "https://[64:ff9b:1:ffff:ffff:ffff:ffff:ffff]/",
            "https://[2002:7f00:1::]/",
            "https://[2002:a9fe:a9fe::1]/",
            "https://[2002:808:808::1]/",
            "https://[2002::]/",
            "https://[2001:0:7f00:1::]/",
            "https://[2001::1]/",
            "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
            "https://[2600:1f00::5efe:127.0.0.1]/",
            "https://[2600:1f00::200:5efe:10.0.0.1]/",
            // Unique local, link-local, site-local, multicast.
            "https://[fc00::]/",
            "https://[fc00::1]/",
            "https://[fd00::1]/",
            "https://[fd12:3456:789a:1::1]/",
            "https://[fdff:ffff::1]/",
            "https://[fe80::]/",
            "https://[fe80::1]/",
            "https://[fe80::a00:27ff:fe4e:66a1]/",
            "https://[febf::1]/",
            "https://[fec0::1]/",
            "https://[feff::1]/",
            "https://[ff00::1]/",
            "https://[ff01::1]/",
            "https://[ff02::1]/",
            "https://[ff02::fb]/",
            "https://[ff05::2]/",
            "https://[ff0e::1]/",
            // Documentation, discard, benchmarks, ORCHID, AS112, AMT, segment routing, 6bone, unassigned.
            "https://[2001:db8::1]/",
            "https://[2001:db8:ffff::1]/",
            "https://[3fff::1]/",
            "https://[3fff:fff::1]/",
            "https://[100::1]/",
            "https://[100:0:0:1::1]/",
            "https://[2001:2::1]/",
            "https://[2001:10::1]/",
            "https://[2001:20::1]/",
            "https://[2001:30::1]/",
            "https://[2001:1::1]/",
            "https://[2001:3::1]/",
            "https://[2001:4:112::1]/",
            "https://[2620:4f:8000::1]/",
            "https://[5f00::1]/",
            "https://[3ffe::1]/",
            "https://[4000::1]/",
            "https://[8000::1]/",
            "https://[e000::1]/",
            "https://[200::1]/",
            "https://[1fff::1]/",
        ],
    ),
    (
        "not_https",
        &[
            "http://hooks.example/",
            "http://127.0.0.1/",
            "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
            "http://[::1]/",
            "ftp://hooks.example/",
            "gopher://hooks.example/",
            "ws://hooks.example/",
            "wss://hooks.example/",
            "HTTP://hooks.example/",
        ],
    ),
    (
        "port_not_allowed",
        &[
            "https://hooks.example:80/",
            "https://hooks.example:8443/",
            "https://hooks.example:22/",
            "https://hooks.example:25/",
            "https://hooks.example:6379/",
            "https://hooks.example:9001/",
            "https://hooks.example:0/",
            "https://8.8.8.8:53/",
            "https://127.0.0.1:9001/",
            "https://localhost:8443/",
        ],
    ),
    (
        "userinfo_not_allowed",
        &[
            "https://user@hooks.example/",
            "https://user:secret@hooks.example/",
            "https://:secret@hooks.example/",
            "https://hooks.example@127.0.0.1/",
            "https://hooks.example:443@169.254.169.254/",
            "https://hooks.example%40x@127.0.0.1/",
        ],
    ),
    (
        "not_a_url",
        &[
            "",
            " ",
            "hooks.example",
            "//hooks.example/",
            "/hook",
            "https://",
            "https:",
            "https://?x",
            "https://:443/",
            "mailto:a@hooks.example",
            "data:text/plain,x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://[fe80::1%25eth0]/",
            "https://[fe80::1%eth0]/",
            "https://[::1/",
            "https://256.256.256.256/",
            "https://1.2.3.4.5/",
            "https://0x100000000/",
            "https://4294967296/",
            "https://127.0.0.256/",
            "https://hooks example/",
            "https://hooks.example:99999/",
            "https://hooks.exam<ple/",
            "https://a^b/",
            "https://xn--/",
            "https://[::ffff:127.0.0.256]/",
            "https://%00/",
            "https://127.0.0.1%00.hooks.example/",
            "https://[127.0.0.1]/",
            "https://0x7g.0.0.1/",
            "https://09.0.0.1/",
        ],
    ),
];

/// URLs that pass; what their names resolve to is judged at connect.
const PASSED: &[&str] = &[
    "https://hooks.example/",
    "https://hooks.example",
    "https://hooks.example:443/a?b=c#d",
    "HTTPS://HOOKS.EXAMPLE/",
    "https://hooks.example./",
    "https://bücher.example/",
    "https://xn--bcher-kva.example/",
    "https://localhost/",
    "https://8.8.8.8/",
    "https://1.1.1.1/",
    "https://9.255.255.255/",
    "https://11.0.0.0/",
    "https://100.63.255.255/",
    "https://100.128.0.0/",
    "https://126.255.255.255/",
    "https://128.0.0.1/",
    "https://169.253.255.255/",
    "https://169.255.0.0/",
    "https://172.15.255.255/",
    "https://172.32.0.0/",
    "https://192.0.1.1/",
    "https://192.167.255.255/",
    "https://192.169.0.0/",
    "https://198.17.255.255/",
    "https://198.20.0.0/",
    "https://223.255.255.255/",
    "https://[2600:1f00::1]/",
    "https://[2a00:1450:4001:800::200e]/",
    "https://[2001:4860:4860::8888]/",
    "https://[2001:200::1]/",
    "https://[2620:4f:8001::1]/",
    "https://[3fff:1000::1]/",
    "https://168.63.129.17/",
];

#[test]
fn every_spelling_of_a_forbidden_address_is_refused() {
    let cases: Vec<_> = REFUSED.iter().flat_map(|(why, urls)| urls.iter().map(|url| (*url, Err(*why)))).collect();
    let judged = |url: &str| read_url(url, Reach::PublicOnly).map(String::from).map_err(NotAllowed::code);
    let wrong: Vec<_> = cases.iter().filter(|(url, why)| judged(url) != *why).map(|(url, _)| (*url, judged(url))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(cases.len() >= 200, "{} cases", cases.len());
}

#[test]
fn the_public_internet_is_reached() {
    for url in PASSED {
        assert!(read_url(url, Reach::PublicOnly).is_ok(), "{url}");
    }
}

#[test]
fn an_address_is_cut_where_it_is_too_long() {
    let long = format!("https://hooks.example/{}", "x".repeat(URL_BYTES_MAX));
    assert_eq!(read_url(&long, Reach::PublicOnly), Err(NotAllowed::NotAUrl));
}

#[test]
fn the_local_stack_reaches_this_machine_and_no_other() {
    for url in [
        "http://127.0.0.1:4000/hook",
        "http://localhost:4000/",
        "http://[::1]:4000/",
        "https://127.0.0.1:8443/",
        "https://hooks.example/",
    ] {
        assert!(read_url(url, Reach::LoopbackToo).is_ok(), "{url}");
    }
    for (url, why) in [
        ("http://hooks.example/", NotAllowed::NotHttps),
        ("http://10.0.0.1/", NotAllowed::NotHttps),
        ("http://localhost.hooks.example/", NotAllowed::NotHttps),
        ("https://hooks.example:8443/", NotAllowed::Port),
        ("https://10.0.0.1/", NotAllowed::NotPublic),
        ("https://169.254.169.254/", NotAllowed::NotPublic),
        ("https://0.0.0.0/", NotAllowed::NotPublic),
        ("https://[::ffff:127.0.0.1]/", NotAllowed::NotPublic),
        ("http://user@127.0.0.1/", NotAllowed::UserInfo),
    ] {
        assert_eq!(read_url(url, Reach::LoopbackToo), Err(why), "{url}");
    }
}

/// Names that answer each question with the next of some answers, and the last one for ever.
struct Changing(Mutex<Vec<Vec<IpAddr>>>);

impl Changing {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let read = |answer: &&[&str]| answer.iter().map(|ip| ip.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(read).collect())))
    }
}

impl Names for Changing {
    fn look_up(&self, _: &str) -> LookingUp {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        Box::pin(async move { Ok(answer) })
    }
}

type Resolved = Result<Vec<String>, String>;

async fn resolved(names: Arc<Changing>, reach: Reach) -> Resolved {
    match GuardedNames::new(names, reach).resolve("hooks.example".parse().unwrap()).await {
        Ok(found) => Ok(found.map(|address| address.ip().to_string()).collect()),
        Err(error) => Err(error.downcast_ref::<NotAllowed>().map_or("other", |refusal| refusal.code()).to_owned()),
    }
}

#[tokio::test]
async fn of_a_name_only_public_addresses_are_left() {
    let refused = Err("address_not_public".to_owned());
    let cases: &[(&[&str], Resolved)] = &[
        (&["8.8.8.8"], Ok(vec!["8.8.8.8".into()])),
        (&["10.0.0.1", "8.8.8.8", "::1"], Ok(vec!["8.8.8.8".into()])),
        (&["64:ff9b::808:808", "1.1.1.1"], Ok(vec!["1.1.1.1".into()])),
        (&["fe80::1", "2600:1f00::1"], Ok(vec!["2600:1f00::1".into()])),
        (&["127.0.0.1"], refused.clone()),
        (&["169.254.169.254", "fd00:ec2::254"], refused.clone()),
        (&["::ffff:8.8.8.8"], refused.clone()),
        (&["0.0.0.0", "::"], refused),
        (&[], Ok(vec![])),
    ];
    for (addresses, wanted) in cases {
        assert_eq!(&resolved(Changing::new(&[addresses]), Reach::PublicOnly).await, wanted, "{addresses:?}");
    }
    assert_eq!(resolved(Changing::new(&[&["127.0.0.1", "10.0.0.1"]]), Reach::LoopbackToo).await, Ok(vec!["127.0.0.1".into()]));
}

#[tokio::test]
async fn a_name_that_rebinds_between_two_calls_is_judged_each_time() {
    let names = Changing::new(&[&["8.8.8.8"], &["127.0.0.1"]]);
    assert!(resolved(names.clone(), Reach::PublicOnly).await.is_ok());
    assert_eq!(resolved(names, Reach::PublicOnly).await, Err("address_not_public".to_owned()));
}

#[tokio::test]
async fn a_call_to_a_name_of_this_machine_opens_no_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client =
        client(Changing::new(&[&["127.0.0.1", "10.0.0.1", "169.254.169.254"]]), Reach::PublicOnly, Limits::default(), "Test")
            .unwrap();
    let url = format!("https://hooks.example:{}/", listener.local_addr().unwrap().port());
    let error = client.get(url).send().await.unwrap_err();
    assert_eq!(refusal_in(&error), Some(NotAllowed::NotPublic));
    let nobody = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(nobody.is_err(), "somebody connected");
}
