//! The demo journey, played once the stack is ready. The seam: nothing is played yet.

/// Plays the journey against the stack at `base_url`.
pub async fn play(base_url: &str) {
    std::future::ready(base_url).await;
}
