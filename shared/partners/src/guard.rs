//! The guard of outside calls, made for addresses that a merchant named: only the public internet, judged at connect.
//!
//! A URL is read once, by the parser that reqwest itself uses, so that `0x7f.1`, `2130706433` and `①②⑦.0.0.1` are seen as the
//! address they are. A name is resolved by [`GuardedNames`] and the connection goes to exactly the addresses it let
//! through: there is no second resolution that could answer differently. Redirects are not followed, proxies of the
//! environment are not used, and no connection is kept for a later call.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    error::Error as StdError,
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};
use url::{Host, Url};

#[cfg(test)]
mod tests;

/// The longest URL that is read.
const URL_BYTES_MAX: usize = 2048;
/// Answer headers that are read; a receiver of webhooks needs a dozen.
const HEADERS_MAX: usize = 64;

/// How far a call may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The public internet, over HTTPS on port 443.
    PublicOnly,
    /// That, and this machine on any port with or without TLS: for the local stack, never in AWS.
    LoopbackToo,
}

/// Why a call is not made. Each of these stays true until somebody changes the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// It cannot be read as a URL with a host.
    #[error("the address is not a URL")]
    NotAUrl,
    /// Only HTTPS is.
    #[error("the address is not https")]
    NotHttps,
    /// Only port 443 is.
    #[error("the port is not 443")]
    Port,
    /// A name or password stands before the host.
    #[error("the address holds a user or password")]
    UserInfo,
    /// The host is, or resolves only to, addresses that are not public.
    #[error("the host is not on the public internet")]
    NotPublic,
}

impl NotAllowed {
    /// The word in ledgers and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAUrl => "not_a_url",
            Self::NotHttps => "not_https",
            Self::Port => "port_not_allowed",
            Self::UserInfo => "userinfo_not_allowed",
            Self::NotPublic => "address_not_public",
        }
    }
}

/// Why no guarded client can be made: a matter of the machine, not of an address.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    /// The guarded client.
    #[error("the client for outside calls cannot be made")]
    Guarded(#[source] reqwest::Error),
    /// The plain one.
    #[error("the machine trusts no certificate authority")]
    NoRoots,
}

/// The times within which a call has to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Name, TCP and TLS.
    pub(crate) connect: Duration,
    /// All of it, body included.
    pub(crate) total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(10) }
    }
}

/// The addresses of a name, while they are looked up.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Whoever knows the addresses of names.
pub trait Names: Send + Sync + 'static {
    /// Every address of a name.
    fn look_up(&self, name: &str) -> LookingUp;
}

/// The names as this machine resolves them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

impl Names for SystemNames {
    fn look_up(&self, name: &str) -> LookingUp {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// Reads an address and refuses what may never be called. What its name resolves to is judged later, at connect.
///
/// # Errors
/// See [`NotAllowed`].
pub fn read_url(text: &str, reach: Reach) -> Result<Url, NotAllowed> {
    if text.len() > URL_BYTES_MAX {
        return Err(NotAllowed::NotAUrl);
    }
    let url = Url::parse(text).map_err(|_| NotAllowed::NotAUrl)?;
    let host = url.host().ok_or(NotAllowed::NotAUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotAllowed::UserInfo);
    }
    let here = reach == Reach::LoopbackToo && names_this_machine(&host);
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        _ => return Err(NotAllowed::NotHttps),
    }
    if url.port_or_known_default() != Some(443) && !here {
        return Err(NotAllowed::Port);
    }
    // reqwest connects to a literal address without asking a resolver, so it is judged here.
    let literal = match host {
        Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
        Host::Domain(_) => None,
    };
    if literal.is_some_and(|ip| !is_allowed(ip, reach)) {
        return Err(NotAllowed::NotPublic);
    }
    Ok(url)
}

fn names_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

fn is_allowed(ip: IpAddr, reach: Reach) -> bool {
    is_public(ip) || (reach == Reach::LoopbackToo && ip.is_loopback())
}

/// Whether an address is global unicast and belongs to none of the special ranges of the IANA registries (as of 2025).
///
/// An IPv6 address that holds an IPv4 one (mapped, 6to4, NAT64, Teredo) is refused whatever it holds: what a gateway on the
/// way makes of it is not ours to know.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// First address and prefix length of the IPv4 ranges that are not the public internet.
const SPECIAL_V4: [(Ipv4Addr, u32); 19] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // carrier-grade NAT
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // another cloud's metadata and DNS
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local: metadata, the Lambda and ECS credential endpoints
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 31, 196, 0), 24),  // AS112
    (Ipv4Addr::new(192, 52, 193, 0), 24),  // AMT
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(192, 175, 48, 0), 24),  // AS112
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, broadcast
];

/// The same for IPv6, within 2000::/3; everything outside that is refused as a whole (loopback, mapped, NAT64, unique
/// local, link-local, site-local, multicast, discard, segment routing).
const SPECIAL_V6: [(Ipv6Addr, u32); 6] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments: Teredo, benchmarks, ORCHID, AMT
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16), // 6bone, given back
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let within = |(first, prefix): &(Ipv4Addr, u32)| (ip.to_bits() ^ first.to_bits()) >> (32 - prefix) == 0;
    !SPECIAL_V4.iter().any(within)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let within = |(first, prefix): &(Ipv6Addr, u32)| (ip.to_bits() ^ first.to_bits()) >> (128 - prefix) == 0;
    // ISATAP tunnels carry an IPv4 address behind 0:5efe or 200:5efe in the lower half.
    let isatap = matches!(ip.segments(), [_, _, _, _, 0 | 0x200, 0x5efe, _, _]);
    ip.segments()[0] >> 13 == 1 && !isatap && !SPECIAL_V6.iter().any(within)
}

/// Names whose addresses have passed the guard: what is not allowed is not there, and a name with nothing else is refused.
#[derive(Clone)]
pub struct GuardedNames {
    names: Arc<dyn Names>,
    reach: Reach,
}

impl GuardedNames {
    /// A guard before some names.
    #[must_use]
    pub fn new(names: Arc<dyn Names>, reach: Reach) -> Self {
        Self { names, reach }
    }
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.names.look_up(name.as_str());
        let reach = self.reach;
        Box::pin(async move {
            let found = looking.await?;
            let allowed: Vec<SocketAddr> =
                found.iter().filter(|ip| is_allowed(**ip, reach)).map(|ip| SocketAddr::new(*ip, 0)).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(NotAllowed::NotPublic.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// A client that reaches only what the guard lets through, follows no redirect, tries nothing twice and keeps no connection.
/// It introduces itself as `user_agent`.
///
/// # Errors
/// When the machine's trusted roots cannot be read.
pub(crate) fn client(
    names: Arc<dyn Names>,
    reach: Reach,
    limits: Limits,
    user_agent: &'static str,
) -> Result<reqwest::Client, NoClient> {
    use_ring();
    reqwest::Client::builder()
        .dns_resolver(GuardedNames::new(names, reach))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .https_only(reach == Reach::PublicOnly)
        .http1_max_headers(HEADERS_MAX)
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        .pool_max_idle_per_host(0)
        .user_agent(user_agent)
        .build()
        .map_err(NoClient::Guarded)
}

/// reqwest comes without a crypto provider of its own and takes the process's.
fn use_ring() {
    if rustls::crypto::CryptoProvider::get_default().is_none()
        && let Err(installed) = rustls::crypto::ring::default_provider().install_default()
    {
        tracing::debug!(?installed, "another thread installed a crypto provider first");
    }
}

/// The guard's refusal inside an error of a call, if that is why it failed.
pub(crate) fn refusal_in(error: &reqwest::Error) -> Option<NotAllowed> {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<NotAllowed>() {
            return Some(*refusal);
        }
        cause = error.source();
    }
    None
}

/// The name of what went wrong on the way. Never the error's text, which holds the URL.
pub(crate) fn code_of(error: &reqwest::Error) -> &'static str {
    if let Some(refusal) = refusal_in(error) {
        refusal.code()
    } else if error.is_timeout() {
        if error.is_connect() { "connect_timeout" } else { "timeout" }
    } else if error.is_dns() {
        "name_not_found"
    } else if error.is_connect() {
        "connect"
    } else {
        "connection_lost"
    }
}
